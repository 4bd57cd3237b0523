import type { Permit } from '../mail/transport.ts';

/**
 * At most `limit` messages of this process are handed over and not recorded: what a crash can make
 * arrive twice. `ours` is asked at the last moment: a process that was frozen may be handling a
 * reply long after it lost its batch, before any of its timers could tell.
 */
export function createPermits(limit: number): (ours: () => boolean) => Permit {
  let taken = 0;
  const waiting: (() => void)[] = [];
  return (ours) => {
    let mine = false;
    return {
      take(again) {
        if (!ours()) return 'never';
        if (mine) return 'go'; // tried again on another connection
        if (taken >= limit) {
          waiting.push(again);
          return 'wait';
        }
        taken++;
        mine = true;
        return 'go';
      },
      giveBack() {
        if (!mine) return;
        mine = false;
        taken--;
        // Who waited may have lost its connection meanwhile, and then takes nothing.
        while (taken < limit && waiting.length > 0) waiting.shift()!();
      },
    };
  };
}

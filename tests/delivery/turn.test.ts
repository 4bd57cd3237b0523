import { expect, test } from 'vitest';
import { createTurn } from '../../src/delivery/turn.ts';

/** A clock that goes when it is told to, with one alarm. */
function handClock() {
  let now = 0;
  let due = Infinity;
  let ring = (): void => {};
  return {
    now: () => now,
    alarm(ms: number, rings: () => void) {
      [due, ring] = [now + ms, rings];
      return () => {
        due = Infinity;
      };
    },
    pass(ms: number) {
      now += ms;
      if (now < due) return;
      due = Infinity;
      ring();
    },
  };
}
const LENGTH = { lanes: 3, ms: 5_000, patience: 10_000 };

test('a turn is over when its time is, and ends when every lane has stopped', async () => {
  const clock = handClock();
  const turn = createTurn(LENGTH, clock);
  expect(turn.isOver()).toBe(false);
  clock.pass(5_000);
  expect(turn.isOver()).toBe(true);
  const lanes = [turn.mayGoOn(), turn.mayGoOn(), turn.mayGoOn()];
  expect(await Promise.all(lanes)).toEqual([false, false, false]);
});

test('a lane that has ended is not waited for', async () => {
  const clock = handClock();
  const turn = createTurn(LENGTH, clock);
  turn.laneEnded();
  clock.pass(5_000);
  const lanes = [turn.mayGoOn(), turn.mayGoOn()];
  expect(await Promise.all(lanes)).toEqual([false, false]);
});

test('when one lane is stuck the others go on after the patience, for good', async () => {
  const clock = handClock();
  const turn = createTurn(LENGTH, clock);
  clock.pass(5_000);
  const lanes = [turn.mayGoOn(), turn.mayGoOn()];
  clock.pass(9_999);
  const undecided = Symbol('undecided');
  expect(await Promise.race([lanes[0], Promise.resolve(undecided)])).toBe(undecided);
  clock.pass(1);
  expect(await Promise.all(lanes)).toEqual([true, true]);
  expect(turn.isOver()).toBe(false);
  clock.pass(1_000_000);
  expect(turn.isOver()).toBe(false);
});

test('a stuck lane that ends within the patience ends the turn for those who wait', async () => {
  const clock = handClock();
  const turn = createTurn(LENGTH, clock);
  clock.pass(5_000);
  const lanes = [turn.mayGoOn(), turn.mayGoOn()];
  clock.pass(5_000);
  turn.laneEnded();
  expect(await Promise.all(lanes)).toEqual([false, false]);
});

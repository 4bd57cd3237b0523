import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Act, Moment } from '../support/smtp-fault-server.ts';
import type { Random } from '../support/random.ts';
import { expectNobodyLost } from './nobody-lost.ts';
import { IN_FLIGHT, onEachQueue, openStage, PATIENCE, READERS, seeded, type Stage } from './stage.ts';

interface Fault {
  name: string;
  moment: Moment;
  act: Act;
  /** We cannot know whether the relay has it: it says nothing, and `takes` it or not. */ doubt?: 'takes' | 'leaves';
}

const GARBAGE: Act = { say: '\0\xffHTTP/1.1 400 Bad Request\r\n\r\n' };
/** Far less than we would wait: the relay breaks off first. */
const HANG: Act = { hang: 1_000 };
const LATER: Act = { say: '421 4.2.1 come back later\r\n' };
/**
 * Every 4xx is about one mailbox: what the relay says of a whole domain slows us down for minutes.
 */
const FAULTS: readonly Fault[] = [
  { name: 'drops before MAIL', moment: 'MAIL', act: 'drop' },
  { name: 'drops before DATA', moment: 'DATA', act: 'drop' },
  { name: 'resets in the midst of the text', moment: 'BODY', act: 'reset', doubt: 'leaves' },
  { name: 'drops after the dot', moment: 'DOT', act: 'drop', doubt: 'takes' },
  { name: 'takes it and closes', moment: 'DOT', act: 'goodbye' },
  { name: 'hangs at MAIL', moment: 'MAIL', act: HANG },
  { name: 'hangs at the text', moment: 'BODY', act: HANG, doubt: 'leaves' },
  { name: 'hangs after the dot', moment: 'DOT', act: HANG, doubt: 'takes' },
  { name: '421 for a greeting', moment: 'CONNECT', act: LATER },
  { name: '421 to MAIL', moment: 'MAIL', act: LATER },
  { name: '421 to DATA', moment: 'DATA', act: LATER },
  { name: '421 to the dot', moment: 'DOT', act: LATER },
  { name: '451 to RCPT', moment: 'RCPT', act: { say: '451 4.2.1 later\r\n' } },
  { name: '452 to the dot', moment: 'DOT', act: { say: '452 4.2.2 full for now\r\n' } },
  { name: '550 to RCPT', moment: 'RCPT', act: { say: '550 5.7.1 not here\r\n' } },
  { name: '554 to the dot', moment: 'DOT', act: { say: '554 5.6.0 not this\r\n' } },
  { name: 'garbage to RCPT', moment: 'RCPT', act: GARBAGE },
  { name: 'garbage to the dot', moment: 'DOT', act: GARBAGE, doubt: 'takes' },
];
/** How often the relay does each of them, but for those that take it a second. */
const TIMES = Math.max(8, READERS / 500);
const HANGS = 2;
/**
 * One message in so many meets one, as long as some are left, and one connection in so many, of
 * which there are far fewer.
 */
const RARELY = { MAIL: 8, CONNECT: 4 };
const KILLS = 2;

interface Misdeeds {
  seen: ReadonlyMap<Fault, number>;
  refused: ReadonlySet<string>;
}

/**
 * Draws a fault for some messages. Gives how often each one happened so far, and whom the relay
 * refused for good. No message is left in doubt twice: it is sent once more, and when the answer to
 * that is lost too it stays in doubt.
 */
function misbehave({ relay }: Stage, random: Random): Misdeeds {
  const seen = new Map(FAULTS.map((fault) => [fault, 0]));
  const drawn = new Map<number, Fault | undefined>();
  const doubted = new Set<string>();
  const refused = new Set<string>();
  const isLeft = (fault: Fault): boolean => seen.get(fault)! < (fault.act === HANG ? HANGS : TIMES);
  const draw = (begins: 'MAIL' | 'CONNECT'): Fault | undefined => {
    const left =
      random(RARELY[begins]) === 0
        ? FAULTS.filter((fault) => isLeft(fault) && (fault.moment === 'CONNECT') === (begins === 'CONNECT'))
        : [];
    return left[random(Math.max(1, left.length))];
  };
  relay.options.act = ({ moment, connection, line, to }) => {
    if (moment === 'MAIL' || moment === 'CONNECT') drawn.set(connection, draw(moment));
    const fault = drawn.get(connection);
    if (fault?.moment !== moment || (fault.doubt && doubted.has(to!))) return undefined;
    drawn.delete(connection);
    seen.set(fault, seen.get(fault)! + 1);
    if (fault.doubt) doubted.add(to!);
    if (refuses(fault)) refused.add(to ?? /<(.*)>/.exec(line)![1]!);
    return fault.act;
  };
  return { seen, refused };
}

const refuses = ({ act }: Fault): boolean => typeof act === 'object' && 'say' in act && act.say.startsWith('55');

onEachQueue((queue) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage(queue);
  }, PATIENCE);
  afterAll(() => stage[Symbol.asyncDispose]());

  test(
    'a relay that does whatever a relay can do wrong: nobody is lost, and only whose answer was lost can get it twice',
    { timeout: PATIENCE },
    async () => {
      const { seen, refused } = misbehave(stage, seeded(`a bad relay, queue in ${queue}`));
      const date = await stage.digest();
      const worker = await stage.home.start('worker');
      await stage.finish(date);
      await worker.stop();
      console.log([...seen].map(([{ name }, times]) => `${name}: ${times}`).join(', '));
      expect(FAULTS.filter((fault) => seen.get(fault) === 0)).toEqual([]);
      const lost = FAULTS.reduce((sum, fault) => sum + (fault.doubt === 'takes' ? seen.get(fault)! : 0), 0);
      console.log(
        `${lost} answers lost: ${await expectNobodyLost(stage, date, { readers: READERS, extra: lost, refused })} extra copies`,
      );
    },
  );

  test(
    'a worker killed between the relay’s "250" and reading it: in doubt, its reader gets the same message once more',
    { timeout: PATIENCE },
    async () => {
      const random = seeded(`killed before the answer is read, queue in ${queue}`);
      const date = await stage.digest();
      const unread: string[] = [];
      for (let kills = 0; kills < KILLS; kills++) {
        const worker = stage.home.spawn(['worker']);
        const exited = once(worker, 'exit');
        let dots = 1 + random(READERS / 10);
        stage.relay.options.act = ({ moment }) => {
          if (moment !== 'DOT' || --dots !== 0) return undefined;
          // It is answered while the worker stands still: the answer is on its way when this turn
          // ends.
          worker.kill('SIGSTOP');
          queueMicrotask(() => worker.kill('SIGKILL'));
          return undefined;
        };
        await exited;
        unread.push(stage.relay.taken.at(-1)!.to);
        expect(await stateOf(stage, date, unread.at(-1)!)).toBe('sending');
        await stage.hurry(date);
      }
      const last = await stage.home.start('worker');
      await stage.finish(date);
      await last.stop();
      console.log(
        `${KILLS} kills: ${await expectNobodyLost(stage, date, { readers: READERS, extra: KILLS * IN_FLIGHT })} extra copies`,
      );
      for (const reader of unread)
        expect(
          stage.relay.taken.filter(({ to, messageId }) => to === reader && messageId.includes(`.${date}.`)).length,
        ).toBeGreaterThanOrEqual(2);
    },
  );
});

async function stateOf({ db }: Stage, date: string, email: string): Promise<string> {
  const { rows } = await db.$client.query<{ state: string }>(
    'select state from delivery d join subscriber s on s.id = d.subscriber_id where digest_date = $1 and email = $2',
    [date, email],
  );
  return rows[0]!.state;
}

import { edition, editionEntry } from '../../src/db/schema.ts';
import type { Db } from '../../src/db/client.ts';
import { createComposer } from '../../src/delivery/compose.ts';
import { deliverBatch, type DeliverDeps } from '../../src/delivery/deliver.ts';
import { createLedger } from '../../src/delivery/ledger.ts';
import { createPermits } from '../../src/delivery/permits.ts';
import { freezeDigest } from '../../src/delivery/plan.ts';
import type { SendResult } from '../../src/mail/transport.ts';
import type { Paper } from '../../src/paper.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { createKeyring } from '../../src/subscribers/tokens.ts';
import { createLogger } from '../../src/telemetry.ts';
import { ACCEPTED, recordingTransport } from './ledger.ts';
import { readLetter } from './letter.ts';
import { KEYRING, WITHOUT_BRAKES } from './keys.ts';
import { shapingFor } from './shaping.ts';
import { DEFAULT_LOOK } from '../../src/brand/look.ts';

const keyring = createKeyring(['k'.repeat(32)]);
const log = createLogger('silent');
const sender = {
  look: DEFAULT_LOOK,
  publicUrl: 'https://papers.example',
  from: { name: 'Paperboy', address: 'paperboy@papers.example' },
  domain: 'papers.example',
  postalAddress: null,
  bounceDomain: null,
};

/** What the relay says to every message, or to each by its reader. */
type Answer = SendResult | ((to: string) => SendResult);

type Look<Seen> = (bytes: Buffer, to: string) => Promise<Seen>;

/** Editions of some papers, numbered from 1, and the digests that readers get of them. */
export function digestsOf(dbOf: () => Db, papers: readonly Paper[]) {
  const numberOf = (id: string): number => papers.findIndex((p) => p.id === id) + 1;
  return digestsSeen(dbOf, papers, async (bytes, to) => {
    const { html } = await readLetter(bytes, to);
    const held = [...html.matchAll(/\/papers\/(arxiv:[\w.]+)/g)].map((match) => numberOf(match[1]!));
    return { papers: [...new Set(held)], html };
  });
}

/** The same where only who gets mail is asked: to read a letter takes longer than to send it. */
export const unreadDigestsOf = (dbOf: () => Db, papers: readonly Paper[]) =>
  digestsSeen(dbOf, papers, async () => null);

function digestsSeen<Seen>(dbOf: () => Db, papers: readonly Paper[], look: Look<Seen>) {
  /** An edition that holds these papers, best first, some of them back. */
  async function addEdition(date: string, slug: string, numbers: readonly number[], back: Record<number, string> = {}) {
    await dbOf()
      .insert(edition)
      .values({ editionDate: date, topic: slug, frozenAt: new Date(`${date}T04:00:00Z`) });
    await dbOf()
      .insert(editionEntry)
      .values(
        numbers.map((n, i) => ({
          editionDate: date,
          topic: slug,
          rank: i + 1,
          paperId: papers[n - 1]!.id,
          score: 100 - i,
          reasons: [],
          backSince: back[n] ?? null,
        })),
      );
  }

  /** Sends the day's digest, and tells what there is to see of each reader's mail, by address. */
  const send = async (date: string, answer: Answer = ACCEPTED) => deliver(date, await freeze(date), answer);

  /** Freezes the day's digest for every reader, and gives its batches. */
  async function freeze(date: string): Promise<number[]> {
    const now = () => new Date(`${date}T08:00:00Z`);
    const batchIds: number[] = [];
    const plan = { db: dbOf(), log, now, enqueueBatch: async (id: number) => void batchIds.push(id) };
    await freezeDigest(plan, { date });
    return batchIds;
  }

  async function deliver(
    date: string,
    batchIds: readonly number[],
    answer: Answer = ACCEPTED,
    more: Partial<DeliverDeps> = {},
  ) {
    const now = () => new Date(`${date}T08:00:00Z`);
    const transport = recordingTransport(({ to }) => (typeof answer === 'function' ? answer(to) : answer));
    const deps: DeliverDeps = {
      db: dbOf(),
      transport,
      now,
      log,
      onUnknown: 'hold',
      ledger: createLedger({ db: dbOf(), keyring: KEYRING, now }),
      permits: createPermits(8),
      ...WITHOUT_BRAKES,
      shaping: shapingFor(now),
      composer: createComposer({ db: dbOf(), keyring, sender, topics: topicsInForce() }),
      ...more,
    };
    for (const id of batchIds) await deliverBatch(deps, id);
    return new Map(
      await Promise.all(transport.sent.map(async ({ to, bytes }) => [to, await look(bytes, to)] as const)),
    );
  }

  return { addEdition, freeze, send, deliver };
}

import type { FastifyInstance } from 'fastify';
import { brandOf } from '../../src/brand/brand.ts';
import { DEFAULT_LOOK, type Look } from '../../src/brand/look.ts';
import { type Db, openDatabase, openSearchDatabase } from '../../src/db/client.ts';
import { writePapers } from '../../src/db/papers.ts';
import { indexPapers } from '../../src/papers/index-papers.ts';
import { edition, editionEntry, signal, topic } from '../../src/db/schema.ts';
import type { DeskTools, ServerDeps } from '../../src/http/deps.ts';
import { buildServer } from '../../src/http/server.ts';
import { NO_DETAILS, type Paper } from '../../src/paper.ts';
import type { Sender } from '../../src/mail/sender.ts';
import type { Transport } from '../../src/mail/transport.ts';
import { createActions } from '../../src/subscribers/actions.ts';
import { createGuard, type Guard } from '../../src/subscribers/guard.ts';
import { type CheckDomain, checkNoDomain } from '../../src/subscribers/mail-domain.ts';
import { groupRequests } from '../../src/subscribers/requests.ts';
import { QUIET_MS, type Welcome } from '../../src/subscribers/subscribe.ts';
import { ACCEPTED, recordingTransport } from './ledger.ts';
import { EASY_WORK } from './keys.ts';
import { createKeyring, type Keyring } from '../../src/subscribers/tokens.ts';
import { createLogger, type Logger } from '../../src/telemetry.ts';
import { openTopics } from '../../src/papers/desk-topics.ts';
import { topicsInForce } from '../../src/papers/topics.ts';
import { type TestDatabase, testDatabase } from './database.ts';

export const NOW = new Date('2026-05-29T09:30:00Z');
export const DATES = ['2026-05-27', '2026-05-28', '2026-05-29'] as const;
export const TODAY = DATES[2];

export interface TestSite extends AsyncDisposable {
  app: FastifyInstance;
  db: Db;
  database: TestDatabase;
  keyring: Keyring;
  guard: Guard;
}

interface Options {
  look?: () => Look;
  publicUrl?: string;
  trustProxy?: boolean;
  adminToken?: string;
  log?: Logger;
  empty?: boolean;
  sample?: boolean;
  now?: () => Date;
  /** Another site, whose database this one works on too, with connections of its own. */
  beside?: TestSite;
  enqueueNotice?: (subscriberId: number) => void;
  enqueueBatch?: (id: number) => Promise<void>;
  /** What else the desk works with, where a test looks at it. */
  tools?: Partial<DeskTools>;
  transport?: Transport;
  sources?: NonNullable<ServerDeps['desk']>['sources'];
  askSource?: (name: string) => Promise<void>;
  nextAsk?: (name: string) => Promise<Date | null>;
  ofFile?: ReadonlySet<string>;
  guard?: Guard;
  checkDomain?: CheckDomain;
  welcome?: (subscriberId: number) => Promise<Welcome>;
  webhooks?: (db: Db) => NonNullable<ServerDeps['webhooks']>;
}

/**
 * The whole site over a database of its own, with three editions in it unless it is to be `empty`.
 */
export async function testSite(options: Options = {}): Promise<TestSite> {
  const database = options.beside === undefined ? await testDatabase() : anotherPool(options.beside.database);
  const { db } = database;
  const keyring = createKeyring(['a secret of the tests, long enough to be one']);
  if (!options.empty && options.beside === undefined) await seed(db, options.sample ?? false);
  const log = options.log ?? createLogger('silent');
  const now = options.now ?? (() => NOW);
  const guard = options.guard ?? createGuard({ db, keyring, now }, EASY_WORK);
  const { topics, refresh: refreshTopics } = await openTopics(db, []);
  const deps = {
    db,
    keyring,
    log,
    now,
    recordRequest: groupRequests(db, QUIET_MS),
    guard,
    checkDomain: options.checkDomain ?? checkNoDomain,
    isInForce: (slug: string) => topics.list.some((topic) => topic.slug === slug),
    enqueueNotice: options.enqueueNotice ?? (() => {}),
    editionHour: 4,
    welcome: options.welcome ?? (async () => 'nothing' as const),
    topics,
    requireTrueClock: async () => {},
  };
  const config: ServerDeps['config'] = {
    publicUrl: options.publicUrl ?? 'http://paperboy.test',
    trustProxy: options.trustProxy ?? false,
    editionHour: 4,
    smtpRate: null,
  };
  const app = await buildServer({
    config,
    desk: options.adminToken === undefined ? null : deskTools(options.adminToken, keyring, refreshTopics, options),
    db,
    searchDb: database.searchDb,
    log,
    now,
    topics,
    ready: async () => ({ database: (await db.$client.query('select 1')).rowCount === 1 }),
    look: options.look ?? (() => DEFAULT_LOOK),
    actions: createActions(deps),
    ...(options.webhooks && { webhooks: options.webhooks(db) }),
  });
  await app.ready();
  return {
    app,
    db,
    database,
    keyring,
    guard,
    async [Symbol.asyncDispose]() {
      await app.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** What the desk works with; tests go through a transport that keeps what it is given. */
const deskTools = (
  token: string,
  keyring: Keyring,
  refreshTopics: () => Promise<void>,
  { transport, enqueueBatch, sources = SOURCES, askSource, nextAsk, ofFile, tools }: Options,
): ServerDeps['desk'] => ({
  token,
  tokenFile: null,
  keyring,
  sender: SENDER,
  transport: transport ?? recordingTransport(() => ACCEPTED),
  relays: ['relay.paperboy.test'],
  enqueueBatch: enqueueBatch ?? (async () => {}),
  requireTrueClock: async () => {},
  sources,
  askSource: askSource ?? (async () => {}),
  nextAsk: nextAsk ?? (async () => null),
  ofFile: ofFile ?? new Set(),
  refreshTopics,
  lookAtOnce: async () => {},
  backUp: null,
  testAlert: null,
  brand: {
    saved: async () => ({}),
    save: async () => {},
    origins: () => brandOf({}).origins,
    brandFaults: () => [],
    templateFaults: () => [],
  },
  config: {
    dataDir: '/nowhere',
    databaseUrl: null,
    templatesDir: null,
    backups: null,
    alertTo: null,
    alertMorning: null,
  },
  ...tools,
});

const SOURCES = [{ name: 'huggingface', hasLists: true }, { name: 'arxiv' }] as const;

/** Whom the mail of a test's site is from. */
export const SENDER: Sender = {
  look: DEFAULT_LOOK,
  publicUrl: 'http://paperboy.test',
  from: { name: 'Paperboy', address: 'paperboy@paperboy.test' },
  domain: 'paperboy.test',
  postalAddress: null,
  bounceDomain: null,
};

/** Connections of its own to a database, which stays when they end. */
function anotherPool({ address, url }: TestDatabase): TestDatabase {
  const db = openDatabase(address, 5);
  const searchDb = openSearchDatabase(address);
  const end = async (): Promise<void> => void (await Promise.all([db, searchDb].map(({ $client }) => $client.end())));
  return { address, url, db, searchDb, [Symbol.asyncDispose]: end };
}

export const TOPICS = [
  {
    slug: 'language-models',
    name: 'Language models',
    description: 'Models that read and write, and what they are made to do.',
    categories: ['cs.CL'],
    keywords: ['language model'],
    position: 1,
  },
  {
    slug: 'robotics',
    name: 'Robotics',
    description: 'Machines that move.',
    categories: ['cs.RO'],
    keywords: ['robot'],
    position: 2,
  },
];

/** A title that shows whether everything is escaped everywhere. */
export const WILD_TITLE = `A < B & "C" > 'D' <script>alert(1)</script> — ∇ƒ`;

/** What a paper says in formulas, as a source wrote it and as readers without them see it. */
const MATHEMATICS = {
  title: `Things in O(n²), number 4 of ${TODAY}`,
  titleTex: `Things in $O(n^2)$, number 4 of ${TODAY}`,
  abstract: 'We bound 1/2‖x‖² by ∑ᵢ xᵢ for x ∈ ℝᵈ, as mysys & others do.',
  abstractTex:
    'We bound $\\frac12\\|x\\|^2$ by $\\sum_i \\color{red} x_i$ for $x\\in\\mathbb{R}^d$, as $\\mysys$ & others do.',
};

export function samplePaper(n: number, date: string, more: Partial<Paper> = {}): Paper {
  return {
    id: `arxiv:${date.slice(2, 4)}${date.slice(5, 7)}.${date.slice(8)}${String(n).padStart(3, '0')}`,
    source: 'huggingface',
    title: `A study of things, number ${n} of ${date}`,
    abstract:
      'We look at things. They turn out to be more regular than was thought, which makes the next things easier to foresee. The data are open.',
    authors: ['Ada Lovelace', 'Émilie du Châtelet', 'Sofja Kowalewskaja'],
    organisation: n % 2 ? 'Institute of Things' : null,
    publishedAt: new Date(`${date}T00:00:00Z`),
    firstSeenAt: new Date(`${date}T06:00:00Z`),
    categories: ['cs.CL'],
    keywords: ['things'],
    ...NO_DETAILS,
    codeUrl: n === 1 ? 'https://github.com/example/things' : null,
    ...more,
  };
}

async function seed(db: Db, sample: boolean): Promise<void> {
  await db.insert(topic).values(TOPICS);
  for (const date of DATES) {
    const papers = [1, 2, 3, 4, 5].map((n) => samplePaper(n, date));
    if (date === TODAY) {
      papers[1] = samplePaper(2, date, { title: WILD_TITLE });
      papers[3] = samplePaper(4, date, MATHEMATICS);
      papers[4] = samplePaper(5, date, {
        id: 'arxiv:hep-th/9901001',
        authors: Array.from({ length: 120 }, (_, i) => `Author ${i + 1}`),
      });
    }
    await addEdition(db, date, papers, sample);
  }
  const upvotes = (value: number, hour: string) => ({
    paperId: samplePaper(1, TODAY).id,
    source: 'huggingface',
    metric: 'upvotes',
    observedAt: new Date(`${TODAY}T${hour}:00:00Z`),
    value,
  });
  await db.insert(signal).values([upvotes(12, '07'), upvotes(1234, '08')]);
  await indexPapers({ db, topics: topicsInForce() });
}

/** An edition of these papers, overall and for the first topic. */
export async function addEdition(db: Db, date: string, papers: readonly Paper[], sample = false): Promise<void> {
  const frozenAt = new Date(`${date}T07:00:00Z`);
  await writePapers(db, papers, frozenAt);
  for (const slug of ['all', TOPICS[0]!.slug]) {
    const chosen = slug === 'all' ? papers : papers.slice(0, 2);
    await db.insert(edition).values({ editionDate: date, topic: slug, frozenAt, sample });
    await db.insert(editionEntry).values(
      chosen.map((p, i) => ({
        editionDate: date,
        topic: slug,
        rank: i + 1,
        paperId: p.id,
        score: 1 / (i + 1),
        reasons: [`Top ${i + 1} % for its age`, '3 comments'],
      })),
    );
  }
}

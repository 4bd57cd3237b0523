import { type Static, type TProperties, type TSchema, Type } from 'typebox';
import { DAY_PATTERN } from '../../day.ts';
import type { EditionEntry, Paper as DomainPaper, Signal as DomainSignal } from '../../paper.ts';
import { paperLinks, paperPath } from '../../papers/links.ts';
import { newsOf } from '../../papers/news.ts';
import type { Topics } from '../../papers/topics.ts';
import { DIGEST_LENGTHS, FREQUENCIES } from '../../subscriber.ts';

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const Moment = Type.String({ format: 'date-time' });
/** The number of a row, as far as both JSON and Postgres can say it. */
export const RowId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const Day = Type.String({ format: 'date', pattern: DAY_PATTERN, examples: ['2026-05-29'] });

const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'One sentence: what happened and what to do.' }),
    code: Type.String({ description: 'Stable, for programs.' }),
  },
  { title: 'Problem', description: 'What went wrong (RFC 9457).' },
);

/** A mistake as it is sent, for the responses of a route. */
export const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
});
export const UNREADABLE = { 400: problem('The request cannot be read as documented.') };
export const ABSENT = { 404: problem('There is no such thing.') };
export const UNUSABLE = { 422: problem('It can be read, and what it says cannot be used.') };
export const TOO_FAST = {
  429: problem('Too many requests came from this client: `retry-after` says when to try again.'),
};

/** The same for sign-ups, with what a suspicious network has to do. */
export const PROOF_WANTED = {
  429: {
    description: `${TOO_FAST[429].description} With a \`challenge\`: answer it by \`proof\`.`,
    content: {
      'application/problem+json': {
        schema: Type.Object(
          { ...Problem.properties, challenge: Type.Optional(Type.Unknown({ description: 'Of altcha-lib 2.' })) },
          { title: 'ProofWanted', description: 'What went wrong (RFC 9457).' },
        ),
      },
    },
  },
};

/** A query without parameters: one that is not documented is a mistake, not a wish to pass over. */
export const query = <T extends TProperties>(properties: T) => Type.Object(properties, { additionalProperties: false });

export const Paper = Type.Object(
  {
    id: Type.String({ examples: ['arxiv:2507.14843'] }),
    url: Type.String({ description: 'The paper’s page on this site.' }),
    title: Type.String(),
    news: Type.Object(
      {
        text: Type.String({ description: 'At most 200 characters.' }),
        short: Type.String({ description: 'At most 120 characters.' }),
        by: Nullable(Type.String({ description: 'Who wrote it, when it is not from the abstract.' })),
      },
      { description: 'What is new, in one sentence.' },
    ),
    abstract: Type.String(),
    authors: Type.Array(Type.String()),
    organisation: Nullable(Type.String()),
    publishedAt: Nullable(Moment),
    firstSeenAt: Moment,
    categories: Type.Array(Type.String()),
    keywords: Type.Array(Type.String()),
    topics: Type.Array(Type.String(), { description: 'The slugs of the topics that it belongs to.' }),
    isWithdrawn: Type.Boolean(),
    version: Nullable(Type.Integer({ description: 'The newest version known, counted from 1.', examples: [3] })),
    versionAt: Nullable({ ...Moment, description: 'When that version came.' }),
    links: Type.Object({
      page: Nullable(Type.String()),
      pdf: Nullable(Type.String()),
      code: Nullable(Type.String()),
      project: Nullable(Type.String()),
    }),
  },
  { title: 'Paper' },
);

export const Signal = Type.Object(
  {
    source: Type.String({ examples: ['huggingface'] }),
    metric: Type.String({ examples: ['upvotes'] }),
    value: Type.Number(),
    observedAt: Moment,
  },
  { title: 'Signal' },
);

export const Place = Type.Object(
  {
    date: Day,
    topic: Type.String({ description: 'A topic’s slug, or `all`.' }),
    rank: Type.Integer(),
    papers: Type.Integer({ description: 'How many papers that edition shows.' }),
    url: Type.String({ description: 'The edition’s page on this site.' }),
  },
  { title: 'Place' },
);

export const PaperWithSignals = Type.Object(
  {
    ...Paper.properties,
    signals: Type.Array(Signal, { description: 'The newest observation of each metric.' }),
    editions: Type.Array(Place, { description: 'Where it stood in editions, newest first.' }),
  },
  { title: 'PaperWithSignals' },
);

export const Named = Type.Object(
  {
    key: Type.String({ examples: ['ada-lovelace'] }),
    name: Type.String({ description: 'As the newest of the papers spells it.' }),
    url: Type.String({ description: 'The page on this site; its feed is at `/feed.xml` below it.' }),
    total: Type.Integer({ description: 'How many papers there are in all.' }),
    papers: Type.Array(Paper, { description: 'Newest first.' }),
    next: Nullable(Type.String({ description: 'Pass it as `before` for the next page; null on the last.' })),
    best: Type.Array(
      Type.Object({ id: Type.String(), title: Type.String(), url: Type.String(), upvotes: Type.Integer() }),
      { description: 'Those with most upvotes by now.' },
    ),
  },
  { title: 'Named', description: 'What an author or an organisation brought.' },
);

export const EditionSummary = Type.Object(
  {
    date: Day,
    papers: Type.Integer(),
    sample: Type.Boolean({ description: 'Made of the samples that ship with the program.' }),
    url: Type.String(),
  },
  { title: 'EditionSummary' },
);

export const Entry = Type.Object(
  {
    rank: Type.Integer(),
    score: Type.Number(),
    reasons: Type.Array(Type.String(), { description: 'Why the paper is here, in words.' }),
    backSince: Nullable(Type.String({ format: 'date', description: 'Of a return: the edition that it led before.' })),
    paper: Paper,
  },
  { title: 'Entry' },
);

export const Edition = Type.Object(
  {
    date: Day,
    topic: Type.String(),
    frozenAt: Moment,
    sample: Type.Boolean(),
    note: Nullable(Type.String({ description: 'What the operator says above no. 1, in Markdown.' })),
    entries: Type.Array(Entry),
  },
  { title: 'Edition' },
);

export const Topic = Type.Object(
  {
    slug: Type.String(),
    name: Type.String(),
    description: Type.String(),
    url: Type.String(),
  },
  { title: 'Topic' },
);

const Outcome = Type.Object(
  {
    id: Type.String(),
    title: Type.String(),
    listedOn: Nullable(Type.String({ format: 'date' })),
    upvotes: Type.Integer(),
  },
  { title: 'Outcome' },
);

export const Fresh = Type.Object(
  {
    date: Day,
    picks: Type.Array(
      Type.Object({
        rank: Type.Integer(),
        chance: Type.Number({ description: 'Of being listed within a week, from 0 to 1.' }),
        expectedVotes: Type.Number({ description: 'If it is listed.' }),
        likelihood: Nullable(Type.String({ description: 'The chance in words; null where it is small.' })),
        reasons: Type.Array(Type.String(), { description: 'What it is foretold by, in words.' }),
        paper: Paper,
      }),
    ),
    record: Nullable(
      Type.Object(
        {
          from: Day,
          until: Day,
          picks: Type.Integer({ description: 'The first ten of each morning.' }),
          listed: Type.Integer({ description: 'How many of them were listed within a week.' }),
          cameTrue: Type.Array(Outcome),
          missed: Type.Array(Outcome, { description: 'The best of the lists that were not among the picks.' }),
        },
        { description: 'How the picks of the last week that had its time came out.' },
      ),
    ),
  },
  { title: 'Fresh' },
);

export const SubscriptionRequest = Type.Object(
  {
    email: Type.String({ examples: ['reader@example.org'] }),
    topics: Type.Optional(
      Type.Array(Type.String(), {
        maxItems: 100,
        description: 'Slugs of topics to follow. Default: the overall edition.',
      }),
    ),
    frequency: Type.Optional(Type.String({ enum: [...FREQUENCIES], description: 'Default: daily.' })),
    timezone: Type.Optional(
      Type.String({ maxLength: 64, examples: ['Europe/Berlin'], description: 'An IANA zone. Default: UTC.' }),
    ),
    sendHour: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 23, description: 'The hour of the day, in that zone.' }),
    ),
    fresh: Type.Optional(
      Type.Boolean({ description: 'Whether digests tell what is likely to be talked about. Default: true.' }),
    ),
    length: Type.Optional(
      Type.Integer({
        enum: [...DIGEST_LENGTHS],
        description: 'How many papers a digest holds. Default: 10.',
      }),
    ),
    weeklyOn: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 7, description: 'The day of a weekly digest, 1 = Monday. Default: 1.' }),
    ),
    language: Type.Optional(
      Type.String({
        maxLength: 16,
        examples: ['de'],
        description: 'The tag of the language of the mail. Default: that of the newsletter.',
      }),
    ),
    proof: Type.Optional(
      Type.String({
        maxLength: 2_000,
        description:
          'What a 429 with a `challenge` asks for: base64 of the JSON `{"challenge": …, "solution": {"counter": …, ' +
          '"derivedKey": …}}`, as altcha-lib 2 (`solveChallenge`) finds the solution. After `retry-after` it is ' +
          'taken without the solution, a few times an hour. It counts once.',
      }),
    ),
  },
  { title: 'SubscriptionRequest' },
);

export const Accepted = Type.Object(
  {
    status: Type.Literal('accepted'),
    message: Type.String(),
    suggestion: Type.Optional(Type.String({ description: 'The address that was probably meant.' })),
  },
  { title: 'Accepted' },
);

export const page = <T extends TSchema, K extends string>(title: string, name: K, items: T) =>
  Type.Object(
    {
      [name]: Type.Array(items),
      next: Nullable(Type.String({ description: 'Pass it as `before` for the next page; null on the last.' })),
    },
    { title },
  );

export const RelatedPapers = Type.Object({ papers: Type.Array(Paper) }, { title: 'RelatedPapers' });

export const SearchPage = Type.Object(
  {
    papers: Type.Array(Paper),
    total: Type.Integer({ description: 'How many papers match.' }),
    isExact: Type.Boolean({ description: 'False where more match than were counted.' }),
    corrections: Type.Array(Type.Object({ from: Type.String(), to: Type.String() }), {
      description: 'Words that no paper holds, and what was searched for instead.',
    }),
    isRelaxed: Type.Boolean({ description: 'No paper holds all words: these hold most of them.' }),
    notes: Type.Array(Type.String(), { description: 'What of the question was not understood.' }),
    next: Nullable(Type.String({ description: 'Pass it as `before` for the next page; null on the last.' })),
  },
  { title: 'SearchPage' },
);

/** What the wire forms need beside the things themselves. */
export interface Shown {
  publicUrl: string;
  topics: Topics;
}

/** The wire forms of the domain's things. Serialisation drops what the schema does not name. */
export function paperOut(
  { publicUrl, topics }: Shown,
  paper: DomainPaper,
  filed: string[] = topics.classify(paper).map(({ slug }) => slug),
): Static<typeof Paper> {
  // Named one by one: /mcp sends what it is given, and not all that is known is for others.
  const { id, title, abstract, authors, organisation, categories, keywords, isWithdrawn, version } = paper;
  return {
    id,
    url: publicUrl + paperPath(id),
    title,
    news: newsOf(paper),
    abstract,
    authors,
    organisation,
    categories,
    keywords,
    topics: filed,
    isWithdrawn,
    version,
    versionAt: paper.versionAt?.toISOString() ?? null,
    publishedAt: paper.publishedAt?.toISOString() ?? null,
    firstSeenAt: paper.firstSeenAt.toISOString(),
    links: paperLinks(paper),
  };
}

export const signalOut = ({ source, metric, value, observedAt }: DomainSignal): Static<typeof Signal> => ({
  source,
  metric,
  value,
  observedAt: observedAt.toISOString(),
});

export const entryOut = (
  shown: Shown,
  { rank, score, reasons, backSince, paper }: EditionEntry,
): Static<typeof Entry> => ({
  rank,
  score,
  reasons,
  backSince,
  paper: paperOut(shown, paper),
});

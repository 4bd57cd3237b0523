import { expect, test } from 'vitest';
import { dayOf } from '../../src/day.ts';
import { type Installation, installation } from '../support/app.ts';
import { type Collector, collector, type SentSpan } from '../support/collector.ts';
import { testDatabase } from '../support/database.ts';
import { linkIn } from '../support/letter.ts';
import { freePort } from '../support/ports.ts';
import { mailReceiver, type MailReceiver } from '../support/receiver.ts';
import { until } from '../support/until.ts';

const SECRET_KEY = 'a secret of the tests of traces which is long enough';
const READERS = ['quiet.reader@private.example', 'refused.reader@private.example'];

const hasEdition = async (home: Installation): Promise<boolean> =>
  (await (await fetch(`${home.site}/api/v1/editions`)).text()).includes(dayOf(new Date()));

/** A reader subscribes and confirms, and is welcomed with the day's digest. Returns the token of the link. */
async function becomeReader(home: Installation, relay: MailReceiver, email: string): Promise<string> {
  await fetch(`${home.site}/subscribe`, { method: 'POST', body: new URLSearchParams({ email }) });
  const [confirmation] = await until('the confirmation', async () => {
    const letters = await relay.lettersTo(email);
    return letters.length > 0 ? letters : null;
  });
  const link = linkIn(confirmation!, 'confirm');
  expect((await fetch(link, { method: 'POST' })).status).toBe(200);
  return link.split('/').at(-1)!;
}

/** Refuses the second letter to the second reader: its digest. */
async function relayThatRefuses(): Promise<MailReceiver> {
  let asked = 0;
  return mailReceiver({
    answer: (to) =>
      to === READERS[1] && ++asked > 1 ? { code: 554, text: `5.7.1 <${to}> our policy forbids this` } : null,
  });
}

const named = ({ spans }: Collector, name: string): SentSpan[] => spans.filter((span) => span.name === name);

test(
  'one trace leads from the ingest over the edition to the deliveries, through three processes, and tells of no reader',
  { timeout: 120_000 },
  async () => {
    await using database = await testDatabase();
    await using sink = await collector();
    await using relay = await relayThatRefuses();
    await using home = await installation({
      DATABASE_URL: database.url,
      SMTP_URL: relay.url,
      SECRET_KEY,
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-papers-key=what%20opens%20it',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=tests',
    });
    const roles = [];
    for (const role of ['api', 'worker', 'scheduler'] as const)
      roles.push(await home.start(role, { OTEL_SERVICE_NAME: `paperboy-${role}` }));
    await until('the edition', () => hasEdition(home), { within: 60_000 });
    const tokens: string[] = [];
    for (const email of READERS) tokens.push(await becomeReader(home, relay, email));
    await until('the digest', async () => (await relay.lettersTo(READERS[0]!)).length === 2);
    const { db } = home.database();
    await until('the refusal', async () => {
      const { rows } = await db.$client.query(`select from delivery where state = 'rejected'`);
      return rows.length === 1;
    });
    for (const role of roles) await role.stop(); // hands over what is left

    const [edition, ...others] = named(sink, 'edition');
    expect(others).toEqual([]);
    expect(edition).toMatchObject({ parentSpanId: null, service: 'paperboy-worker' });
    expect(edition!.attributes).toMatchObject({
      'paperboy.edition.date': dayOf(new Date()),
      'paperboy.edition.papers': 8,
    });
    const day = sink.spans.filter(({ traceId }) => traceId === edition!.traceId);
    const names = day.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'ingest',
        'ingest source',
        'freeze edition',
        'rank papers',
        'plan digest',
        'process deliver',
      ]),
    );
    for (const name of ['ingest', 'freeze edition'])
      expect(named(sink, name).map(({ traceId, parentSpanId }) => [traceId, parentSpanId])).toContainEqual([
        edition!.traceId,
        edition!.spanId,
      ]);

    // The queue carries who asked from the site's process to the worker's.
    const plans = named(sink, 'plan digest');
    const batches = named(sink, 'process deliver');
    expect([plans.length, batches.length]).toEqual([2, 2]);
    expect(plans.map(({ service }) => service)).toEqual(['paperboy-api', 'paperboy-api']);
    expect(batches.map(({ service }) => service)).toEqual(['paperboy-worker', 'paperboy-worker']);
    expect(new Set(batches.map(({ parentSpanId }) => parentSpanId))).toEqual(
      new Set(plans.map(({ spanId }) => spanId)),
    );
    // What a reader's press caused leads back to the press, which is a trace of its own.
    const presses = named(sink, 'POST /confirm/:token');
    expect(presses.map(({ kind, attributes }) => [kind, attributes['http.response.status_code']])).toEqual([
      [2, 200],
      [2, 200],
    ]);
    expect(plans.flatMap(({ links }) => links.map(({ spanId }) => spanId)).toSorted()).toEqual(
      presses.map(({ spanId }) => spanId).toSorted(),
    );

    // Connections hang from what opened them, and link to what else they carried.
    const connections = named(sink, 'send smtp').flatMap(({ parentSpanId, links }) => [
      parentSpanId,
      ...links.map((l) => l.spanId),
    ]);
    for (const { spanId } of batches) expect(connections).toContain(spanId);
    // One of the two messages was refused: there is a span of that one alone.
    expect(named(sink, 'send message')).toMatchObject([
      {
        traceId: edition!.traceId,
        failed: true,
        attributes: { 'paperboy.delivery.state': 'rejected', 'smtp.response.status_code': 554 },
      },
    ]);
    expect(new Set(batches.map(({ attributes }) => attributes['paperboy.deliveries.accepted']))).toEqual(
      new Set([1, undefined]),
    );

    const sent = sink.text();
    expect(sent).toContain('"x-papers-key":"what opens it"');
    expect(sent).toContain('deployment.environment.name');
    for (const personal of [
      ...READERS,
      'quiet.reader',
      'private.example',
      'our policy',
      'Finding 1',
      SECRET_KEY,
      ...tokens,
    ])
      expect(sent).not.toContain(personal);
    expect(sent).not.toMatch(/[\w.]@[\w.]+\.\w/);
  },
);

test(
  'while the collector is away the digest goes out, the log says so once, and the stop is no slower',
  { timeout: 120_000 },
  async () => {
    await using database = await testDatabase();
    await using relay = await mailReceiver();
    const away = `http://127.0.0.1:${await freePort()}`;
    await using home = await installation({
      DATABASE_URL: database.url,
      SECRET_KEY,
      SMTP_URL: relay.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: away,
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    });
    const app = await home.start('start');
    await until('the edition', () => hasEdition(home), { within: 60_000 });
    await becomeReader(home, relay, READERS[0]!);
    await until('the digest', async () => (await relay.lettersTo(READERS[0]!)).length === 2);
    const warnings = () =>
      app.complaints().match(/The collector in OTEL_EXPORTER_OTLP_ENDPOINT takes no traces/g) ?? [];
    await until('the word of it', () => warnings().length > 0);
    await fetch(home.site);
    await app.stop();
    expect(warnings()).toHaveLength(1);
  },
);

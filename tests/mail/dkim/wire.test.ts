import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { DIGEST } from '../../../src/db/digests.ts';
import { sendNotice } from '../../../src/delivery/notify.ts';
import { buildEdition } from '../../../src/editions/build.ts';
import { ensureSamples } from '../../../src/papers/samples.ts';
import { dayOf } from '../../../src/day.ts';
import { type Engine, openEngine } from '../../../src/engine.ts';
import { openStore } from '../../../src/store.ts';
import { createGuard } from '../../../src/subscribers/guard.ts';
import { checkNoDomain } from '../../../src/subscribers/mail-domain.ts';
import { groupRequests } from '../../../src/subscribers/requests.ts';
import { QUIET_MS, subscribe } from '../../../src/subscribers/subscribe.ts';
import { createLogger } from '../../../src/telemetry.ts';
import { testDatabase } from '../../support/database.ts';
import { ED25519, RSA, verifyWithMailauth } from '../../support/dkim-verifiers.ts';

const log = createLogger('silent');
const received: Buffer[] = [];
const resources = new AsyncDisposableStack();
let engine: Engine;

beforeAll(async () => {
  const database = resources.use(await testDatabase());
  const chunks: Buffer[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, _session, done) =>
      stream
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => {
          received.push(Buffer.concat(chunks.splice(0)));
          done();
        }),
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  resources.defer(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const config = loadConfig({
    DATABASE_URL: database.url,
    SECRET_KEY: 'a secret of the tests that is long enough',
    SMTP_URL: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}?tls=off`,
    MAIL_FROM: 'Paperboy <paperboy@papers.example>',
    PUBLIC_URL: 'https://papers.example',
    DKIM_DOMAIN: 'papers.example',
    DKIM_SELECTOR: RSA.selector,
    DKIM_RSA_KEY_FILE: RSA.keyFile,
    DKIM_ED25519_SELECTOR: ED25519.selector,
    DKIM_ED25519_KEY_FILE: ED25519.keyFile,
  });
  engine = resources.use(await openEngine(await openStore(config, log)));
});
afterAll(() => resources.disposeAsync());

describe('with keys configured, what arrives is signed:', () => {
  test('a digest, and the same bytes when it is sent again', async () => {
    await ensureSamples(engine);
    const date = dayOf(engine.now());
    await buildEdition(engine, { date, sampleOnly: true });
    const reader = {
      subscriberId: 7,
      email: 'reader@example.net',
      topics: ['all'],
      since: '2001-01-01',
      wantsFresh: true,
      length: 10,
      taste: '',
      had: '',
      frozenAt: new Date('2026-05-29T06:00:00Z'),
    };
    for (let i = 0; i < 2; i++) {
      const outgoing = await engine.handlerDeps.deliver.composer.compose(date, { ...reader, kind: DIGEST } as never);
      expect(await engine.transport.send(outgoing!)).toMatchObject({ kind: 'reply', code: 250 });
    }
    const [first, second] = received.splice(0);
    expect(await verifyWithMailauth([first!])).toEqual([[true, true]]);
    expect(second).toEqual(first);
  });

  test('a notice', async () => {
    const ids: number[] = [];
    await subscribe(
      {
        ...engine,
        recordRequest: groupRequests(engine.db, QUIET_MS),
        guard: createGuard(engine),
        checkDomain: checkNoDomain,
        enqueueNotice: (id) => void ids.push(id),
        editionHour: 4,
        welcome: async () => 'nothing',
      },
      { email: 'reader@example.net' },
    );
    await sendNotice(engine.handlerDeps.notify, ids[0]!);
    const [notice] = received.splice(0);
    expect(notice!.toString()).toContain('\r\nAuto-Submitted: auto-generated\r\n');
    expect(await verifyWithMailauth([notice!])).toEqual([[true, true]]);
  });
});

test('the service does not start with a key that does not sign', async () => {
  const config = {
    ...engine.config,
    dkim: { ...engine.config.dkim, rsa: { selector: 's', keyFile: ED25519.keyFile } },
  };
  await expect(openStore(config, log).then(openEngine)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('DKIM_RSA_KEY_FILE'),
  });
});

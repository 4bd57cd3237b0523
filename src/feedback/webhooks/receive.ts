import { SECOND } from '../../duration.ts';
import { AppError } from '../../errors.ts';
import type { Logger } from '../../telemetry.ts';
import { heardInEvent } from '../heard.ts';
import { type ReceiveDeps, receiveFeedback } from '../receive.ts';
import { parseBrevo, verifyBrevo } from './brevo.ts';
import { createReplayWindow, mailgunToken, parseMailgun, verifyMailgun } from './mailgun.ts';
import { parsePostmark, verifyPostmark } from './postmark.ts';
import { parseSendgrid, sendgridKey, verifySendgrid } from './sendgrid.ts';
import { confirmationOf, parseSes, verifySes } from './ses.ts';
import type { SignedRequest, Verified, WebhookEvent } from './webhook.ts';

export const PROVIDERS = ['ses', 'sendgrid', 'postmark', 'mailgun', 'brevo'] as const;
export type Provider = (typeof PROVIDERS)[number];
/** What each provider's requests are checked by: topics of SES, a public key of SendGrid, secrets of the others. */
export type WebhookKeys = Readonly<Record<Provider, readonly string[]>>;

/** What became of a request: the provider is not set up here, the signature is not theirs, or how much was new. */
export type Received = 'unknown' | 'refused' | { kept: number };

interface WebhookDeps extends ReceiveDeps {
  keys: WebhookKeys;
  log: Pick<Logger, 'warn' | 'info'>;
  /** Default: `fetchText`. */
  fetchText?: (url: string) => Promise<string>;
}

interface Way {
  verify: (request: SignedRequest) => Verified | Promise<Verified>;
  parse: (body: Buffer) => WebhookEvent[];
  /** What is to be done once all is kept. */
  done?: (request: SignedRequest) => void | Promise<void>;
}

/** Takes the requests of providers that the operator has set up. Throws INPUT_INVALID for one that cannot be read. */
export function createWebhooks(
  deps: WebhookDeps,
): (provider: string, request: Omit<SignedRequest, 'now'>) => Promise<Received> {
  const ways = waysOf(deps);
  return async (provider, given) => {
    const way = Object.hasOwn(ways, provider) ? ways[provider as Provider] : undefined;
    if (!way) return 'unknown';
    const request = { ...given, now: deps.now() };
    const verified = await way.verify(request);
    if (!verified.ok) {
      deps.log.warn({ provider, why: verified.why }, 'A webhook was refused');
      return 'refused';
    }
    const heard = way.parse(request.body).flatMap((event) => heardInEvent(provider, event) ?? []);
    const { kept } = await receiveFeedback(deps, heard);
    await way.done?.(request);
    return { kept };
  };
}

function waysOf({ keys, log, fetchText: fetchUrl = fetchText }: WebhookDeps): Partial<Record<Provider, Way>> {
  const window = createReplayWindow();
  const certificates = new Map<string, Promise<string>>();
  const fetchCertificate = (url: string): Promise<string> => {
    let found = certificates.get(url);
    if (!found) {
      if (certificates.size >= MOST_CERTIFICATES) certificates.clear();
      found = fetchUrl(url);
      found.catch(() => certificates.delete(url));
      certificates.set(url, found);
    }
    return found;
  };
  const sendgridKeys = keys.sendgrid.map(sendgridKey);
  const ways: Record<Provider, Way> = {
    ses: {
      verify: ({ body, now }) => verifySes({ body, now }, { topics: keys.ses, fetchCertificate }),
      parse: parseSes,
      done: async ({ body }) => {
        const url = confirmationOf(body);
        if (url === null) return;
        await fetchUrl(url);
        log.info('The subscription of an SNS topic is confirmed');
      },
    },
    sendgrid: { verify: (request) => verifySendgrid(request, sendgridKeys), parse: parseSendgrid },
    postmark: { verify: (request) => verifyPostmark(request, keys.postmark), parse: parsePostmark },
    mailgun: {
      verify: (request) => verifyMailgun(request, keys.mailgun, window),
      parse: parseMailgun,
      done: ({ body, now }) => window.add(mailgunToken(body), now),
    },
    brevo: { verify: (request) => verifyBrevo(request, keys.brevo), parse: parseBrevo },
  };
  return Object.fromEntries(PROVIDERS.filter((name) => keys[name].length > 0).map((name) => [name, ways[name]]));
}

const MOST_CERTIFICATES = 20;
const MOST_BYTES = 64 * 1024;

/** A short text from an address that was checked by rule. It is not let lead elsewhere. */
async function fetchText(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(5 * SECOND) });
    if (!answer.ok || answer.body === null) throw new Error(`status ${answer.status}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > MOST_BYTES) throw new Error('too long');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch (cause) {
    throw new AppError(
      'SOURCE_UNAVAILABLE',
      'Cannot check what Amazon SNS sent: its certificate or confirmation could not be fetched. It is sent again.',
      { cause },
    );
  }
}

import type { RelayState } from '../mail/transport.ts';
import { DAY } from '../duration.ts';
import { type Finding, findingsOf } from './finding.ts';
import { dayOf } from '../day.ts';

/** A certificate that ends sooner is not renewed by itself. */
const SOON_MS = 14 * DAY;

/** Whether mail can leave: the relays in their order, of which one has to take it. Pure. */
export function judgeRelay(relays: readonly RelayState[]): Finding {
  const { well, look, mend } = findingsOf('relay', 'relay', 'Relay');
  const first = relays.find(({ failure }) => failure === null);
  const failed = relays.filter(({ failure }) => failure !== null);
  if (!first) {
    const { where, failure } = failed[0]!;
    return mend(`Nothing goes out: ${whatHappened(where, failure!)}`, remedyOf(failure!));
  }
  const answers = `${first.where} takes mail${first.ms > 0 ? `, and answers in ${first.ms} ms` : ''}.`;
  if (failed.length === 0) return well(answers);
  return look(`${whatHappened(failed[0]!.where, failed[0]!.failure!)} ${answers}`, remedyOf(failed[0]!.failure!));
}

type Failure = NonNullable<RelayState['failure']>;

const isCertificate = (words: string): boolean => /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME|ISSUER/.test(words);

function whatHappened(where: string, { step, words }: Failure): string {
  if (step === 'login') return `${where} does not let us in (${words}).`;
  if (step !== 'tls') return `${where} does not answer (${words}).`;
  return isCertificate(words)
    ? `the certificate of ${where} cannot be trusted (${words}).`
    : `${where} offers no TLS (${words}).`;
}

function remedyOf({ step, words, remedy }: Failure): string {
  if (remedy !== null) return remedy;
  if (step === 'login') return 'Correct the user and the password in SMTP_URL.';
  if (step !== 'tls') return 'Start the relay, or correct host and port in SMTP_URL.';
  return isCertificate(words)
    ? "Renew the relay's certificate, for the host name that SMTP_URL says."
    : 'Switch STARTTLS on at the relay; on a private network, add ?tls=off to SMTP_URL.';
}

/** How well the way to the relay in use is secured; nothing where none can be used. Pure. */
export function judgeRelayTls(relays: readonly RelayState[], now: Date): Finding[] {
  const { well, look, mend } = findingsOf('relay-tls', 'relay', 'TLS');
  const used = relays.find(({ failure }) => failure === null);
  if (!used || used.host === null) return [];
  const { where, protocol, validUntil } = used;
  if (protocol === null || validUntil === null) return [well(`${where} is spoken to without TLS, as SMTP_URL has it.`)];
  const left = validUntil.getTime() - now.getTime();
  const renew = `Renew it, and see that it is renewed by itself.`;
  if (left < 2 * DAY) return [mend(`The certificate of ${where} ends on ${dayOf(validUntil)}.`, renew)];
  if (left < SOON_MS) return [look(`The certificate of ${where} ends on ${dayOf(validUntil)}.`, renew)];
  if (protocol === 'TLSv1' || protocol === 'TLSv1.1')
    return [look(`${where} speaks ${protocol}, which is out of date.`, 'Switch TLS 1.2 on at the relay.')];
  return [well(`${protocol.replace('TLSv', '')}; the certificate is good until ${dayOf(validUntil)}.`)];
}

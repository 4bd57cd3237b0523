import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DATA } from './shared-data.ts';

// Real bounces and complaints of ../shared/data/mail.

export interface Sample {
  name: string;
  bytes: Buffer;
}

const MAIL = path.join(DATA, 'mail');
const samplesIn = (folder: string, ending = /./): Sample[] =>
  readdirSync(path.join(MAIL, folder))
    .filter((name) => ending.test(name))
    .toSorted()
    .map((name) => ({ name, bytes: readFileSync(path.join(MAIL, folder, name)) }));

export interface Expected {
  permanent: string[];
  temporary: string[];
}

/** The bounces of flufl.bounce with what it says of each; one that names no address is no bounce. */
export const fluflBounces = (): (Sample & { expected: Expected })[] => {
  const all = JSON.parse(readFileSync(path.join(MAIL, 'bounces/flufl/expected.json'), 'utf8')) as Record<
    string,
    Expected
  >;
  return samplesIn('bounces/flufl/data').flatMap((sample) => {
    const expected = all[sample.name];
    return expected && expected.permanent.length + expected.temporary.length > 0 ? [{ ...sample, expected }] : [];
  });
};

/** What flufl.bounce holds to show that it is none, or names no address. */
export const fluflOthers = (): Sample[] => {
  const bounces = new Set(fluflBounces().map(({ name }) => name));
  return samplesIn('bounces/flufl/data').filter(({ name }) => !bounces.has(name));
};

export const phpBounces = (): Sample[] =>
  samplesIn('bounces/php-bounce-handler/eml').filter(
    ({ name }) => !/^(?:arf|fbl|vac|hotmailbounce|unsubscribe)/.test(name),
  );
export const phpComplaints = (): Sample[] => samplesIn('bounces/php-bounce-handler/eml', /^(?:arf|fbl|hotmailbounce)/);
export const reports = (): (Sample & { type: string })[] =>
  samplesIn('arf', /\.eml$/).map((sample) => ({
    ...sample,
    type: (
      JSON.parse(readFileSync(path.join(MAIL, 'arf', sample.name.replace('.eml', '.json')), 'utf8')) as {
        feedback_type: string;
      }
    ).feedback_type,
  }));

/** Whom a report of php-bounce-handler is about, by its own fields: its labels name none. */
export function recipientByFields(bytes: Buffer): string | null {
  const text = bytes.toString('latin1').replaceAll('\r', '');
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:\\s*(?:rfc822;)?\\s*<?([^\\s<>]+@[^\\s<>]+)>?`, 'im').exec(text)?.[1];
  const quoted = /^<([^\s<>]+@[^\s<>]+)>:\s*$/m.exec(text)?.[1];
  const delayed = /has not yet been delivered is:\n\n\s+(\S+@\S+)/.exec(text)?.[1];
  return (
    field('X-Failed-Recipients') ?? field('Original-Recipient') ?? field('Final-Recipient') ?? quoted ?? delayed ?? null
  );
}

const HEADERS = /\nContent-Type: message\/rfc822/gi;

/**
 * The report as Microsoft sends it: of the message only its headers, the reader nowhere.
 */
export function headersOnly(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replaceAll('\r', '');
  const boundary = /boundary="?([^";\n]+)"?/i.exec(text)?.[1] ?? '';
  const parts = text.split(`--${boundary}`);
  const kept = parts.map((part) => {
    if (!/^\nContent-Type: message\/rfc822/i.test(part)) return part;
    const [head = '', ...rest] = part.split('\n\n');
    const fields = rest.filter((block, n) => n === 0 || /^[\w-]+: /.test(block));
    return [head.replace('message/rfc822', 'text/rfc822-headers'), ...fields].join('\n\n') + '\n\n';
  });
  const redacted = kept
    .join(`--${boundary}`)
    .replace(/^(?:Original-Rcpt-To|Removal-Recipient|To|X-HmXmrOriginalRecipient): .*\n/gim, '');
  return Buffer.from(redacted.replace(HEADERS, '\nContent-Type: text/rfc822-headers'), 'latin1');
}

export const twins = (bytes: Buffer): Buffer[] => {
  const lines = bytes.toString('latin1').replace(/\r\n?/g, '\n');
  return ['\n', '\r\n', '\r'].map((end) => Buffer.from(lines.replaceAll('\n', end), 'latin1'));
};

import { createHash, type KeyObject, sign as signData } from 'node:crypto';
import { promisify } from 'node:util';
import type { Config } from '../../config.ts';
import type { Logger } from '../../telemetry.ts';
import { canonicalField, hashBody } from './canonical.ts';
import { type KeyType, loadSigningKeys, type SigningKey } from './keys.ts';

/**
 * Puts the DKIM-Signature fields in front of the header section, the first piece; the body's pieces
 * stay as they are.
 */
export type Sign = (message: readonly Buffer[]) => Promise<Buffer[]>;

export interface Signer {
  domain: string;
  /** In the order of their signatures: RSA first, which is the one that every provider verifies. */
  keys: readonly SigningKey[];
  sign: Sign;
}

/**
 * The signer that the configuration names, its keys read and tried; `null` when it names none.
 * Throws CONFIG_INVALID.
 */
export async function createSigner(dkim: Config['dkim'], log: Pick<Logger, 'warn'>): Promise<Signer | null> {
  const keys = await loadSigningKeys(dkim, log);
  const { domain } = dkim;
  return domain === null || keys.length === 0
    ? null
    : { domain, keys, sign: (message) => signMessage({ domain, keys }, message) };
}

/**
 * Signed wherever present. RFC 8058 wants both List-Unsubscribe fields covered, Gmail its
 * Feedback-ID.
 */
const SIGNED = [
  'From',
  'To',
  'Cc',
  'Subject',
  'Date',
  'Message-ID',
  'Reply-To',
  'MIME-Version',
  'Content-Type',
  'Content-Transfer-Encoding',
  'List-Id',
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
  'List-Archive',
  'List-Help',
  'Feedback-ID',
  'Auto-Submitted',
].map((name) => name.toLowerCase());

/**
 * Listed once more than present (RFC 6376 section 8.15): adding one of these, which some clients
 * would show or obey, breaks the signature.
 */
const SEALED: ReadonlySet<string> = new Set(
  [
    'From',
    'To',
    'Cc',
    'Subject',
    'Date',
    'Reply-To',
    'Content-Type',
    'Content-Transfer-Encoding',
    'List-Unsubscribe',
    'List-Unsubscribe-Post',
  ].map((name) => name.toLowerCase()),
);

async function signMessage(
  { domain, keys }: Pick<Signer, 'domain' | 'keys'>,
  [head, ...body]: readonly Buffer[],
): Promise<Buffer[]> {
  const fields = fieldsOf(head);
  const covered = SIGNED.flatMap((name) => coveredBy(name, fields.get(name) ?? []));
  const common = { domain, signedAt: timeOf(fields), names: covered.map(({ name }) => name), bodyHash: hashBody(body) };
  const data = covered
    .flatMap(({ field }) => field ?? [])
    .map((field) => `${canonicalField(field)}\r\n`)
    .join('');
  const signatures = await Promise.all(keys.map((key) => signatureField(key, common, data)));
  return [Buffer.concat([...signatures, head!]), ...body];
}

/** The header section's fields by lower-case name, each list from the top down. */
function fieldsOf(head: Buffer | undefined): Map<string, string[]> {
  const text = head?.toString('latin1') ?? '';
  if (!text.endsWith('\r\n\r\n'))
    throw new TypeError(
      'Cannot sign a message: its first piece must be the header section with the empty line after it',
    );
  const fields = new Map<string, string[]>();
  for (const field of text.slice(0, -4).split(/\r\n(?![ \t])/)) {
    const name = field
      .slice(0, field.indexOf(':'))
      .replace(/[ \t]+$/, '')
      .toLowerCase();
    fields.set(name, [...(fields.get(name) ?? []), field]);
  }
  if (!fields.has('from')) throw new TypeError('Cannot sign a message: it has no From');
  return fields;
}

/**
 * Of a repeated field the last one is signed first (RFC 6376 section 5.4.2). A name without a field
 * stands for "none more".
 */
function coveredBy(name: string, fields: readonly string[]): { name: string; field?: string }[] {
  const present: { name: string; field?: string }[] = fields.toReversed().map((field) => ({ name, field }));
  return SEALED.has(name) ? [...present, { name }] : present;
}

/**
 * Taken from the message and not from the clock, so that a message sent again is the same bytes.
 */
function timeOf(fields: Map<string, string[]>): number | null {
  const time = Date.parse(fields.get('date')?.[0]?.slice('Date:'.length) ?? '');
  return Number.isNaN(time) ? null : Math.floor(time / 1000);
}

interface Common {
  domain: string;
  signedAt: number | null;
  names: readonly string[];
  bodyHash: string;
}

async function signatureField(
  { type, selector, privateKey }: SigningKey,
  { domain, signedAt, names, bodyHash }: Common,
  data: string,
): Promise<Buffer> {
  const unsigned = fold('DKIM-Signature:', [
    ' v=1;',
    ` a=${type}-sha256;`,
    ' c=relaxed/relaxed;',
    ` d=${domain};`,
    ` i=@${domain};`,
    ` s=${selector};`,
    ...(signedAt === null ? [] : [` t=${signedAt};`]),
    ...names.map((name, i) => `${i === 0 ? ' h=' : ''}${name}${i === names.length - 1 ? ';' : ':'}`),
    ` bh=${bodyHash};`,
  ]);
  const input = Buffer.from(`${data}${canonicalField(`${unsigned} b=`)}`, 'latin1');
  const [first, ...rest] = (await signBytes(type, input, privateKey)).toString('base64').match(/.{1,72}/g)!;
  return Buffer.from(`${fold(unsigned, [` b=${first}`, ...rest])}\r\n`, 'latin1');
}

const signOnPool = promisify<string | null, Buffer, KeyObject, Buffer>(signData);

/**
 * On the thread pool, off the main loop. Ed25519 signs the hash of the input, not the input (RFC
 * 8463 section 3).
 */
const signBytes = (type: KeyType, input: Buffer, key: KeyObject): Promise<Buffer> =>
  type === 'rsa'
    ? signOnPool('sha256', input, key)
    : signOnPool(null, createHash('sha256').update(input).digest(), key);

const MAX_COLUMNS = 78;

/**
 * Appends the parts, on a new line whenever the next would pass the last column. A part's leading
 * space is where it may be broken off; where there is none, folding adds one.
 */
function fold(start: string, parts: readonly string[]): string {
  let text = start;
  let column = start.length - (start.lastIndexOf('\n') + 1);
  for (const part of parts) {
    const fits = column + part.length <= MAX_COLUMNS;
    const added = fits ? part : ` ${part.trimStart()}`;
    text += fits ? added : `\r\n${added}`;
    column = fits ? column + added.length : added.length;
  }
  return text;
}

import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { AppError } from '../errors.ts';
import type { Report, Returned } from '../feedback/report.ts';
import { heardInMail } from '../feedback/heard.ts';
import { readReport } from '../feedback/read.ts';
import { receiveFeedback } from '../feedback/receive.ts';
import { openStore } from '../store.ts';
import type { Context } from './context.ts';
import { cannotRead } from '../subscribers/csv-file.ts';

/** Large providers take no message of more. */
const MOST_MEGABYTES = 50;
const MOST_BYTES = MOST_MEGABYTES * 1024 * 1024;

/** Says what one message that came back is taken for, and why. Changes nothing. */
export async function feedbackExplain(
  { print, signal }: Context,
  file: string,
  options: { json?: boolean },
): Promise<void> {
  const bytes = await readMessage(file, signal);
  if (bytes instanceof AppError) throw bytes;
  const report = await readReport(bytes);
  const { kind, permanent, recipients, whose, rule } = report;
  if (options.json) return print(JSON.stringify({ kind, permanent, recipients, whose, rule }));
  await print(`${kind}${permanent ? ', for good' : ''}: ${MEANING[kind]}`);
  for (const one of report.each) await print(`\n${wordsOn(one)}`);
  await print(`\n${marksOf(report)}`);
}

/**
 * Takes in one message that came back, for a mail server that pipes it here. Taken twice, it counts
 * once. What is no message, or of no delivery of ours, changes nothing, and is no failure: a pipe
 * that fails bounces.
 */
export async function feedbackTake(
  { config, log, print, signal }: Context,
  file: string,
  options: { json?: boolean },
): Promise<void> {
  const bytes = await readMessage(file, signal);
  if (bytes instanceof AppError)
    return print(options.json ? JSON.stringify({ kept: 0, known: 0, error: bytes.message }) : bytes.message);
  const report = await readReport(bytes);
  const { kind, permanent, recipients, whose, rule } = report;
  await using store = await openStore(config, log, { signal });
  const heard = heardInMail(bytes, report, { via: 'pipe' });
  const { kept, known } = await receiveFeedback(store, heard === null ? [] : [heard]);
  if (options.json) return print(JSON.stringify({ kind, permanent, recipients, whose, rule, kept, known }));
  const whoseIsIt = kept > 0 ? 'It is kept, and judged within a minute.' : 'It was kept before, and counts once.';
  await print(
    `${kind}: ${MEANING[kind]}. ${kept + known > 0 ? whoseIsIt : 'It is of no delivery of ours: nothing is changed.'}`,
  );
}

const MEANING: Readonly<Record<Report['kind'], string>> = {
  hard: 'there is no such mailbox',
  soft: 'a bounce that says nothing against the address',
  complaint: 'the reader called the mail spam',
  unsubscribe: 'the reader wants no more mail',
  'auto-reply': 'an answer that no person wrote; it changes nothing',
  unrelated: 'nothing that concerns a delivery',
};

function wordsOn({ recipient, kind, rule, whose, because, diagnostic }: Returned): string {
  const fault = whose === null ? '' : ` (about ${FAULT[whose]})`;
  const lines = [`${recipient ?? 'no recipient named'}: ${kind}, ${rule}${fault}`];
  if (because !== '') lines.push(`  because of: ${because}`);
  if (diagnostic !== '') lines.push(`  it says: ${diagnostic}`);
  return lines.join('\n');
}

const FAULT = { mailbox: 'the mailbox', content: 'the message', us: 'the sender' } as const;

function marksOf({ form, messageId, repliesTo, returnPaths, unsubscribes, reportingMta, date }: Report): string {
  const lines = [
    `read as: ${form}`,
    `reported by: ${reportingMta ?? 'not said'}, ${date === null ? 'no date' : date.toISOString()}`,
    `of the message: ${messageId ?? repliesTo[0] ?? 'not said'}`,
    `return paths like ours: ${returnPaths.length}; unsubscribe links like ours: ${unsubscribes.length} (not verified)`,
  ];
  return lines.join('\n');
}

/**
 * A file, or standard input for `-`, whole; or what is wrong with it, when it is no single message.
 * Throws INPUT_INVALID when it cannot be read.
 */
async function readMessage(file: string, signal: AbortSignal): Promise<Buffer | AppError> {
  const source: Readable = file === '-' ? process.stdin : createReadStream(file, { signal });
  const name = file === '-' ? 'standard input' : file;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      size += chunk.length;
      // Read to its end all the same: the mail server that writes it waits for that.
      if (size <= MOST_BYTES) chunks.push(chunk);
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw cannotRead(name, cause);
  }
  if (size > MOST_BYTES) return tooLarge(name);
  if (size === 0) return new AppError('INPUT_INVALID', `Cannot read ${name}: it is empty. Give it one message.`);
  return Buffer.concat(chunks);
}

const tooLarge = (name: string): AppError =>
  new AppError(
    'INPUT_INVALID',
    `Cannot read ${name}: it has more than ${MOST_MEGABYTES} MB. Give one message, not a whole mailbox.`,
  );

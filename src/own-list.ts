import { readFile } from 'node:fs/promises';
import { codeOf } from './errors.ts';

/** What a file of the operator's in PAPERBOY_DATA lists, or what is wrong with it in one sentence. */
export type OwnList = { entries: unknown[] } | { fault: string };

/** Reads the text of such a file; `what` are its entries called: "rules". */
export function parseOwnList(text: string, file: string, what: string): OwnList {
  const entries = listIn(text);
  if (entries !== null) return { entries };
  return { fault: `${file} is not a JSON list of ${what}: begin it with [ and end it with ].` };
}

/** The text of such a file; `null`: there is none. */
export async function readOwnFile(file: string): Promise<{ text: string } | { fault: string } | null> {
  try {
    return { text: await readFile(file, 'utf8') };
  } catch (error) {
    const code = codeOf(error) ?? 'unknown';
    if (code === 'ENOENT') return null;
    return { fault: `Cannot read ${file} (${code}): let the user that runs Paperboy read it.` };
  }
}

function listIn(text: string): unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

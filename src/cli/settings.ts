import { readFile } from 'node:fs/promises';
import { BRAND_FIELDS, type BrandOrigin, patchedBrand, textOfValue, typedValue } from '../brand/brand.ts';
import { COMMAND } from '../db/trail.ts';
import { AppError, codeOf } from '../errors.ts';
import { savedBrand, saveBrand } from '../looks.ts';
import { openStore, type Store } from '../store.ts';
import type { Context } from './context.ts';

/** A longer text than this is told by its beginning. */
const MOST_SHOWN = 60;

/** Prints what the newspaper is called and how it looks, and which place says so. */
export async function settingsList(
  { config, log, signal, print }: Context,
  { json = false }: { json?: boolean },
): Promise<void> {
  await using store = await openStore(config, log, { schema: 'read', signal });
  const { looks, db } = store;
  const { brand } = looks.look();
  const origins = looks.origins();
  const faults = [...looks.brandFaults(), ...looks.templateFaults()];
  if (json) return print(JSON.stringify({ brand, origins, saved: await savedBrand(db), faults }));
  for (const field of BRAND_FIELDS)
    await print(`${field}  ${shortly(textOfValue(brand[field])) || 'none'}  (${ORIGIN_WORDS[origins[field]]})`);
  for (const fault of faults) await print(fault);
}

const ORIGIN_WORDS: Readonly<Record<BrandOrigin, string>> = {
  default: 'as it ships',
  MAIL_FROM: 'from MAIL_FROM',
  desk: 'saved at the desk or by a command',
  file: 'of a file in PAPERBOY_DATA',
  SITE_NAME: 'from SITE_NAME',
};

function shortly(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length < text.length || line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN)}…` : line;
}

/** Says what a field of the brand is, as the desk does; a long text comes from a file. */
export async function settingsSet(
  { config, log, signal, print }: Context,
  field: string,
  value: string | undefined,
  { file }: { file?: string },
): Promise<void> {
  const name = fieldOf(field);
  if ((value === undefined) === (file === undefined))
    throw new AppError('INPUT_INVALID', `Say what ${name} is to be: "paperboy settings set ${name} VALUE", or --file.`);
  const text = value ?? (await readText(file!));
  await using store = await openStore(config, log, { signal });
  await save(store, { [name]: typedValue(name, text) });
  await print(`Saved: ${name} is "${shortly(text)}" now. Processes that run take it up within a minute.`);
}

/** Takes back what was said of a field, or of all. */
export async function settingsReset(
  { config, log, signal, print }: Context,
  field: string | undefined,
  { all = false }: { all?: boolean },
): Promise<void> {
  if ((field === undefined) !== all)
    throw new AppError('INPUT_INVALID', 'Name one field to take back: "paperboy settings reset name", or --all.');
  const name = field === undefined ? null : fieldOf(field);
  await using store = await openStore(config, log, { signal });
  if (name === null) await saveBrand(store, { part: {}, by: COMMAND });
  else await save(store, { [name]: null });
  await print(`${name ?? 'All'} is left to files, the environment and what ships.`);
}

async function save(store: Store, patch: Readonly<Record<string, unknown>>): Promise<void> {
  const part = patchedBrand(await savedBrand(store.db), patch, store.looks.origins());
  await saveBrand(store, { part, by: COMMAND });
}

function fieldOf(text: string) {
  const found = BRAND_FIELDS.find((name) => name === text);
  if (found !== undefined) return found;
  throw new AppError(
    'INPUT_INVALID',
    `There is no setting "${text.slice(0, MOST_SHOWN)}": "paperboy settings list" has those there are.`,
  );
}

async function readText(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trimEnd();
  } catch (cause) {
    throw new AppError('INPUT_INVALID', `Cannot read ${file} (${codeOf(cause) ?? 'unknown'}): name a file of text.`, {
      cause,
    });
  }
}

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Look } from '../brand/look.ts';
import { codeOf } from '../errors.ts';
import { faultsOfEta } from './eta-fault.ts';
import { layOut, type TemplateFault, TEMPLATES } from './layout.ts';
import { tryMailTemplate } from './specimen.ts';

/** Files of the operator's that are in force, as a look has them. */
export type OwnTemplates = Pick<Look, 'layouts' | 'pages' | 'assets'>;

/** A file of the operator's in their directory of templates. */
interface Found {
  /** Below the directory, with slashes: `mail/digest.mjml`. */
  file: string;
  text: string;
}
interface Checked {
  /** What is used of it: the text, or of a mail template its layout; `null`: it is broken. */
  good: string | null;
  faults: string[];
}

/** What may be replaced: our file of the same name is there to compare with. */
const REPLACEABLE = [
  { folder: 'mail', ending: '.mjml' },
  { folder: 'pages', ending: '.eta' },
  { folder: 'assets', ending: '.css' },
  { folder: 'assets', ending: '.svg' },
] as const;
const MOST_BYTES = 256 * 1024;

const isReplaceable = (file: string): boolean =>
  REPLACEABLE.some(({ folder, ending }) => path.dirname(file) === folder && file.endsWith(ending));

/** Our files that may be replaced, by their names below the directory. */
export async function ourTemplates(): Promise<string[]> {
  const names = await readdir(TEMPLATES, { recursive: true });
  return names
    .map((name) => name.replaceAll(path.sep, '/'))
    .filter(isReplaceable)
    .toSorted();
}

async function readTemplates(dir: string): Promise<Found[]> {
  const found: Found[] = [];
  for (const folder of new Set(REPLACEABLE.map((kind) => kind.folder))) {
    const names = await readdir(path.join(dir, folder)).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    });
    for (const name of names.toSorted((a, b) => a.localeCompare(b))) {
      const file = `${folder}/${name}`;
      if (isReplaceable(file)) found.push({ file, text: await readFile(path.join(dir, file), 'utf8') });
    }
  }
  return found;
}

/** What the operator's templates are, and stay as long as their newest state is broken. */
export interface OwnTemplatesInForce {
  current(): OwnTemplates;
  /** One sentence for each fault: file, line, what is wrong. */
  faults(): readonly string[];
  /** Reads what was changed since. A broken file leaves its last good state in force, or ours. */
  refresh(): Promise<void>;
}

/**
 * Keeps watch over TEMPLATES_DIR. Layouts are kept in `cacheDir` by what they were made from, so
 * that MJML is loaded only for a template that was never laid out.
 */
export function createOwnTemplates(dir: string, cacheDir: string | null): OwnTemplatesInForce {
  const checked = new Map<string, { text: string } & Checked>();
  let current: OwnTemplates = { layouts: {}, pages: {}, assets: {} };
  let unreadable: string[] = [];
  return {
    current: () => current,
    faults: () => [...unreadable, ...[...checked.values()].flatMap(({ faults }) => faults)],
    async refresh() {
      let found: Found[];
      try {
        found = await readTemplates(dir);
        unreadable = [];
      } catch (error) {
        unreadable = [`Cannot read TEMPLATES_DIR ${dir} (${codeOf(error) ?? 'unknown'}): let us read it.`];
        return;
      }
      const gone = [...checked.keys()].filter((file) => !found.some((each) => each.file === file));
      for (const file of gone) checked.delete(file);
      let isChanged = gone.length > 0;
      for (const { file, text } of found) {
        const before = checked.get(file);
        if (before?.text === text) continue;
        const { good, faults } = await checkTemplate({ file, text }, cacheDir);
        checked.set(file, { text, good: good ?? before?.good ?? null, faults });
        isChanged = true;
      }
      if (isChanged) current = sorted(checked);
    },
  };
}

function sorted(checked: ReadonlyMap<string, Checked>): OwnTemplates {
  const inFolder = (folder: string, nameOf: (file: string) => string): Record<string, string> =>
    Object.fromEntries(
      [...checked].flatMap(([file, { good }]) =>
        good !== null && path.dirname(file) === folder ? [[nameOf(file), good]] : [],
      ),
    );
  const stem = (file: string): string => path.parse(file).name;
  return { layouts: inFolder('mail', stem), pages: inFolder('pages', stem), assets: inFolder('assets', path.basename) };
}

/** Checks every file once. `good` of none is used. */
export async function checkTemplates(dir: string): Promise<{ files: string[]; faults: string[] }> {
  const own = createOwnTemplates(dir, null);
  await own.refresh();
  const found = await readTemplates(dir).catch(() => []);
  return { files: found.map(({ file }) => file), faults: [...own.faults()] };
}

/** Says what is wrong with one file, and makes of it what is used. */
async function checkTemplate(found: Found, cacheDir: string | null): Promise<Checked> {
  const { good, faults } = await check(found, cacheDir).catch((error: unknown) => ({
    good: null,
    faults: [{ line: null, what: `it cannot be used (${error instanceof Error ? error.message : 'unknown'})` }],
  }));
  return { good, faults: faults.map((fault) => faultSentence(found.file, fault)) };
}

const faultSentence = (file: string, { line, what }: TemplateFault): string =>
  `${file}${line === null ? '' : `, line ${line}`}: ${what}.`;

interface Check {
  good: string | null;
  faults: TemplateFault[];
}
const broken = (faults: TemplateFault[]): Check => ({ good: null, faults });
const fine = (good: string): Check => ({ good, faults: [] });

async function check({ file, text }: Found, cacheDir: string | null): Promise<Check> {
  if (Buffer.byteLength(text) > MOST_BYTES)
    return broken([{ line: null, what: 'it is larger than 256 kB: make it smaller' }]);
  const ours = await readFile(path.join(TEMPLATES, file), 'utf8').catch(() => null);
  if (ours === null && !file.endsWith('.eta'))
    return broken([{ line: null, what: 'there is no template of ours by this name: rename it, or remove it' }]);
  if (file.startsWith('assets/')) return fine(text);
  const faults = [...faultsOfEta(text), ...missingMarks(text, MARKS[file] ?? [])];
  if (faults.length > 0) return broken(faults);
  return file.endsWith('.mjml') ? checkMail({ file, text }, ours!, cacheDir) : fine(text);
}

/** What the program puts into a template has to have its place there. */
const MARKS: Readonly<Record<string, readonly string[]>> = {
  'mail/digest.mjml': ['it.unsubscribe', 'it.preferences', 'it.rank', 'it.titleHtml'],
  'mail/confirm.mjml': ['it.button.url', 'it.heading', 'it.before'],
  'pages/layout.eta': ['it.body', 'it.site.stylesheet'],
};

const missingMarks = (text: string, marks: readonly string[]): TemplateFault[] =>
  marks
    .filter((mark) => !text.includes(mark))
    .map((mark) => ({ line: null, what: `"${mark}" is missing: put it back where ours has it` }));

const CUTS = /<!-- cut: ([\w-]+) -->/g;
const cutsOf = (text: string): string[] => [...text.matchAll(CUTS)].map((match) => match[1]!);

/** The pieces of a digest are told apart by these comments, so each has to be there once. */
function faultsOfCuts(text: string, ours: string): TemplateFault[] {
  const [wanted, there] = [cutsOf(ours), cutsOf(text)];
  const lineOf = (cut: string): number => text.slice(0, text.lastIndexOf(`<!-- cut: ${cut} -->`)).split('\n').length;
  return [
    ...wanted
      .filter((cut) => !there.includes(cut))
      .map((cut) => ({
        line: null,
        what: `the mark "<!-- cut: ${cut} -->" is missing: put it back where ours has it`,
      })),
    ...there
      .filter((cut, i) => !wanted.includes(cut) || there.indexOf(cut) !== i)
      .map((cut) => ({ line: lineOf(cut), what: `the mark "<!-- cut: ${cut} -->" is not ours, or there twice` })),
  ];
}

async function checkMail({ file, text }: Found, ours: string, cacheDir: string | null): Promise<Check> {
  const faults = faultsOfCuts(text, ours);
  if (faults.length > 0) return broken(faults);
  const laidOut = await laidOutOnce(text, cacheDir);
  if ('faults' in laidOut) return broken(laidOut.faults);
  const tried = await tryMailTemplate(path.parse(file).name, { source: text, html: laidOut.html });
  return tried.length > 0 ? broken(tried) : fine(laidOut.html);
}

/** A layout is kept by what it was made from: nothing else decides what MJML makes of it. */
async function laidOutOnce(
  text: string,
  cacheDir: string | null,
): Promise<{ html: string } | { faults: TemplateFault[] }> {
  if (cacheDir === null) return layOut(text);
  const file = path.join(cacheDir, `${createHash('sha256').update(text).digest('hex')}.html`);
  const kept = await readFile(file, 'utf8').catch(() => null);
  if (kept !== null) return { html: kept };
  const made = await layOut(text);
  if ('html' in made) await keep(file, made.html);
  return made;
}

/** Where nothing can be kept it is made anew at the next start. */
async function keep(file: string, html: string): Promise<void> {
  const unfinished = `${file}.${process.pid}`;
  await mkdir(path.dirname(file), { recursive: true })
    .then(() => writeFile(unfinished, html))
    .then(() => rename(unfinished, file))
    .catch(() => {});
}

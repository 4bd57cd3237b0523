import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../errors.ts';
import { readOwnFile } from '../own-list.ts';
import { type BrandField, type BrandPart, faultsOfBrand } from './brand.ts';
import type { Logo } from './look.ts';

export const brandFile = (dataDir: string): string => path.join(dataDir, 'brand.json');

/** Pages that are easier to write in a file of their own than as a text in JSON. */
const PAGES: readonly BrandField[] = ['imprint', 'privacy'];

/** What the files in the data directory say of the brand, or what is wrong with them. */
export type BrandFile = { part: BrandPart } | { faults: string[] };

/** Reads brand.json, imprint.md and privacy.md. One fault makes all of it void. */
export async function readBrandFile(dataDir: string): Promise<BrandFile> {
  const faults: string[] = [];
  const part: BrandPart = {};
  for (const page of PAGES) {
    const file = path.join(dataDir, `${page}.md`);
    const found = await readOwnFile(file);
    if (found === null) continue;
    if ('fault' in found) faults.push(found.fault);
    else if (faultsOfBrand({ [page]: found.text }).length > 0)
      faults.push(`${file} is empty or longer than 50,000 characters: shorten it, or remove it.`);
    else Object.assign(part, { [page]: found.text });
  }
  const file = brandFile(dataDir);
  const found = await readOwnFile(file);
  if (found !== null && 'fault' in found) faults.push(found.fault);
  if (found !== null && 'text' in found) {
    const parsed = parseBrand(found.text, file);
    if ('faults' in parsed) faults.push(...parsed.faults);
    else Object.assign(part, parsed.part);
  }
  return faults.length > 0 ? { faults } : { part };
}

/** Reads the text of brand.json. */
export function parseBrand(text: string, file: string): BrandFile {
  let part: unknown;
  try {
    part = JSON.parse(text);
  } catch {
    return { faults: [`${file} is not JSON: begin it with { and end it with }, with quotes around names and texts.`] };
  }
  const faults = faultsOfBrand(part).map((fault) => `${file}: ${fault}.`);
  return faults.length > 0 ? { faults } : { part: part as BrandPart };
}

/** More would weigh down every page and mail. */
const MOST_LOGO_BYTES = 200 * 1024;

/** What the content of an image of each type begins with. */
const TYPES: readonly { ending: RegExp; type: Logo['type']; isIt: (content: Buffer) => boolean }[] = [
  {
    ending: /\.png$/,
    type: 'image/png',
    isIt: (content) => content.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n',
  },
  { ending: /\.jpe?g$/, type: 'image/jpeg', isIt: (content) => content.subarray(0, 3).toString('hex') === 'ffd8ff' },
  {
    ending: /\.svg$/,
    type: 'image/svg+xml',
    isIt: (content) => /^\s*(?:<\?xml|<!--|<!DOCTYPE svg|<svg)/i.test(content.toString()),
  },
];

/** Reads the image that the brand names. The name of the newspaper stands without it. */
export async function readLogo(dataDir: string, name: string): Promise<Logo | { fault: string }> {
  const file = path.join(dataDir, path.basename(name));
  try {
    const { size } = await stat(file);
    if (size > MOST_LOGO_BYTES)
      return { fault: `${file} has ${Math.ceil(size / 1024)} kB, and a logo may have 200 kB: make it smaller.` };
    const content = await readFile(file);
    const known = TYPES.find(({ ending, isIt }) => ending.test(name) && isIt(content));
    if (!known)
      return { fault: `${file} is not an image of the type that its name says: save it as PNG, JPEG or SVG.` };
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
    return { href: `/assets/logo.${hash}${path.extname(name)}`, type: known.type, content };
  } catch (error) {
    return { fault: `Cannot read the logo ${file} (${codeOf(error) ?? 'unknown'}): put it there, or name another.` };
  }
}

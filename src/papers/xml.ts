import { decodeHTMLStrict } from 'entities';
import { SaxesParser } from 'saxes';
import type { Breathe } from './breathe.ts';

/** An element as far as feeds and lists need it: local name, own text, children. */
export interface XmlElement {
  name: string;
  attributes: Readonly<Record<string, string>>;
  text: string;
  children: XmlElement[];
}

export const all = (element: XmlElement | undefined, name: string): XmlElement[] =>
  element?.children.filter((c) => c.name === name) ?? [];
export const textOf = (element: XmlElement | undefined, name: string): string =>
  all(element, name)[0]?.text.trim() ?? '';

interface Entries {
  entries: XmlElement[];
  damaged: number;
}

interface Names {
  /** The outermost element, which says what kind of feed it is. */
  root: string;
  entry: string;
}

/**
 * The entries of a feed, and how many of them are too damaged to be read. What authors type ends in
 * feeds as it is, so the commonest damage is mended. Where that is not enough, each entry is read
 * by itself and the damage costs no other. Throws for a text that is no such feed, or not the whole
 * of one.
 */
export async function readEntries(xml: string, names: Names, breathe: Breathe): Promise<Entries> {
  const mended = await mendXml(xml, breathe);
  const whole = await readXml(mended, breathe).catch((error: Error) => error);
  if (whole instanceof Error) {
    if (!looksWhole(mended, names)) throw whole;
    return readOneByOne(mended, names, breathe);
  }
  if (whole.name !== names.root) throw new TypeError(`<${whole.name}> instead of <${names.root}>`);
  const parents = [whole, ...all(whole, 'channel')];
  return { entries: parents.flatMap((parent) => all(parent, names.entry)), damaged: 0 };
}

/**
 * A text that was cut off on its way is asked for again. One with both its ends is damaged inside.
 */
function looksWhole(xml: string, { root, entry }: Names): boolean {
  const head = xml.slice(0, Math.max(0, xml.search(opening(entry))));
  return opening(root).test(head) && new RegExp(`${closing(root).source}\\s*$`).test(xml.slice(-1_000));
}

/** More than any day has; what lies beyond is noise. */
const MOST_ENTRIES = 20_000;

async function readOneByOne(xml: string, { entry }: Names, breathe: Breathe): Promise<Entries> {
  const pieces = xml.split(new RegExp(`(?=${opening(entry).source})`), MOST_ENTRIES).slice(1);
  const entries: XmlElement[] = [];
  for (const piece of pieces) {
    const end = closing(entry).exec(piece);
    const read = end && (await readXml(piece.slice(0, end.index) + end[0], breathe).catch(() => null));
    if (read) entries.push(read);
  }
  return { entries, damaged: pieces.length - entries.length };
}

const opening = (name: string): RegExp => new RegExp(`<(?:[\\w.-]{1,50}:)?${name}(?=[\\s>])`);
const closing = (name: string): RegExp => new RegExp(`</(?:[\\w.-]{1,50}:)?${name}\\s*>`);

/** So much of a feed is read at a stretch, in characters. */
const CHUNK = 65_536;

/** No element of a feed says more than this, in characters. */
const MOST_TEXT = 200_000;

/** Markup stands as it is in a CDATA section; an unfinished one reaches to the end. */
const CDATA_OR_REFERENCE = /<!\[CDATA\[[^]*?(?:\]\]>|$)|&(?:#?\w{1,40};)?/g;
const OF_XML = new Set(['&amp;', '&lt;', '&gt;', '&quot;', '&apos;']);
/** What XML 1.0 (section 2.2) has no place for, however it is written. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const NO_XML_CHARACTER = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]/gu;

/**
 * Makes XML of what nearly is: HTML's names for characters, a bare `&`, characters and references
 * that XML has not.
 */
async function mendXml(text: string, breathe: Breathe): Promise<string> {
  const parts: string[] = [];
  let part = ''; // one string that grew by millions of pieces would be put together all at once
  let end = 0;
  for (const { 0: found, index } of text.matchAll(CDATA_OR_REFERENCE)) {
    await breathe();
    part += text.slice(end, index) + (found.startsWith('<') || OF_XML.has(found) ? found : reference(found));
    end = index + found.length;
    if (part.length < CHUNK) continue;
    parts.push(part.replace(NO_XML_CHARACTER, ''));
    part = '';
  }
  await breathe();
  return [...parts, (part + text.slice(end)).replace(NO_XML_CHARACTER, '')].join('');
}

function reference(found: string): string {
  const decoded = decodeHTMLStrict(found);
  return decoded.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/**
 * The elements of a feed. Names are taken without their prefix, so both Atom dialects (namespaces
 * declared at the root or at each element) read alike. saxes expands no entity that a document
 * defines, so there is nothing to blow up. Throws for more than `most` elements.
 */
export async function readXml(xml: string, breathe: Breathe, { most = Infinity } = {}): Promise<XmlElement> {
  const parser = new SaxesParser();
  const root: XmlElement = { name: '', attributes: {}, text: '', children: [] };
  const stack = [root];
  parser.on('error', (error) => {
    throw error;
  });
  let elements = 0;
  parser.on('opentag', (tag) => {
    if (++elements > most) throw new RangeError('too many elements');
    const element: XmlElement = {
      name: tag.name.replace(/^.*:/, ''),
      attributes: tag.attributes as Record<string, string>,
      text: '',
      children: [],
    };
    stack.at(-1)!.children.push(element);
    if (stack.length > 50) throw new RangeError('nested too deeply for a feed');
    stack.push(element);
  });
  const append = (text: string): void => {
    const element = stack.at(-1)!;
    if (element.text.length < MOST_TEXT) element.text += text.slice(0, MOST_TEXT);
  };
  parser.on('text', append);
  parser.on('cdata', append);
  parser.on('closetag', () => {
    stack.pop();
  });
  for (let at = 0; at < xml.length; at += CHUNK) {
    await breathe();
    parser.write(xml.slice(at, at + CHUNK));
  }
  parser.close();
  const [outermost] = root.children;
  if (!outermost) throw new TypeError('no element');
  return outermost;
}

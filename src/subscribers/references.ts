import { type Breathe, createBreathe } from '../papers/breathe.ts';
import { idsIn } from '../papers/identity.ts';
import { all, readXml, textOf, type XmlElement } from '../papers/xml.ts';
import { texToText } from '../tex/text.ts';
import { readRecords, type Separator, SEPARATORS, splitRecord } from './csv.ts';

/** What a list of references says of one work. */
export interface Reference {
  /** Where it names one: `arxiv:2507.14843`. */
  id: string | null;
  title: string;
  authors: string[];
  keywords: string[];
  abstract: string;
}

/** More are a library, of which the first say enough. */
const MOST = 5_000;

/** It says what parts the cells, which the head shows too. */
const FIRST_LINE_OF_EXCEL = /^"?sep=.?"?\r?\n/i;

/** Reads works one by one, as they are asked for. */
type Reader = (text: string, breathe: Breathe) => Iterable<Reference> | AsyncIterable<Reference>;

/**
 * Reads BibTeX, RIS, CSL-JSON, Zotero's RDF, JSON and CSV, or the links of any other text. Others have
 * their turn meanwhile. What it cannot read it leaves out.
 */
export async function readReferences(text: string): Promise<Reference[]> {
  const breathe = createBreathe();
  const references: Reference[] = [];
  let read = 0;
  const said = text.replace(/^\ufeff/, '').replace(FIRST_LINE_OF_EXCEL, '');
  for await (const reference of readerFor(said)(said, breathe)) {
    if (reference.id !== null || reference.title !== '') references.push(reference);
    if (++read >= MOST) break;
    await breathe();
  }
  return references;
}

function readerFor(text: string): Reader {
  if (/^\s*[[{]/.test(text)) return readJson;
  if (IS_RDF.test(text)) return readRdf;
  if (/^[ \t]*@\s*[a-z]+\s*[{(]/im.test(text)) return readBibtex;
  if (/^TY {1,2}- /m.test(text)) return readRis;
  return separatorIn(text) === null ? readLinks : readCsv;
}

const EMPTY: Reference = { id: null, title: '', authors: [], keywords: [], abstract: '' };

/** Ids and links, among other text. */
async function* readLinks(text: string, breathe: Breathe): AsyncGenerator<Reference> {
  const ids = new Set<string>();
  for (const line of text.split(LINE_ENDS)) {
    for (const id of idsIn(line)) ids.add(id);
    await breathe();
  }
  for (const id of ids) yield { ...EMPTY, id };
}

/** The paper of arXiv that some text names, alone or within a sentence. */
const firstIdIn = (texts: readonly string[]): string | null => texts.flatMap(idsIn)[0] ?? null;

type Fields = ReadonlyMap<string, string>;

function* readBibtex(text: string): Generator<Reference> {
  const start = /@\s*([a-z]+)\s*[{(]/gi;
  for (let found = start.exec(text); found !== null; found = start.exec(text)) {
    if (/^(?:comment|string|preamble)$/i.test(found[1]!)) continue;
    const { fields, end } = fieldsFrom(text, start.lastIndex);
    start.lastIndex = end;
    const at = (name: string): string => fields.get(name) ?? '';
    yield {
      id: firstIdIn([at('eprint'), at('url'), at('doi'), at('arxivid'), at('journal'), at('note'), at('howpublished')]),
      title: texToText(withoutBraces(at('title'))),
      authors: peopleOf(at('author')),
      keywords: keywordsOf(at('keywords')),
      abstract: texToText(at('abstract')),
    };
  }
}

/** Braces keep the case of what they hold; in mathematics they mean something. */
const withoutBraces = (text: string): string =>
  text
    .split(/(\$[^$]*\$)/)
    .map((part, i) => (i % 2 === 0 ? part.replace(/[{}]/g, '') : part))
    .join('');

/** The fields of an entry from after its opening brace. An entry that is not closed ends where the next begins. */
function fieldsFrom(text: string, from: number): { fields: Fields; end: number } {
  const fields = new Map<string, string>();
  const name = /(?:\s*,)?\s*([a-z][\w:-]*)\s*=\s*/iy;
  const key = /[^,={}]*,/y;
  key.lastIndex = from;
  let at = key.test(text) ? key.lastIndex : from;
  for (;;) {
    name.lastIndex = at;
    const found = name.exec(text);
    if (found === null) return { fields, end: at };
    const value = valueFrom(text, name.lastIndex);
    fields.set(found[1]!.toLowerCase(), value.text);
    at = value.end;
  }
}

/** Values that are joined by # are one. */
function valueFrom(text: string, from: number): { text: string; end: number } {
  let said = '';
  let at = from;
  for (;;) {
    const piece = pieceFrom(text, at);
    said += piece.text;
    const more = /\s*#\s*/y;
    more.lastIndex = piece.end;
    if (!more.test(text)) return { text: said.replace(/\s+/g, ' ').trim(), end: piece.end };
    at = more.lastIndex;
  }
}

/** Longer values are a brace that was left open. */
const LONGEST_VALUE = 20_000;

function pieceFrom(text: string, from: number): { text: string; end: number } {
  const opening = text[from];
  if (opening !== '{' && opening !== '"') {
    const bare = /[^\s,}#)]*/y;
    bare.lastIndex = from;
    bare.test(text);
    return { text: text.slice(from, bare.lastIndex), end: bare.lastIndex };
  }
  let depth = 0;
  const limit = Math.min(text.length, from + LONGEST_VALUE);
  for (let i = from + 1; i < limit; i++) {
    const character = text[i];
    if (character === '\\') i++;
    else if (character === (opening === '{' ? '}' : '"') && depth === 0)
      return { text: text.slice(from + 1, i), end: i + 1 };
    else if (character === '{') depth++;
    else if (character === '}') depth--;
  }
  return { text: text.slice(from + 1, limit), end: limit };
}

/** "Lovelace, Ada and Charles Babbage" */
const peopleOf = (text: string): string[] =>
  text
    .split(/\s+and\s+/i)
    .map((name) => texToText(name.replace(/[{}]/g, '')))
    .map(inOrder)
    .filter((name) => name !== '' && name.toLowerCase() !== 'others');

function inOrder(name: string): string {
  const [last = '', ...first] = name.split(',').map((part) => part.trim());
  return [first.at(-1) ?? '', last].join(' ').trim();
}

const keywordsOf = (text: string): string[] =>
  text
    .split(/[,;]/)
    .map((word) => texToText(word))
    .filter(Boolean);

function* readRis(text: string): Generator<Reference> {
  for (const record of text.split(/^ER {1,2}-.*$/m)) {
    const said = [...record.matchAll(/^([A-Z][A-Z0-9]) {1,2}- ?(.*)$/gm)].map(([, tag, value]) => ({
      tag: tag!,
      value: value!.trim(),
    }));
    const all = (...tags: string[]): string[] => said.flatMap(({ tag, value }) => (tags.includes(tag) ? [value] : []));
    if (said.length === 0) continue;
    yield {
      id: firstIdIn(all('UR', 'DO', 'L1', 'L2', 'N1', 'JO', 'M1', 'AN')),
      title: texToText(all('TI', 'T1')[0] ?? ''),
      authors: all('AU', 'A1').map(inOrder),
      keywords: all('KW'),
      abstract: texToText(all('AB', 'N2')[0] ?? ''),
    };
  }
}

type Item = Readonly<Record<string, unknown>>;
const isItem = (item: unknown): item is Item => typeof item === 'object' && item !== null;
const textIn = (item: Item, name: string): string => (typeof item[name] === 'string' ? item[name] : '');
const listIn = (item: Item, name: string): Item[] => (Array.isArray(item[name]) ? item[name].filter(isItem) : []);

/** CSL-JSON, and the JSON of Zotero itself and of Better BibTeX, which call the same things otherwise. */
async function* readJson(text: string, breathe: Breathe): AsyncGenerator<Reference> {
  const items = itemsIn(text);
  if (items.length === 0) yield* readLinks(text, breathe);
  for (const item of items) {
    const at = (...names: string[]): string =>
      names.map((name) => textIn(item, name)).find((said) => said !== '') ?? '';
    if (NO_WORKS.test(at('itemType'))) continue;
    const people = [...listIn(item, 'author'), ...listIn(item, 'creators').filter(isAuthor)];
    const tags = listIn(item, 'tags').map((tag) => textIn(tag, 'tag'));
    yield {
      id: firstIdIn(
        ['URL', 'url', 'DOI', 'number', 'archive_location', 'archiveID', 'note', 'extra'].map((one) => at(one)),
      ),
      title: texToText(at('title')),
      authors: people.map(personIn).filter(Boolean),
      keywords: [...keywordsOf(at('keyword')), ...tags.filter(Boolean)],
      abstract: texToText(at('abstract', 'abstractNote')),
    };
  }
}

const isAuthor = (creator: Item): boolean => /^(?:author)?$/.test(textIn(creator, 'creatorType'));

const PARTS = ['given', 'firstName', 'non-dropping-particle', 'family', 'lastName'];
const personIn = (person: Item): string =>
  textIn(person, 'literal') ||
  textIn(person, 'name') ||
  PARTS.map((part) => textIn(person, part))
    .filter(Boolean)
    .join(' ');

/** A list, one item alone, or a library that has `items`; Zotero's API wraps each in `data`. */
function itemsIn(text: string): Item[] {
  try {
    const said: unknown = JSON.parse(text);
    const items = isItem(said) && Array.isArray(said['items']) ? said['items'] : [said].flat();
    return items.filter(isItem).map((item) => (isWrapped(item['data']) ? item['data'] : item));
  } catch {
    return [];
  }
}

/** Others call by `data` what is no work. */
const isWrapped = (data: unknown): data is Item => isItem(data) && ('title' in data || 'itemType' in data);

/** What parts the cells of a table of works; `null` of what is none. */
function separatorIn(text: string): Separator | null {
  const [head = ''] = text.slice(0, LONGEST_HEAD).split(LINE_ENDS, 1);
  return SEPARATORS.find((separator) => isHead(columnsOf(head, separator))) ?? null;
}

const LONGEST_HEAD = 5_000;
/** Blank lines end with the line before: they part no records, and mean nothing within a cell. */
const LINE_ENDS = /[\r\n]+/;
const columnsOf = (line: string, separator: Separator): string[] =>
  [splitRecord(line, separator)].flat().map((cell) => cell.trim().toLowerCase());
const isHead = (columns: readonly string[]): boolean =>
  columns.includes('title') && ['author', 'authors', 'doi', 'url'].some((name) => columns.includes(name));

/** A table of works, as Zotero writes it: authors and tags have semicolons between them. */
async function* readCsv(text: string, breathe: Breathe): AsyncGenerator<Reference> {
  const separator = separatorIn(text)!;
  const [head = '', ...lines] = text.split(LINE_ENDS);
  const columns = columnsOf(head, separator);
  const fits = (cells: readonly string[]): boolean => cells.length === columns.length;
  for await (const { cells } of readRecords(from(lines, breathe), separator, fits)) {
    if (!Array.isArray(cells)) {
      yield EMPTY; // it counts among those that were read
      continue;
    }
    const at = (...names: string[]): string =>
      columns.flatMap((column, i) => (names.includes(column) ? (cells[i] ?? '') : [])).join('; ');
    yield {
      id: firstIdIn(['url', 'doi', 'extra', 'archive location', 'number'].map((name) => at(name))),
      title: texToText(at('title')),
      authors: [...namesIn(at('author')), ...(wholeNamesIn(at('authors')) ?? namesIn(at('authors')))],
      keywords: keywordsOf(at('manual tags', 'automatic tags', 'keywords')),
      abstract: texToText(at('abstract note', 'abstract')),
    };
  }
}

const namesIn = (text: string): string[] => text.split(';').map(inOrder).filter(Boolean);

/** "Ada Lovelace, Charles Babbage": Zotero, whose column is called otherwise, puts last names first. */
function wholeNamesIn(text: string): string[] | null {
  const names = text.split(',').map((name) => name.trim());
  return names.length > 1 && names.every((name) => IS_WHOLE_NAME.test(name)) ? names : null;
}

const IS_WHOLE_NAME = /^\p{Lu}[^\s;]*\s[^;]+$/u;

/** Many lines of few words, each of which costs time, are no library. */
const MOST_LINES = 20 * MOST;

async function* from(lines: readonly string[], breathe: Breathe): AsyncGenerator<string> {
  for (const line of lines.slice(0, MOST_LINES)) {
    yield line;
    await breathe();
  }
}

/** Declarations and comments may stand before it. */
const IS_RDF = /^\ufeff?\s*(?:<(?:\?xml\b|!--)[^]{0,2000}?)?<rdf:RDF[\s>]/;
/** A library of some thousand works has about so many. */
const MOST_ELEMENTS = 200_000;
/** What Zotero says of a work hangs below it in its own export as items of their own. */
const NO_WORKS = /^(?:attachment|note|annotation)$/;

/** Zotero's RDF, and that of others who write as it does. Nothing is fetched, and no entity expanded. */
async function* readRdf(text: string, breathe: Breathe): AsyncGenerator<Reference> {
  const root = await readXml(text, breathe, { most: MOST_ELEMENTS }).catch(() => null);
  if (root === null) yield* readLinks(text, breathe);
  else for (const element of root.children) if (isWork(element)) yield workOf(element);
}

/** Journals and collections have neither a type nor authors, which stand beside the works. */
function isWork(element: XmlElement): boolean {
  const type = textOf(element, 'itemType');
  return type === '' ? all(element, 'authors').length > 0 : !NO_WORKS.test(type);
}

function workOf(element: XmlElement): Reference {
  const identifiers = all(element, 'identifier').flatMap(textsOf);
  const said = ['description', 'number', 'archiveLocation'].map((name) => textOf(element, name));
  return {
    id: firstIdIn([...identifiers, element.attributes['rdf:about'] ?? '', ...said]),
    title: texToText(textOf(element, 'title')),
    authors: all(element, 'authors').flatMap(peopleBelow),
    keywords: all(element, 'subject').flatMap(textsOf).flatMap(keywordsOf),
    abstract: texToText(textOf(element, 'abstract')),
  };
}

/** The texts of an element and of all below it. */
const textsOf = ({ text, children }: XmlElement): string[] =>
  [text.trim(), ...children.flatMap(textsOf)].filter(Boolean);

function peopleBelow(element: XmlElement): string[] {
  if (element.name !== 'Person') return element.children.flatMap(peopleBelow);
  const parts = ['givenName', 'givenname', 'surname', 'name'].map((name) => texToText(textOf(element, name)));
  return [parts.filter(Boolean).join(' ')].filter(Boolean);
}

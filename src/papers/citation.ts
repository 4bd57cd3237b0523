import type { Paper } from '../paper.ts';
import { paperLinks } from './links.ts';
import { type AuthorName, authorNameOf, invertedName, wholeFamily } from './person-name.ts';

type Cited = Pick<
  Paper,
  | 'id'
  | 'title'
  | 'abstract'
  | 'authors'
  | 'publishedAt'
  | 'keywords'
  | 'categories'
  | 'codeUrl'
  | 'projectUrl'
  | 'version'
  | 'versionAt'
>;

/** What every form of a citation says of a paper. */
export interface Reference {
  key: string;
  title: string;
  authors: AuthorName[];
  /** `null`: not known to the day. */
  published: Date | null;
  year: number;
  arxivId: string;
  doi: string;
  url: string;
  pdf: string;
  abstract: string;
  keywords: string[];
  category: string | null;
  /** The newest known, and when it came. */
  version: number | null;
  modified: Date | null;
}

export function referenceOf(paper: Cited): Reference {
  const arxivId = paper.id.replace(/^arxiv:/, '');
  const authors = paper.authors.map(authorNameOf);
  const year = paper.publishedAt?.getUTCFullYear() ?? yearOfId(arxivId);
  const { page, pdf } = paperLinks(paper);
  return {
    key: keyOf(authors[0], year, paper.title) || `arxiv${arxivId.replace(/\W/g, '')}`,
    title: oneLine(paper.title),
    authors,
    published: paper.publishedAt,
    year,
    arxivId,
    // arXiv registers one for every paper: https://info.arxiv.org/help/doi.html
    doi: `10.48550/arXiv.${arxivId}`,
    url: page,
    pdf,
    abstract: oneLine(paper.abstract),
    keywords: paper.keywords.map(oneLine),
    category: paper.categories[0] ?? null,
    version: paper.version,
    modified: isBefore(paper.versionAt, paper.publishedAt) ? null : paper.versionAt,
  };
}

/** Some sources date a paper by when they told of it, after its newest version. */
const isBefore = (one: Date | null, other: Date | null): boolean => one !== null && other !== null && one < other;

/** Identifiers begin with year and month, after the archive where they are of the old kind. */
function yearOfId(arxivId: string): number {
  const two = Number(/(?:^|\/)(\d\d)/.exec(arxivId)?.[1] ?? 0);
  return two > 90 ? 1900 + two : 2000 + two;
}

/** Line ends would end a field of RIS, and what cannot be seen has no place in a reference. */
const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

const SMALL_WORDS = new Set('a an the on of in for to with from and towards toward is are how why what'.split(' '));
const plainLetters = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[^a-z0-9]/gi, '')
    .toLowerCase();

/** `chen2026lens`: who, when, and the first word of the title that says something. */
function keyOf(first: AuthorName | undefined, year: number, title: string): string {
  const who = first === undefined ? '' : plainLetters('literal' in first ? first.literal : wholeFamily(first));
  const word = title
    .split(/[\s\-‐‑–—:/]+/)
    .map(plainLetters)
    .find((one) => one !== '' && !SMALL_WORDS.has(one));
  return /^[a-z]/.test(who) ? `${who}${year}${word ?? ''}` : '';
}

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  // BibTeX counts braces, escaped or not.
  '{': '\\textbraceleft{}',
  '}': '\\textbraceright{}',
  '#': '\\#',
  $: '\\$',
  '%': '\\%',
  '&': '\\&',
  _: '\\_',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
};
const texEscaped = (text: string): string => text.replace(/[\\~^{}#$%&_<>|]/g, (char) => SPECIAL[char]!);

/** BibTeX styles set titles in lower case: words with capitals of their own are kept in braces. */
const titleOf = (title: string): string =>
  title
    .split(' ')
    .map((word) => (/[\p{L}\p{N}]\p{Lu}/u.test(word) ? `{${texEscaped(word)}}` : texEscaped(word)))
    .join(' ');

/** "van der Berg, Jr, Jan"; a group in braces of its own, so that it is not taken apart. */
function bibtexName(name: AuthorName): string {
  if ('literal' in name) return `{${texEscaped(name.literal)}}`;
  // " and " inside a name would end it.
  const part = (text: string): string => (/\band\b/i.test(text) ? `{${texEscaped(text)}}` : texEscaped(text));
  return [wholeFamily(name), name.suffix, name.given].filter(Boolean).map(part).join(', ');
}

/** BibTeX. `most`: how many authors are named before "others". */
export function bibtexOf(reference: Reference, most = Infinity): string {
  const { authors, category } = reference;
  const named = authors.slice(0, most).map(bibtexName);
  const fields: [string, string][] = [
    ['title', titleOf(reference.title)],
    ['author', [...named, ...(authors.length > most ? ['others'] : [])].join(' and ')],
    ['year', String(reference.year)],
    ['eprint', reference.arxivId],
    ['archivePrefix', 'arXiv'],
    ['primaryClass', category ?? ''],
    ['doi', reference.doi],
    ['url', reference.url],
    ['version', reference.version === null ? '' : String(reference.version)],
  ];
  const lines = fields.filter(([, value]) => value !== '').map(([name, value]) => `  ${name.padEnd(13)} = {${value}}`);
  return `@misc{${reference.key},\n${lines.join(',\n')}\n}\n`;
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');

/** `2026/05/20`, in UTC. */
export const slashedDay = (moment: Date): string =>
  [moment.getUTCFullYear(), twoDigits(moment.getUTCMonth() + 1), twoDigits(moment.getUTCDate())].join('/');

/** RIS, whose lines end in CR LF. */
function risOf(reference: Reference): string {
  const lines: [string, string][] = [
    ['TY', 'UNPB'],
    ['TI', reference.title],
    ...reference.authors.map((name): [string, string] => ['AU', invertedName(name)]),
    ['PY', String(reference.year)],
    ['DA', reference.published === null ? '' : slashedDay(reference.published)],
    ['PB', 'arXiv'],
    ['AB', reference.abstract],
    ...reference.keywords.map((word): [string, string] => ['KW', word]),
    ['DO', reference.doi],
    ['UR', reference.url],
  ];
  const written = lines.filter(([, value]) => value !== '').map(([tag, value]) => `${tag}  - ${value}\r\n`);
  return `${written.join('')}ER  - \r\n`;
}

/** CSL-JSON, as Zotero, Pandoc and citeproc read it: a list of one. */
function cslOf(reference: Reference) {
  const { published, year, keywords, abstract, version } = reference;
  const day = published && [published.getUTCFullYear(), published.getUTCMonth() + 1, published.getUTCDate()];
  return [
    {
      id: reference.key,
      type: 'article',
      title: reference.title,
      author: reference.authors.map(cslName),
      issued: { 'date-parts': [day ?? [year]] },
      publisher: 'arXiv',
      number: `arXiv:${reference.arxivId}`,
      DOI: reference.doi,
      URL: reference.url,
      ...(version !== null && { version: String(version) }),
      ...(abstract !== '' && { abstract }),
      ...(keywords.length > 0 && { keyword: keywords.join(', ') }),
    },
  ];
}

function cslName(name: AuthorName) {
  if ('literal' in name) return name;
  const { given, family, particle, suffix } = name;
  return {
    family,
    given,
    ...(particle !== '' && { 'non-dropping-particle': particle }),
    ...(suffix !== '' && { suffix }),
  };
}

export type CitationForm = 'bib' | 'ris' | 'json';

/** A citation as a file: what it holds, its type, and the key that names it. */
export function citationFile(paper: Cited, form: CitationForm): { key: string; type: string; text: string } {
  const reference = referenceOf(paper);
  const files = {
    bib: () => ({ type: 'application/x-bibtex; charset=utf-8', text: bibtexOf(reference) }),
    ris: () => ({ type: 'application/x-research-info-systems; charset=utf-8', text: risOf(reference) }),
    json: () => ({
      type: 'application/vnd.citationstyles.csl+json; charset=utf-8',
      text: `${JSON.stringify(cslOf(reference), null, 2)}\n`,
    }),
  };
  return { key: reference.key, ...files[form]() };
}

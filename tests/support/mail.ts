import {
  composeMessage,
  type Header,
  type Letterhead,
  type ListHeaderInput,
  listHeaders,
  type Message,
  unsubscribeHeader,
  writeLetterhead,
} from '../../src/mail/mime.ts';
import type { CompiledDigest, DigestInput, DigestPaper } from '../../src/editions/compile.ts';
import { outlineOf } from '../../src/editions/outline.ts';
import {
  addressTo,
  type MailContent,
  type ReaderLinks,
  selectPapers,
  type Wish,
} from '../../src/editions/personalise.ts';

import { paper } from './papers.ts';
import { DEFAULT_LOOK } from '../../src/brand/look.ts';
import { wordsOf } from '../../src/words/words.ts';

export const PUBLIC_URL = 'https://papers.example';

export const paperView = (values: Partial<DigestPaper> = {}): DigestPaper => ({
  id: 'arxiv:2507.14843',
  title: 'A title',
  byline: 'A. Author and 11 others',
  bylineShort: 'A. Author +11',
  organisation: 'Institute of Things',
  news: 'One sentence of abstract.',
  newsShort: 'One sentence.',
  newsBy: null,
  topic: 'Language models',
  back: null,
  reasons: ['Top 2 % for its age'],
  links: {
    site: `${PUBLIC_URL}/papers/arxiv:2507.14843`,
    page: 'https://arxiv.org/abs/2507.14843',
    pdf: 'https://arxiv.org/pdf/2507.14843',
    code: 'https://github.com/example/code',
    project: 'https://example.org/project',
  },
  ...values,
});

export const digestInput = (papers: readonly DigestPaper[], values: Partial<DigestInput> = {}): DigestInput => ({
  date: '2025-07-22',
  sample: false,
  publicUrl: PUBLIC_URL,
  look: DEFAULT_LOOK,
  words: wordsOf('en'),
  postalAddress: 'Paperboy, 1 Print Lane, 1000 Sampleton',
  papers,
  fresh: [],
  record: null,
  note: null,
  ...values,
});

const TOKEN = `k1.${'x7-_'.repeat(20)}`;

/** As long as real ones, and with what quoted-printable and HTML must escape. */
export const READER_LINKS = {
  unsubscribe: `${PUBLIC_URL}/unsubscribe/${TOKEN}`,
  preferences: `${PUBLIC_URL}/preferences/${TOKEN}?a=1&b=2`,
  browser: `${PUBLIC_URL}/editions/2025-07-22`,
  say: `${PUBLIC_URL}/say/${TOKEN}`,
};

/** All that distinguishes one message from another. */
export type Letter = Letterhead & Omit<Message, 'letterhead' | 'headers'>;

/** All fields that a digest has because it is list mail. */
export const digestHeaders = ({ unsubscribeUrl, ...list }: ListHeaderInput & { unsubscribeUrl: string }): Header[] => [
  ...listHeaders(list),
  unsubscribeHeader(unsubscribeUrl),
];

export const message = (values: Partial<Letter> = {}): Letter => ({
  from: { name: 'Paperboy', address: 'paperboy@papers.example' },
  to: 'reader@example.net',
  subject: 'A title and 9 more',
  date: new Date('2025-07-22T07:00:00Z'),
  messageId: '<2025-07-22.digest.17@papers.example>',
  headers: digestHeaders({
    siteName: 'Paperboy',
    publicUrl: PUBLIC_URL,
    date: '2025-07-22',
    kind: 'digest',
    topic: 'all',
    unsubscribeUrl: READER_LINKS.unsubscribe,
  }),
  text: [Buffer.from('text\r\n')],
  html: [Buffer.from('<p>html</p>\r\n')],
  ...values,
});

export const compose = (letter: Letter): Buffer[] =>
  composeMessage({ ...letter, letterhead: writeLetterhead(letter), headers: [] });
export const composed = (values: Partial<Letter> = {}): Buffer => Buffer.concat(compose(message(values)));

/** A reader of everything, who gets these papers and no other stands in the edition. */
export const wishFor = (paperIds: readonly string[], over: Partial<Wish> = {}): Wish => ({
  outline: outlineOf(wordsOf('en'), {
    chosen: paperIds.map((id) => ({ topic: 'all', paper: paper(id), reasons: [], backSince: null })),
    topics: ['all'],
    editions: new Map(),
    isWeekly: false,
    had: new Map(),
  }),
  wish: 'all papers',
  picks: [],
  liked: [],
  doorUrl: `${PUBLIC_URL}/editions/2025-07-22`,
  ...over,
});

/**
 * The whole way from compiled blocks to one reader's digest, with what the inbox shows after its
 * subject.
 */
export function personalise(
  compiled: CompiledDigest,
  reader: { paperIds: readonly string[]; links: ReaderLinks },
): MailContent & { preheader: string } {
  const selection = selectPapers(compiled, wishFor(reader.paperIds));
  return { preheader: selection.preheader, ...addressTo(selection, reader.links) };
}

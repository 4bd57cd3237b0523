import { DEFAULT_LOOK, type Look, wordsIn } from '../brand/look.ts';
import { decodePieces } from '../mail/quoted-printable.ts';
import { compileDigest, compileDigestBy, type CompiledDigest, type DigestInput, type DigestPaper } from './compile.ts';
import { faultOf, tracing } from './eta-fault.ts';
import type { TemplateFault } from './layout.ts';
import { renderConfirmation, specimenOfNotice } from './notice.ts';
import type { Outline, Story } from './outline.ts';
import { addressTo, selectPapers } from './personalise.ts';
import { fillAll } from './pieces.ts';
import { compileLayout } from './template.ts';

// A digest that holds everything a digest can hold: what a template is tried out and shown with.

const SITE = 'https://papers.example';
const TITLES = [
  'A lead story about models that read < and write > at once',
  'Half a page on robots & their hands',
  'The other half, on proofs',
  'In brief: what was measured',
  'A section of its own',
  'A second paper of the section',
];

const paperOf = (title: string, i: number): DigestPaper => ({
  id: `specimen:${i}`,
  title,
  byline: 'A. Author and 11 others',
  bylineShort: 'A. Author +11',
  organisation: 'Institute of Things',
  news: 'They show in one sentence what is new, and how much it changes.',
  newsShort: 'What is new, in short.',
  newsBy: null,
  reasons: ['43 upvotes in a day', 'new code'],
  topic: 'Language models',
  back: i === 3 ? 'Back: it led the edition of 22 May' : null,
  links: {
    site: `${SITE}/papers/specimen:${i}`,
    page: `${SITE}/abs/${i}`,
    pdf: `${SITE}/pdf/${i}`,
    code: i % 2 === 0 ? `${SITE}/code/${i}` : null,
    project: i === 0 ? `${SITE}/project` : null,
  },
});

const inputFor = (look: Look, publicUrl: string): DigestInput => ({
  words: wordsIn(look),
  date: '2026-05-27',
  sample: true,
  publicUrl,
  look,
  postalAddress: '1 Print Lane, 1000 Sampleton',
  papers: TITLES.map(paperOf),
  fresh: [
    { id: 'specimen:9', title: 'A pick of the morning', chance: 'Very likely', reason: 'by known authors', site: SITE },
    { id: 'specimen:10', title: 'Another', chance: 'Likely', reason: '', site: SITE },
  ],
  record: '21 of the 50 of 12–18 May came true',
  note: 'Good morning. The *first paper* stands out of turn: [why](/imprint).',
});

const story = (i: number, tier: Story['tier']): Story => ({ id: `specimen:${i}`, tier, isBack: i === 3 });

const OUTLINE: Outline = {
  sections: [
    { label: null, found: null, stories: [story(0, 'lead'), story(1, 'half'), story(2, 'half')] },
    { label: 'In brief', found: null, stories: [story(3, 'brief')] },
    { label: 'Robotics', found: '2 of 5', stories: [story(0, 'lead'), story(4, 'head'), story(5, 'brief')] },
  ],
  count: '6 of 9',
  parts: 'Language models 4, Robotics 2',
  others: { count: 3, ids: ['specimen:5'] },
};

const LINKS = {
  unsubscribe: `${SITE}/unsubscribe/specimen`,
  preferences: `${SITE}/preferences/specimen`,
  browser: `${SITE}/editions/2026-05-27`,
  say: `${SITE}/say/specimen`,
};

function htmlOf(compiled: CompiledDigest): string {
  const mail = selectPapers(compiled, {
    outline: OUTLINE,
    wish: 'all papers',
    picks: ['specimen:9', 'specimen:10'],
    liked: [{ title: 'An earlier paper', url: SITE }],
    doorUrl: SITE,
  });
  return decodePieces(addressTo(mail, LINKS).html);
}

/** The specimen in a look, as HTML: a digest, or a confirmation. */
export async function showSpecimen(look: Look, publicUrl: string, name: string): Promise<string> {
  if (name === 'digest') return htmlOf(await compileDigest(inputFor(look, publicUrl)));
  const words = wordsIn(look);
  const notice = { words, choices: 'all papers', next: 'tomorrow at 7:00', confirmUrl: `${SITE}/confirm/specimen` };
  return decodePieces((await renderConfirmation({ look, publicUrl, postalAddress: null, ...notice })).html);
}

/** Fills in a mail template with all that a mail can hold, and says what is wrong. */
export async function tryMailTemplate(
  name: string,
  { source, html }: { source: string; html: string },
): Promise<TemplateFault[]> {
  try {
    const template = compileLayout(html, tracing);
    const shown =
      name === 'digest'
        ? htmlOf(compileDigestBy(template, inputFor(EVERYTHING, SITE)))
        : decodePieces(fillAll(template.render('top', specimenOfNotice(EVERYTHING))));
    const link = name === 'digest' ? LINKS.unsubscribe : specimenOfNotice(EVERYTHING).button.url;
    return shown.includes(link)
      ? []
      : [{ line: null, what: `it leaves out the link ${link}: put it back where ours has it` }];
  } catch (error) {
    return [faultOf(error, source)];
  }
}

/** A look with all that an operator can set. */
const EVERYTHING: Look = {
  ...DEFAULT_LOOK,
  brand: { ...DEFAULT_LOOK.brand, footer: 'A footer', contact: 'desk@papers.example', imprint: 'A', privacy: 'B' },
  logo: { href: '/assets/logo.0.png', type: 'image/png', content: Buffer.alloc(0) },
};

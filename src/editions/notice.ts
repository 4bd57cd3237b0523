import type { Look } from '../brand/look.ts';
import { type Nameplate, nameplateOf } from './nameplate.ts';
import type { MailContent } from './personalise.ts';
import { fillAll } from './pieces.ts';
import { cutToFit, lines, plain, postalLine, RULE, wrap } from './plain-text.ts';
import { encodePiece } from '../mail/quoted-printable.ts';
import { type Words, wordsOf } from '../words/words.ts';
import { loadMailTemplate } from './template.ts';

/** Whose mail it is, and the language of its reader. */
export interface NoticeSender {
  /** Without a trailing slash. */
  publicUrl: string;
  readonly look: Look;
  postalAddress: string | null;
  words: Words;
}

interface Notice {
  subject: string;
  preheader: string;
  heading: string;
  before: string[];
  button: { label: string; url: string };
  after: string[];
  link: { label: string; url: string } | null;
}

/**
 * Asks whether the address wants the digests. Nothing more is mailed to it until the button is
 * pressed. `choices` says what was asked for, `next` when the digest after the current one comes.
 */
export function renderConfirmation(
  input: NoticeSender & { confirmUrl: string; choices: string; next: string },
): Promise<MailContent> {
  const { words, next } = input;
  const site = plain(input.look.brand.name);
  return renderNotice(input, {
    subject: words.t('confirm-subject', { site }),
    preheader: words.t('confirm-preheader'),
    heading: words.t('confirm-heading'),
    before: [words.t('confirm-asked', { site, choices: plain(input.choices) }), words.t('confirm-next', { next })],
    button: { label: words.t('confirm-button'), url: input.confirmUrl },
    after: [words.t('confirm-ignore')],
    link: null,
  });
}

/**
 * What an active reader gets who subscribes once more: the form gives everyone the same answer, so
 * only this mail can tell. `choices` says what they get.
 */
export function renderAlreadySubscribed(
  input: NoticeSender & {
    preferencesUrl: string;
    unsubscribeUrl: string;
    choices: string;
    /** What the request was made beside, in words, and where it is added. */
    asked?: { words: string; url: string };
  },
): Promise<MailContent> {
  const { words } = input;
  const site = plain(input.look.brand.name);
  if (input.asked) return renderOffer({ ...input, asked: input.asked });
  return renderNotice(input, {
    subject: words.t('already-subject', { site }),
    preheader: words.t('already-preheader'),
    heading: words.t('already-heading'),
    before: [words.t('already-asked', { site }), words.t('already-get', { choices: plain(input.choices) })],
    button: { label: words.t('already-button'), url: input.preferencesUrl },
    after: [words.t('notice-did-not-ask')],
    link: { label: words.t('unsubscribe'), url: input.unsubscribeUrl },
  });
}

/** What an active reader gets who asked for something more to follow. */
function renderOffer(
  input: NoticeSender & { unsubscribeUrl: string; choices: string; asked: { words: string; url: string } },
): Promise<MailContent> {
  const { words } = input;
  const site = plain(input.look.brand.name);
  return renderNotice(input, {
    subject: words.t('offer-subject', { site }),
    preheader: words.t('offer-preheader'),
    heading: words.t('offer-heading'),
    before: [
      words.t('offer-asked', { site, words: plain(input.asked.words) }),
      words.t('offer-get', { choices: plain(input.choices) }),
    ],
    button: { label: words.t('offer-button'), url: input.asked.url },
    after: [words.t('notice-did-not-ask')],
    link: { label: words.t('unsubscribe'), url: input.unsubscribeUrl },
  });
}

/**
 * What the address gets that digests went to so far, when their reader asks that they go elsewhere:
 * a way to agree or to stop it. The new address is not named: who reads this may not be that reader.
 */
export function renderMoveAsked(input: NoticeSender & { stayUrl: string }): Promise<MailContent> {
  const { words } = input;
  const site = plain(input.look.brand.name);
  return renderNotice(input, {
    subject: words.t('move-subject', { site }),
    preheader: words.t('move-preheader'),
    heading: words.t('move-heading'),
    before: [words.t('move-asked', { site }), words.t('move-how')],
    button: { label: words.t('move-button'), url: input.stayUrl },
    after: [words.t('move-ignore')],
    link: null,
  });
}

/** What the new address gets: the link by which it is confirmed. */
export function renderMoveHere(input: NoticeSender & { moveUrl: string; choices: string }): Promise<MailContent> {
  const { words } = input;
  const site = plain(input.look.brand.name);
  return renderNotice(input, {
    subject: words.t('here-subject', { site }),
    preheader: words.t('here-preheader'),
    heading: words.t('here-heading'),
    before: [words.t('here-asked', { site, choices: plain(input.choices) }), words.t('here-how')],
    button: { label: words.t('here-button'), url: input.moveUrl },
    after: [words.t('here-ignore')],
    link: null,
  });
}

/** Why the operator gets a mail: something needs them, it is over, it is morning, or they try it. */
export type AlertKind = 'news' | 'over' | 'morning' | 'test';

const ALERTS: Readonly<Record<AlertKind, { about: string; heading: string; why: string }>> = {
  news: {
    about: 'needs you',
    heading: 'Something needs you',
    why: 'Each cause is told once a day, and when it is over.',
  },
  over: { about: 'is better', heading: 'It is over', why: 'Each cause is told once a day, and when it is over.' },
  test: { about: 'can reach you', heading: 'A test', why: 'It was asked for at the desk.' },
  morning: { about: 'this morning', heading: 'This morning', why: 'ALERT_MORNING asks for a note each day.' },
};

/** What the operator gets, in English: a sentence that says what and where, and below it what to do. */
export function renderAlert(
  sender: Omit<NoticeSender, 'words'> & { sentence: string; kind?: AlertKind; more?: readonly string[] },
): Promise<MailContent> {
  const input = { ...sender, words: wordsOf(null) };
  const sentence = plain(input.sentence);
  const { about, heading, why } = ALERTS[input.kind ?? 'news'];
  return renderNotice(input, {
    subject: `${plain(input.look.brand.name)} ${about}: ${cutToFit(sentence, 80)}`,
    preheader: sentence,
    heading,
    before: [sentence, ...(input.more ?? []).map(plain)],
    button: { label: 'Open the site', url: `${input.publicUrl}/` },
    after: [`You get this because ALERT_TO names this address. ${why}`],
    link: null,
  });
}

async function renderNotice(sender: NoticeSender, notice: Notice): Promise<MailContent> {
  const template = await loadMailTemplate('confirm', sender);
  const values = valuesOf(sender, notice);
  return {
    subject: notice.subject,
    html: fillAll(template.render('top', values)),
    text: [encodePiece(noticeText(values))],
  };
}

const valuesOf = (sender: NoticeSender, notice: Notice) => ({
  ...notice,
  ...nameplateOf(sender.words, sender.look, sender.publicUrl),
  catalogue: sender.words,
  postalAddress: postalLine(sender.postalAddress),
});

/** What a notice can hold, all of it: what a template is tried out with. */
export const specimenOfNotice = (look: Look) =>
  valuesOf(
    { look, words: wordsOf(null), publicUrl: 'https://papers.example', postalAddress: '1 Print Lane, 1000 Sampleton' },
    {
      subject: 'A notice',
      preheader: 'What the inbox shows.',
      heading: 'Shall the papers come here?',
      before: ['A first paragraph < with signs >.', 'A second one.'],
      button: { label: 'Confirm', url: 'https://papers.example/confirm/specimen' },
      after: ['A paragraph below.'],
      link: { label: 'Unsubscribe', url: 'https://papers.example/unsubscribe/specimen' },
    },
  );

const noticeText = ({
  catalogue: words,
  siteName,
  siteUrl,
  pages,
  contact,
  footer,
  heading,
  before,
  button,
  after,
  link,
  postalAddress,
}: Notice & Nameplate & { postalAddress: string | null; catalogue: Words }): string =>
  lines(
    siteName.toUpperCase(),
    RULE,
    '',
    heading,
    ...before.map((paragraph) => `\n${wrap(paragraph)}`),
    '',
    words.t('label-with-colon', { label: button.label }),
    button.url,
    '',
    RULE,
    ...after.map((paragraph) => `\n${wrap(paragraph)}`),
    link !== null && link.url,
    '',
    `${siteName}: ${siteUrl}`,
    ...pages.map(({ label, url }) => `${label}: ${url}`),
    contact !== null && `${words.t('contact')}: ${contact}`,
    footer !== null && wrap(footer),
    postalAddress !== null && wrap(postalAddress),
  );

import type { Look } from '../brand/look.ts';
import { type Nameplate, nameplateOf } from './nameplate.ts';
import type { MailContent } from './personalise.ts';
import { fillAll } from './pieces.ts';
import { cutToFit, lines, plain, postalLine, RULE, wrap } from './plain-text.ts';
import { encodePiece } from '../mail/quoted-printable.ts';
import { loadMailTemplate } from './template.ts';

/** Whose mail it is. */
export interface NoticeSender {
  /** Without a trailing slash. */
  publicUrl: string;
  readonly look: Look;
  postalAddress: string | null;
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
  const siteName = plain(input.look.brand.name);
  return renderNotice(input, {
    subject: `Confirm your subscription to ${siteName}`,
    preheader: 'One click, and the next papers come to this address.',
    heading: 'Please confirm your address',
    before: [
      `Someone, probably you, asked ${siteName} to mail new research papers to this address: ${plain(input.choices)}.`,
      `Confirm now, and the current edition comes at once if it holds something new to you, the next on ${input.next}.`,
    ],
    button: { label: 'Confirm subscription', url: input.confirmUrl },
    after: ['You did not ask for this? Then ignore this mail, and you will not hear from us again.'],
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
  const siteName = plain(input.look.brand.name);
  if (input.asked) return renderOffer({ ...input, asked: input.asked });
  return renderNotice(input, {
    subject: `You are already subscribed to ${siteName}`,
    preheader: 'Your digests keep coming as before.',
    heading: 'You are already subscribed',
    before: [
      `Someone, probably you, asked ${siteName} to mail new research papers to this address. It already does, and ` +
        'nothing has changed: your digests keep coming as before.',
      `You get ${plain(input.choices)}.`,
    ],
    button: { label: 'Change preferences', url: input.preferencesUrl },
    after: ['You did not ask? Then there is nothing to do. To get no more mail from us, unsubscribe:'],
    link: { label: 'Unsubscribe', url: input.unsubscribeUrl },
  });
}

/** What an active reader gets who asked for something more to follow. */
const renderOffer = (
  input: NoticeSender & { unsubscribeUrl: string; choices: string; asked: { words: string; url: string } },
): Promise<MailContent> =>
  renderNotice(input, {
    subject: `Add to your digests from ${plain(input.look.brand.name)}?`,
    preheader: 'One click adds it to what you get already.',
    heading: 'Shall your digests tell you of new ones?',
    before: [
      `Someone, probably you, asked ${plain(input.look.brand.name)} to tell this address of ${plain(input.asked.words)}.`,
      `You get ${plain(input.choices)} already, and nothing has changed. Add it, and your next digests hold it too.`,
    ],
    button: { label: 'Add to my digests', url: input.asked.url },
    after: ['You did not ask? Then there is nothing to do. To get no more mail from us, unsubscribe:'],
    link: { label: 'Unsubscribe', url: input.unsubscribeUrl },
  });

/**
 * What the address gets that digests went to so far, when their reader asks that they go elsewhere:
 * a way to agree or to stop it. The new address is not named: who reads this may not be that reader.
 */
export function renderMoveAsked(input: NoticeSender & { stayUrl: string }): Promise<MailContent> {
  const siteName = plain(input.look.brand.name);
  return renderNotice(input, {
    subject: `A change of address was asked for at ${siteName}`,
    preheader: 'Your digests are to go to another address.',
    heading: 'Your digests are to move',
    before: [
      `By a link of your mail, ${siteName} was asked to send your digests to another address. That address gets a ` +
        'mail too: once you agree here and it is confirmed there, this address gets no more.',
      'The page behind this button lets you agree within a week, or stop the change.',
    ],
    button: { label: 'Agree or stop', url: input.stayUrl },
    after: ['You did not ask for this? Then stop it there, or ignore this mail: without your word nothing changes.'],
    link: null,
  });
}

/** What the new address gets: the link by which it is confirmed. */
export function renderMoveHere(input: NoticeSender & { moveUrl: string; choices: string }): Promise<MailContent> {
  const siteName = plain(input.look.brand.name);
  return renderNotice(input, {
    subject: `Confirm your new address at ${siteName}`,
    preheader: 'One click, and one at the old address, and the papers come here.',
    heading: 'Shall the papers come here?',
    before: [
      `A reader of ${siteName}, probably you, asked that their digests go to this address: ${plain(input.choices)}.`,
      'They do once you confirm here and agree by the mail to the old address, both within a week. If papers come ' +
        'to this address already, these take their place.',
    ],
    button: { label: 'Confirm the new address', url: input.moveUrl },
    after: ['You did not ask for this? Then ignore this mail, and nothing changes.'],
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

/** What the operator gets: one sentence that says what and where, and below it what to do. */
export function renderAlert(
  input: NoticeSender & { sentence: string; kind?: AlertKind; more?: readonly string[] },
): Promise<MailContent> {
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
  const template = await loadMailTemplate('confirm', sender.look);
  const values = valuesOf(sender, notice);
  return {
    subject: notice.subject,
    html: fillAll(template.render('top', values)),
    text: [encodePiece(noticeText(values))],
  };
}

const valuesOf = (sender: NoticeSender, notice: Notice) => ({
  ...notice,
  ...nameplateOf(sender.look, sender.publicUrl),
  postalAddress: postalLine(sender.postalAddress),
});

/** What a notice can hold, all of it: what a template is tried out with. */
export const specimenOfNotice = (look: Look) =>
  valuesOf(
    { look, publicUrl: 'https://papers.example', postalAddress: '1 Print Lane, 1000 Sampleton' },
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
}: Notice & Nameplate & { postalAddress: string | null }): string =>
  lines(
    siteName.toUpperCase(),
    RULE,
    '',
    heading,
    ...before.map((paragraph) => `\n${wrap(paragraph)}`),
    '',
    `${button.label}:`,
    button.url,
    '',
    RULE,
    ...after.map((paragraph) => `\n${wrap(paragraph)}`),
    link !== null && link.url,
    '',
    `${siteName}: ${siteUrl}`,
    ...pages.map(({ label, url }) => `${label}: ${url}`),
    contact !== null && `Contact: ${contact}`,
    footer !== null && wrap(footer),
    postalAddress !== null && wrap(postalAddress),
  );

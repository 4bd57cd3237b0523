import { describe, expect, test } from 'vitest';
import { renderAlreadySubscribed, renderConfirmation } from '../../src/editions/notice.ts';
import { decodePieces } from '../../src/mail/quoted-printable.ts';
import { PUBLIC_URL, READER_LINKS } from '../support/mail.ts';
import { lookNamed } from '../support/looks.ts';
import { wordsOf } from '../../src/words/words.ts';

const sender = {
  publicUrl: PUBLIC_URL,
  look: lookNamed('Papers & <Co>'),
  words: wordsOf('en'),
  postalAddress: '1 Print Lane\n1000 Sampleton',
};
const choices = 'Robotics, on Mondays at 05:00 Kolkata time';
const next = 'Monday 30 November at 05:00, Kolkata time';
const confirmUrl = `${PUBLIC_URL}/confirm/k1.token?a=1&b=2`;
const hrefs = (html: string) => [...html.matchAll(/href="([^"]*)"/g)].map((m) => m[1]!.replaceAll('&amp;', '&'));
const decoded = ({ html, text }: { html: Buffer[]; text: Buffer[] }) => ({
  html: decodePieces(html),
  text: decodePieces(text),
});

describe('the confirmation', () => {
  test('is one button, the same link as text, and a promise of silence', async () => {
    const mail = await renderConfirmation({ ...sender, choices, next, confirmUrl });
    const { html, text } = decoded(mail);
    expect(mail.subject).toBe('Confirm your subscription to Papers & <Co>');
    expect(hrefs(html).filter((href) => href === confirmUrl)).toHaveLength(2);
    expect(html).toMatch(/<td[^>]*bgcolor="#a5321d"/); // Outlook draws the cell where it cannot draw the link
    for (const part of [html, text]) {
      expect(part).toContain('You did not ask for this?');
      expect(part).toContain('1 Print Lane, 1000 Sampleton');
    }
    for (const href of hrefs(html)) expect(text).toContain(href);
    expect(html).not.toContain('<Co>');
    expect(html + text).not.toMatch(/<%|\0|undefined|null/);
  });

  test('says what was asked for, and when the digest after the current one comes', async () => {
    const { html, text } = decoded(await renderConfirmation({ ...sender, choices, next, confirmUrl }));
    for (const part of [html, text.replaceAll('\n', ' ')]) {
      expect(part).toContain(choices);
      expect(part).toContain(`the next on ${next}.`);
    }
  });

  test('has text lines of at most 78 columns, links apart', async () => {
    const { text } = decoded(await renderConfirmation({ ...sender, choices, next, confirmUrl }));
    for (const line of text.split('\n')) if (!line.includes('https://')) expect(line.length).toBeLessThanOrEqual(78);
  });
});

describe('the notice to someone already subscribed', () => {
  test('offers the preferences and the way out', async () => {
    const { html, text } = decoded(
      await renderAlreadySubscribed({
        ...sender,
        choices,
        preferencesUrl: READER_LINKS.preferences,
        unsubscribeUrl: READER_LINKS.unsubscribe,
      }),
    );
    expect(text.replaceAll('\n', ' ')).toContain(`You get ${choices}.`);
    expect(html).toContain(`You get ${choices}.`);
    for (const link of [READER_LINKS.preferences, READER_LINKS.unsubscribe]) {
      expect(hrefs(html)).toContain(link);
      expect(text).toContain(link);
    }
  });
});

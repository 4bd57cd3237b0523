import { simpleParser } from 'mailparser';

/** A message as a mail program sees it. */
export interface Letter {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** A header's value, unfolded; `null` when there is none. */
  header(name: string): string | null;
}

/** Where the mail of a test arrives. */
export interface MailPlace {
  /** Everything that has come for this address, oldest first. */
  lettersTo(address: string): Promise<Letter[]>;
}

/** Neither form is made of the other, which takes longer than to read both. */
const AS_IT_CAME = { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true };

export async function readLetter(source: string | Buffer, to: string): Promise<Letter> {
  const mail = await simpleParser(source, AS_IT_CAME);
  const lines = new Map(
    mail.headerLines.map(({ key, line }) => [
      key,
      line
        .slice(key.length + 1)
        .replace(/\r?\n(?=[ \t])/g, '')
        .trim(),
    ]),
  );
  return {
    to,
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html || '',
    header: (name) => lines.get(name.toLowerCase()) ?? null,
  };
}

/** The first address in the text that leads to this page. */
export function linkIn(letter: Letter, page: 'confirm' | 'unsubscribe' | 'preferences'): string {
  const link = new RegExp(`https?://\\S+/${page}/[\\w.-]+`).exec(letter.text)?.[0];
  if (!link) throw new Error(`There is no ${page} link in "${letter.subject}"`);
  return link;
}

/** What the one-click header names (RFC 8058): its only https or http address. */
export function oneClickAddress(letter: Letter): string {
  const address = /<(https?:[^>]+)>/.exec(letter.header('List-Unsubscribe') ?? '')?.[1];
  if (!address) throw new Error(`There is no List-Unsubscribe address in "${letter.subject}"`);
  return address;
}

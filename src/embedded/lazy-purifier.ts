import { createRequire } from 'node:module';

const require = createRequire(import.meta.resolve('@maildev/smtp'));
interface Purifier {
  sanitize(html: string, options: object): string;
}

let purifier: Purifier | null = null;

/** Stands in for DOMPurify, which MailDev makes as soon as it is loaded: made with the first letter. */
// oxlint-disable-next-line import/no-default-export -- it has the form of what it stands in for
export default function createPurifier(): Purifier {
  return { sanitize: (html, options) => (purifier ??= load()).sanitize(html, options) };
}

/** Stands in for that of jsdom, whose window MailDev makes for nothing else. */
export class JSDOM {
  readonly window = null;
}

const load = (): Purifier => require('dompurify')(new (require('jsdom').JSDOM)('').window);

import type { Marks } from './report.ts';
import { first } from './headers.ts';
import type { Message } from './message.ts';

const MOST = 10;
/** `b+TOKEN@domain` in any case: relays may fold it, and the keyring decides what it is worth. */
const RETURN_PATH = /\bb\+[\w.=-]{16,100}@[a-z0-9.-]{1,255}/gi;
const UNSUBSCRIBE = /\/unsubscribe\/([\w.-]{20,120})/g;

/** Looks for what names a delivery of ours. Nothing of it is proven here. */
export function marksOf(message: Message): Marks {
  // A soft line break of quoted-printable may stand anywhere in a link.
  const text = message.haystack.replace(/=\n/g, '');
  return {
    messageId: messageIdOf(message),
    repliesTo: distinct(
      [first(message.headers, 'in-reply-to'), first(message.headers, 'references').split(/\s+/).at(-1) ?? ''].flatMap(
        (field) => idIn(field) ?? [],
      ),
    ),
    returnPaths: distinct([...text.matchAll(RETURN_PATH)].map(([path]) => path)),
    unsubscribes: distinct([...text.matchAll(UNSUBSCRIBE)].map(([, token]) => token!)),
  };
}

const distinct = (all: readonly string[]): string[] => [...new Set(all)].slice(0, MOST);

/** The Message-ID in a field, or null. */
function idIn(field: string): string | null {
  const id = /<?([^<>\s]{3,250})>?/.exec(field)?.[1];
  return id === undefined ? null : `<${id}>`;
}

/** Of the message that was sent: from its headers, else as reports refer to it. */
function messageIdOf({ original, disposition, report, headers, text }: Message): string | null {
  const candidates = [
    first(original, 'message-id'),
    first(disposition, 'original-message-id'),
    first(report, 'original-message-id'),
    first(report, 'message-id'),
    first(headers, 'x-original-message-id'),
    /^[ \t>]{0,20}message-id:[ \t]{0,5}(<[^<>\s]{3,250}>)/im.exec(text)?.[1] ?? '',
  ];
  return candidates.map(idIn).find((id) => id !== null) ?? null;
}

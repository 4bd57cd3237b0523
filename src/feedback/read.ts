import { anyOf } from '../mail/any-of.ts';
import { classifyReply, codeOfReply, enhancedOf, type ReplyVerdict } from '../mail/classify-reply.ts';
import { addressesIn, addressIn, namedIn, originalRecipient } from './addresses.ts';
import { BOUNCE_FORMS, type BounceForm, ORIGINAL_BEGINS } from './bounce-forms.ts';
import type { Report, ReportKind, ReportRule, Returned } from './report.ts';
import { marksOf } from './marks.ts';
import { first, type Headers } from './headers.ts';
import { blocksOf, type Message, openMessage } from './message.ts';

const MOST_TEXT = 16_384;
/** We send to one at a time. */
const MOST_RECIPIENTS = 20;
const MOST_LINES = 1000;
const MOST_DIAGNOSTIC = 500;

/** What a message says of the recipients, and the form in which it does. */
interface Reading {
  form: string;
  each: Returned[];
}

/** Reads one message that came back, as its bytes are. Never throws. */
export async function readReport(bytes: Uint8Array): Promise<Report> {
  const message = await openMessage(bytes);
  const { form, each } = readingOf(message);
  const date = Date.parse(first(message.headers, 'date'));
  return {
    ...summaryOf(each),
    each,
    form,
    ...marksOf(message),
    reportingMta: reportingMtaOf(message),
    date: Number.isNaN(date) ? null : new Date(date),
  };
}

/**
 * The standards first, then bounces in words of a mail system that is known, then people's own
 * automatic answers, and only then words that any mail may hold.
 */
const readingOf = (message: Message): Reading =>
  complaintIn(message) ??
  statusIn(message) ??
  failedRecipientsIn(message) ??
  (isAnswered(message) ? null : bounceIn(message, (form) => form.alone === true)) ??
  answerIn(message) ??
  bounceIn(message, () => isFromMailSystem(message)) ??
  unnamedBounceIn(message) ??
  requestIn(message) ??
  nothing('unrelated', 'ordinary', 'mail', '');

/** Of several recipients, what holds for all of them; the mildest where they differ. */
function summaryOf(each: readonly Returned[]): Omit<Returned, 'recipient'> & { recipients: string[] } {
  const mildest = each.find(({ kind }) => kind !== 'hard') ?? each[0]!;
  const { recipient: _, ...summary } = mildest;
  return {
    ...summary,
    permanent: each.every(({ permanent }) => permanent),
    recipients: each.flatMap(({ recipient }) => recipient ?? []),
  };
}

const report = (recipient: string | null, kind: ReportKind, rule: ReportRule, words: string): Returned => ({
  recipient,
  kind,
  permanent: false,
  whose: null,
  rule,
  diagnostic: words.slice(0, MOST_DIAGNOSTIC),
  because: words.slice(0, 100),
});

const nothing = (kind: ReportKind, rule: ReportRule, form: string, words: string): Reading => ({
  form,
  each: [report(null, kind, rule, words)],
});

function reportingMtaOf({ status, report: fields }: Message): string | null {
  const named = first(status[0] ?? null, 'reporting-mta') || first(fields, 'reporting-mta');
  return named === '' ? null : named.replace(/^[\w-]+\s*;\s*/, '').slice(0, 255);
}

// Complaints

/** Complaint reports (RFC 5965), whole or with headers only, and the forms from before it. */
function complaintIn(message: Message): Reading | null {
  if (message.report) return { form: 'arf', each: complaintsOf(message, message.report) };
  const subject = first(message.headers, 'subject');
  // Before it sent reports, Hotmail sent the message itself on, with the reader in a field of its own.
  const sentOn = addressIn(first(message.headers, 'x-hmxmroriginalrecipient'));
  if (sentOn === null && !/^complaint about message from \d/i.test(subject)) return null;
  return { form: 'jmrp', each: [report(sentOn ?? complainant(message), 'complaint', 'abuse', subject)] };
}

function complaintsOf(message: Message, fields: Headers): Returned[] {
  const type = first(fields, 'feedback-type').toLowerCase().replaceAll('_', '-');
  const named = [...(fields.get('original-rcpt-to') ?? []), ...(fields.get('removal-recipient') ?? [])]
    .map((field) => addressIn(field))
    .filter((address) => address !== null)
    .filter((address) => !/redact/i.test(address));
  const recipients = named.length > 0 ? [...new Set(named)] : [complainant(message)];
  const [kind, rule] = meaningOf(type);
  return recipients.slice(0, MOST_RECIPIENTS).map((address) => report(address, kind, rule, `Feedback-Type: ${type}`));
}

/** RFC 6430 (not-spam) and RFC 6591 (auth-failure) are no complaints; opt-out asks for no more mail. */
function meaningOf(type: string): [ReportKind, ReportRule] {
  if (type.startsWith('opt-out')) return ['unsubscribe', 'opt-out'];
  if (type.startsWith('not-spam')) return ['unrelated', 'not-spam'];
  if (/^(?:auth-?failure|dmarc|dkim|spf)/.test(type)) return ['unrelated', 'auth-failure'];
  return type === '' ? ['unrelated', 'ordinary'] : ['complaint', 'abuse'];
}

function complainant({ original }: Message): string | null {
  const recipient = originalRecipient(original);
  return recipient !== null && /redacted/i.test(recipient) ? null : recipient;
}

// Delivery status notifications

/** RFC 3464, and RFC 6533 for addresses that are not ASCII. */
function statusIn(message: Message): Reading | null {
  const blocks = message.status.filter((block) => block.has('final-recipient') || block.has('original-recipient'));
  if (blocks.length === 0) return null;
  const words = humanPart(message.text);
  const named = namedIn(words, oursIn(message), message.text);
  const all = blocks.slice(0, MOST_RECIPIENTS).map((block) => returnedBy(block, words));
  const failed = all.filter(({ kind }) => kind !== 'unrelated');
  const each = distinct(failed.length > 0 ? failed : all.slice(0, 1));
  // Some systems name a recipient only for people to read.
  const [only] = each;
  if (each.length === 1 && only!.recipient === null)
    return { form: 'dsn', each: [{ ...only!, recipient: named[0]?.recipient ?? originalRecipient(message.original) }] };
  return { form: 'dsn', each };
}

function distinct(all: readonly Returned[]): Returned[] {
  const byRecipient = new Map<string, Returned>();
  for (const one of all) {
    const key = one.recipient?.toLowerCase() ?? '';
    if (!byRecipient.has(key)) byRecipient.set(key, one);
  }
  return [...byRecipient.values()];
}

function returnedBy(block: Headers, words: string): Returned {
  const recipient = addressIn(first(block, 'original-recipient')) ?? addressIn(first(block, 'final-recipient'));
  const action = /[a-z]+/.exec(first(block, 'action').toLowerCase())?.[0] ?? '';
  const status = enhancedOf(first(block, 'status'));
  if (/^(?:deliver|relayed|expanded)/.test(action) || (action !== 'failed' && status?.startsWith('2') === true))
    return report(recipient, 'unrelated', 'delivered', `Action: ${action} ${status ?? ''}`.trim());
  const delayed = action === 'delayed' || (action === '' && status?.startsWith('4') === true);
  const diagnostic = first(block, 'diagnostic-code').replace(/^[\w-]+\s*;\s*/, '');
  const texts = [diagnostic, first(block, 'status'), first(block, 'action'), aboutOne(words, recipient)];
  return bounce({ recipient, delayed, status, texts });
}

/** What the words for people say of one recipient. */
const aboutOne = (words: string, recipient: string | null): string => {
  const at = recipient === null ? -1 : words.toLowerCase().indexOf(recipient.toLowerCase());
  return at < 0 ? words : words.slice(at, at + 1500);
};

/** Makes the verdict of the first of the texts that tells more than that the mail did not arrive. */
function bounce(of: { recipient: string | null; delayed: boolean; status: string | null; texts: string[] }): Returned {
  const { recipient, delayed, status } = of;
  const texts = of.texts.filter((text) => text.trim() !== '');
  const telling = firstTelling(texts, status);
  const reason = telling?.reason ?? (delayed ? 'unavailable' : 'other');
  const kind = !delayed && telling?.kind === 'hard' ? 'hard' : 'soft';
  return {
    recipient,
    kind,
    permanent: !delayed,
    whose: telling?.whose ?? 'mailbox',
    rule: reason,
    diagnostic: (telling?.text ?? '').replace(/\s+/g, ' ').trim().slice(0, MOST_DIAGNOSTIC),
    because: telling?.because ?? '',
  };
}

function firstTelling(texts: readonly string[], status: string | null): (ReplyVerdict & { text: string }) | null {
  let verdict: (ReplyVerdict & { text: string }) | null = null;
  for (const text of texts) {
    const enhanced = specific(enhancedOf(text)) ?? status;
    const code = codeOfReply(text) ?? (enhanced?.startsWith('4') === true ? 450 : 550);
    const read = { ...classifyReply(code, enhanced, text), text };
    if (read.reason !== 'other') return read;
    verdict ??= read;
  }
  return verdict;
}

/** A status that only says "failed" (X.0.0) is none. */
const specific = (status: string | null): string | null =>
  status === null || /^\d\.0\.0$/.test(status) ? null : status;

// Bounces in words

/** Exim and those who learned from it name the failed recipients in a header. */
function failedRecipientsIn(message: Message): Reading | null {
  const failed = (message.headers.get('x-failed-recipients') ?? []).flatMap((field) =>
    addressesIn(field.slice(0, 4000)),
  );
  if (failed.length === 0) return null;
  const words = humanPart(message.text);
  const delayed = formOf(words, () => true)?.delayed === true;
  return {
    form: 'exim',
    each: failed.slice(0, MOST_RECIPIENTS).map((address) => inWords(address, aboutOne(words, address), delayed)),
  };
}

const inWords = (recipient: string | null, about: string, delayed: boolean): Returned =>
  bounce({ recipient, delayed, status: null, texts: [about] });

function bounceIn(message: Message, trusts: (form: BounceForm) => boolean): Reading | null {
  const words = humanPart(message.text);
  const form = formOf(`${first(message.headers, 'subject')}\n${words}`, trusts);
  if (form === null) return null;
  const delayed = form.delayed === true;
  const named = namedIn(words, oursIn(message), message.text).slice(0, MOST_RECIPIENTS);
  if (named.length > 0)
    return {
      form: form.name,
      each: named.map(({ recipient, about }) =>
        inWords(recipient, about === '' ? words : tellingOf(about, words), delayed),
      ),
    };
  const recipient = namedElsewhere(message, words);
  return { form: form.name, each: [inWords(recipient, words, delayed)] };
}

/** A mail system that says why, of whom, and nothing else. */
function unnamedBounceIn(message: Message): Reading | null {
  if (!isFromMailSystem(message)) return null;
  const words = humanPart(message.text);
  const each = namedIn(words, oursIn(message), message.text).map(({ recipient, about }) =>
    inWords(recipient, tellingOf(about, words), false),
  );
  return each.length > 0 && each.every(({ rule }) => rule !== 'other')
    ? { form: 'unnamed', each: each.slice(0, MOST_RECIPIENTS) }
    : null;
}

/** What is said of one recipient, with the words before it where those after it tell nothing. */
const tellingOf = (about: string, words: string): string =>
  classifyReply(codeOfReply(about), specific(enhancedOf(about)), about).reason === 'other'
    ? `${about}\n${words}`
    : about;

const formOf = (words: string, trusts: (form: BounceForm) => boolean): BounceForm | null => {
  const text = words.toLowerCase().replace(/\s+/g, ' ');
  return BOUNCE_FORMS.find((form) => trusts(form) && form.says.test(text)) ?? null;
};

/** In the subject, by a name at the system that reports, or as the message that was sent has it. */
function namedElsewhere(message: Message, words: string): string | null {
  const ours = oursIn(message);
  const inSubject = addressesIn(first(message.headers, 'subject')).find((address) => !ours.has(address.toLowerCase()));
  return inSubject ?? screenName(message, words) ?? originalRecipient(message.original) ?? inlineOriginal(message);
}

/** AOL names its own without the domain: a line that holds one word, after a colon. */
function screenName({ headers }: Message, words: string): string | null {
  const domain = /@((?:aol|aim|compuserve|netscape)\.(?:com|net))\b/i.exec(first(headers, 'from'))?.[1];
  const name = /:\s{1,10}([\w.]{2,32})\s*(?:\n|$)/.exec(words)?.[1];
  return domain === undefined || name === undefined ? null : `${name}@${domain.toLowerCase()}`;
}

/** Of an original that stands in the text itself. */
function inlineOriginal({ text }: Message): string | null {
  const rest = text.slice(0, 4 * MOST_TEXT).slice(humanPart(text).length);
  for (const block of blocksOf(rest).slice(0, 3)) {
    const recipient = originalRecipient(block);
    if (recipient !== null && (block.has('subject') || block.has('message-id'))) return recipient;
  }
  return null;
}

/** The text for people, up to what is sent back; without lines that people quote. */
function humanPart(text: string): string {
  const lines: string[] = [];
  for (const line of text.slice(0, MOST_TEXT).split('\n', MOST_LINES)) {
    if (ORIGINAL_BEGINS.some((begins) => begins.test(line.slice(0, 200)))) break;
    if (!/^\s{0,4}>(?!>>)/.test(line)) lines.push(line);
  }
  return lines.join('\n');
}

const oursIn = ({ headers }: Message): ReadonlySet<string> =>
  new Set(
    ['to', 'delivered-to', 'from', 'envelope-to']
      .flatMap((name) => headers.get(name) ?? [])
      .flatMap((field) => addressesIn(field.slice(0, 1000)))
      .map((address) => address.toLowerCase()),
  );

const MAIL_SYSTEM = anyOf(
  /mailer[-_. ]?daemon/i,
  /post[-_. ]?master/i,
  /mdaemon/i,
  /mail[-_. ]?(?:delivery|administrator|server|system|daemon|router|gateway|admin)/i,
  /delivery[-_. ](?:subsystem|system|notification|status|agent)/i,
  /system administrator/i,
  /internet mail delivery/i,
  /microsoftexchange/i,
  /mailsweeper/i,
  /mimesweeper/i,
  /symantec/i,
  /antivirus/i,
  /virus ?wall/i,
  /undeliver/i,
  /non-?delivery/i,
  /^(?:\s*"[^"]{0,80}"|[\w .]{0,80})?\s{0,10}<>\s*$/i,
);
const FAILED_SUBJECT = anyOf(
  /undeliver/i,
  /deliver(?:y|ed)\b.{0,30}\b(?:fail|notification|report|error|problem|warning|status|unsuccessful|delay)/i,
  /fail(?:ure|ed)\b.{0,20}\b(?:notice|notification|deliver|mail|message)/i,
  /fail(?:ed)? mail/i,
  /returned (?:mail|message|e-?mail)/i,
  /mail (?:system )?(?:error|failure|returned)/i,
  /mail delivery/i,
  /non-?(?:delivery|remis|recapit)/i,
  /not (?:be )?delivered/i,
  /(?:could|can) ?not be delivered/i,
  /delayed mail/i,
  /message .{0,20}(?:delayed|blocked|rejected)/i,
  /unzustellbar/i,
  /nicht zugestellt/i,
  /rejected mail/i,
  /mail rejected/i,
  /user unknown/i,
  /unknown user/i,
  /\bbounce/i,
  /\berror sending\b/i,
  /[eé]chec/i,
  /no entregad/i,
  /не ?достав/i,
  /配信/i,
  /メールエラー/i,
  /エラー通知/i,
  /退信/i,
  /rejected: /i,
  /non recens/i,
);

const isFromMailSystem = ({ headers }: Message): boolean =>
  MAIL_SYSTEM.test(first(headers, 'from').slice(0, 300)) ||
  first(headers, 'x-failed-recipients') !== '' ||
  FAILED_SUBJECT.test(first(headers, 'subject').slice(0, 300)) ||
  /^<(?:mailer-daemon(?:@[^>]{0,255})?)?>/i.test(first(headers, 'return-path')) ||
  /multipart\/report\b.{0,200}delivery-status/i.test(first(headers, 'content-type'));

// Answers of people and of their machines

/** A person who answers or sends on what a mail system said is not one. */
const isAnswered = (message: Message): boolean =>
  /^\s*(?:re|aw|fwd?|wg|sv|vs|tr|rv|antw)\s*(?:\[\d+\])?:/i.test(first(message.headers, 'subject')) &&
  !isFromMailSystem(message);

const AUTOMATIC_SUBJECT = anyOf(
  /^\W{0,5}(?:auto(?:matic|mated|matisch|matique|m[aá]tica|matica)?[- ]?(?:reply|response|responder|respond|antwort|svar|e? ?antwoord)?\s*[:(]|\[?auto[- ]?(?:reply|response|matic)|automatic (?:reply|response|answer)|automatische antwort|r[eé]ponse automatique|respuesta autom|risposta automatica|resposta autom|autosvar|автоответ|自動返信|自动回复|out[- ]of[- ](?:the[- ])?office|ooo\b|abwesenheit|absence|ausente|fuera de la oficina|vacation|on (?:vacation|leave|holiday)|i(?:'m| am) (?:away|out)|away from|afwezig|fuori ufficio|urlaub|holiday notice)/i,
  /\b(?:out of (?:the )?office|auto-?reply|autoreply|autoresponse|automatic reply|abwesenheitsnotiz|vacation (?:message|reply|notice)|away notice)\b/i,
);

/** Vacation notes, receipts, challenges: nothing that concerns a delivery (RFC 3834). */
function answerIn(message: Message): Reading | null {
  const { headers, disposition } = message;
  const subject = first(headers, 'subject');
  if (disposition) return nothing('unrelated', 'read-receipt', 'mdn', first(disposition, 'disposition'));
  const submitted = first(headers, 'auto-submitted').toLowerCase();
  const answers =
    submitted.startsWith('auto-replied') ||
    [
      'x-autoreply',
      'x-autorespond',
      'x-autoresponder',
      'x-auto-reply',
      'x-auto-reply-from',
      'x-autogenerated-reply',
      'x-vacation',
      'x-mail-autoreply',
    ].some((name) => headers.has(name)) ||
    /^auto[-_]?reply/i.test(first(headers, 'precedence')) ||
    AUTOMATIC_SUBJECT.test(subject.slice(0, 300));
  return answers && !FAILED_SUBJECT.test(subject.slice(0, 300))
    ? nothing('auto-reply', 'auto-reply', 'answer', subject)
    : null;
}

const UNSUBSCRIBE =
  /^\W{0,5}(?:(?:re|fwd?|aw): ?)?(?:please )?(?:unsubscribe|remove me|opt[- ]?out|abmelden|abbestellen|d[eé]sabonner|d[eé]sinscri\w+|baja|cancelar suscripci[oó]n|disiscri\w+|uitschrijven)\b/i;

/** A mail that asks for no more of it: to an unsubscribe address, or in its subject. */
function requestIn({ headers }: Message): Reading | null {
  const subject = first(headers, 'subject');
  const to = [first(headers, 'to'), first(headers, 'delivered-to')].join(' ');
  if (!UNSUBSCRIBE.test(subject.slice(0, 300)) && !/\bunsubscribe[\w.+-]{0,120}@/i.test(to)) return null;
  const who = addressIn(first(headers, 'from'));
  return { form: 'request', each: [report(who, 'unsubscribe', 'unsubscribe', subject)] };
}

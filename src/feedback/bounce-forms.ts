import { anyOf } from '../mail/any-of.ts';

/** How a mail system tells, in words for people, that mail did not arrive. */
export interface BounceForm {
  name: string;
  /** Tried on the text in small letters, its white space single spaces. */
  says: RegExp;
  /** It goes on trying. */
  delayed?: boolean;
  /** Said by mail systems alone: it needs no daemon as its sender. */
  alone?: boolean;
  sample: string;
}

/** The first that matches holds: delays, then systems that are known, then what any of them may say. */
export const BOUNCE_FORMS: readonly BounceForm[] = [
  {
    name: 'postfix-delay',
    says: /this is a warning only\. ?#? .{0,20}you do not need to resend/,
    delayed: true,
    alone: true,
    sample: '# THIS IS A WARNING ONLY. YOU DO NOT NEED TO RESEND YOUR MESSAGE. #',
  },
  {
    name: 'exim-delay',
    says: anyOf(
      /a message that you (?:have )?sent has not yet been delivered to one or more of its recipients/,
      /the address(?:es)? to which the message has not yet been delivered/,
    ),
    delayed: true,
    alone: true,
    sample:
      'A message that you sent has not yet been delivered to one or more of its recipients after more than 48 hours',
  },
  {
    name: 'sendmail-delay',
    says: anyOf(
      /had transient non-fatal errors/,
      /warning: (?:could not send message|message still undelivered)/,
      /warning message only you do not need to resend/,
    ),
    delayed: true,
    alone: true,
    sample: '----- The following addresses had transient non-fatal errors -----',
  },
  {
    name: 'gmail-delay',
    says: anyOf(
      /there was a temporary problem (?:while )?delivering your message/,
      /delivery incomplete\b/,
      /gmail will retry for/,
      /this is an automatically generated delivery status notification this is a warning message only/,
    ),
    delayed: true,
    alone: true,
    sample:
      'Delivery incomplete. There was a temporary problem delivering your message. Gmail will retry for 47 more hours.',
  },
  {
    name: 'exchange-delay',
    says: anyOf(
      /delivery to the following recipients? (?:has been|is) delayed/,
      /(?:message|delivery) (?:hasn't been delivered|is delayed|delayed)\b.{0,120}(?:attempts to deliver|keep trying)/,
    ),
    delayed: true,
    alone: true,
    sample: 'Delivery to the following recipients has been delayed.',
  },
  {
    name: 'any-delay',
    says: /(?:delivery attempts will continue|will (?:continue to|keep) try|we will (?:retry|try again)|will be (?:retried|tried again)|(?:has|have) been (?:postponed|delayed)|still being retried|message (?:is )?delayed|not yet been delivered|will make further attempts|further (?:delivery )?attempts will be made|attempts? to deliver .{0,60}will continue|delivery (?:is|has been) delayed)/,
    delayed: true,
    sample: 'We will continue to try to deliver your message over the next few days.',
  },
  {
    name: 'qmail',
    says: anyOf(
      /this is the (?:qmail-send|mail delivery agent|mail delivery system) (?:program )?at/,
      /i(?:'m afraid i)? was(?:n't| not) able to deliver your message to the following addresses/,
      /this is a permanent error; i've given up/,
    ),
    alone: true,
    sample:
      "Hi. This is the qmail-send program at mx.example.com. I'm afraid I wasn't able to deliver your message to the following addresses.",
  },
  {
    name: 'postfix',
    says: anyOf(
      /this is the (?:mail system|postfix(?: \S{1,30}){0,6} program) at host/,
      /could not be delivered to one or more (?:recipients|destinations)/,
    ),
    alone: true,
    sample:
      'This is the mail system at host mx.example.com. I am sorry to have to inform you that your message could not be delivered',
  },
  {
    name: 'exim',
    says: anyOf(
      /this message was created automatically by (?:the )?mail (?:delivery software|system)/,
      /a message that you (?:have )?sent could not be delivered to (?:one or more|all|any) of its recipients/,
      /a message (?:that )?you sent (?:was not|could not be) delivered/,
      /recipient addresses? that (?:was|were) incorrectly constructed/,
    ),
    alone: true,
    sample: 'This message was created automatically by mail delivery software.',
  },
  {
    name: 'sendmail',
    says: anyOf(
      /the following addresses? had permanent (?:fatal|delivery) errors/,
      /had (?:permanent )?(?:fatal )?(?:delivery )?errors/,
      /transcript of (?:the )?session follows/,
      /the following addresses have delivery notifications/,
    ),
    alone: true,
    sample: '----- The following addresses had permanent fatal errors -----',
  },
  {
    name: 'exchange',
    says: anyOf(
      /did not reach the following recipient/,
      /delivery has failed to these recipients or (?:groups|distribution lists)/,
      /del[ei]very to the following recipients? (?:has |have |was )?(?:been )?(?:failed|aborted)/,
      /the following recipient\(?s?\)? (?:cannot|could not) be reached/,
      /your message to .{1,120} couldn't be delivered/,
      /couldn't be delivered to the following/,
      /wasn't delivered to anyone because/,
    ),
    alone: true,
    sample: 'Your message did not reach the following recipient(s):',
  },
  {
    name: 'gmail',
    says: anyOf(
      /your message wasn't delivered to/,
      /address not found your message/,
      /message (?:not|wasn't) delivered (?:you're|there was|your message)/,
      /delivery to the following recipients? failed permanently/,
      /technical details of permanent failure/,
    ),
    alone: true,
    sample: "Address not found. Your message wasn't delivered to a@example.com because the address couldn't be found",
  },
  {
    name: 'yahoo',
    says: anyOf(
      /unable to deliver (?:your )?message to the following address/,
      /we were unable to deliver your message to the following address/,
      /this user doesn't have a \S{1,60} account/,
    ),
    alone: true,
    sample: 'Message from yahoo.com. Unable to deliver message to the following address(es).',
  },
  {
    name: 'aol',
    says: /your mail to the following recipients could not be delivered/,
    alone: true,
    sample:
      'Your mail to the following recipients could not be delivered because they are not accepting mail from a@example.com:',
  },
  {
    name: 'imail',
    says: /(?:unknown user|user mailbox exceeds allowed size|invalid final delivery userid|invalid user|unknown host|delivery failed \d{1,3} attempts|undeliverable to|mailbox full|user not known)\b.{0,120}original message follows/,
    alone: true,
    sample: 'Unknown user: a@example.com Original message follows.',
  },
  {
    name: 'notes',
    says: anyOf(
      /\bwas not delivered to:? .{1,200} because:?/,
      /not listed in (?:public|domino)/,
      /no route found to domain/,
    ),
    alone: true,
    sample:
      'Your message Subject: News was not delivered to: a@example.com because: User a (a@example.com) not listed in Domino Directory',
  },
  {
    name: 'groupwise',
    says: anyOf(
      /the (?:attached|enclosed) (?:file|message) (?:had|has|was|could) .{0,60}undeliver/,
      /the message that you sent was undeliverable to the following/,
      /undeliverable recipients?:/,
    ),
    alone: true,
    sample: 'The message that you sent was undeliverable to the following: a (user not found)',
  },
  {
    name: 'mdaemon',
    says: anyOf(
      /the attached message had permanent/,
      /there is no user by that name at this server/,
      /your message has encountered delivery problems/,
    ),
    alone: true,
    sample: 'a@example.com - no such user here. There is no user by that name at this server.',
  },
  {
    name: 'sun',
    says: anyOf(
      /your message (?:cannot|could not) be delivered to the following recipients/,
      /this report relates to (?:a message you sent|your message)/,
    ),
    alone: true,
    sample: 'Your message cannot be delivered to the following recipients:',
  },
  {
    name: 'netscape',
    says: anyOf(
      /the following recipients did not receive (?:your|this) message/,
      /this message was undeliverable due to the following reason/,
    ),
    alone: true,
    sample: 'This Message was undeliverable due to the following reason:',
  },
  {
    name: 'lsmtp',
    says: /an error was detected while processing the enclosed message|error-for: /,
    alone: true,
    sample: 'An error was detected while processing the enclosed message.',
  },
  {
    name: 'non-delivery-report',
    says: /-- ?non-delivery report ?--|non-?delivery (?:report|notification)\b.{0,120}(?:not|failed)/,
    sample: '--- Non-Delivery Report --- The email below could not be delivered to the following user:',
  },
  {
    name: 'rejected-by-mailbox',
    says: anyOf(
      /your message to .{1,120} (?:was|has been) (?:automatically )?(?:rejected|blocked)/,
      /was blocked by our (?:spam|bulk|e-?mail)/,
    ),
    alone: true,
    sample: 'Your message to <a@example.com> was automatically rejected: Quota exceeded',
  },
  {
    name: 'any-failure',
    says: anyOf(
      /\bnot delivered\b/,
      /(?:could|can|may|did|does|was|were|has|have|is) ?n(?:ot|['’]t|o) (?:been |be |able to be |have been )?(?:delivered|deliverable|received)/,
      /cannot be (?:delivered|sent)/,
      /(?:unable|not able|failed|not possible|unsuccessful|was impossible) (?:to|in) (?:be )?deliver/,
      /delivery (?:to .{0,80} )?(?:has )?(?:failed|failure|error|problem|unsuccessful)/,
      /undeliver(?:ed|able)/,
      /(?:mail|message|e-?mail) (?:was |has been |is being )?(?:returned|bounced|rejected)/,
      /failed (?:recipient|address|to send)/,
      /recipients? (?:was|were) rejected/,
      /(?:did|does) not (?:exactly )?(?:reach|match)/,
      /exceeded maximum delivery attempts/,
      /delivery to the following/,
      /permanent(?:ly)? (?:fatal )?(?:error|failed|failure)/,
    ),
    sample: 'Your message could not be delivered.',
  },
  {
    name: 'other-languages',
    says: anyOf(
      /(?:konnte|kann|wurde) (?:\S{1,30} ){0,8}nicht (?:\S{1,30} ){0,2}(?:zugestellt|ausgeliefert|zustell)/,
      /unzustellbar/,
      /n['’](?:a|ont) (?:pas )?pu [eê]tre (?:\S{1,20} )?(?:remis|distribu|d[eé]livr|achemin)/,
      /n'existe pas/,
      /non remis/,
      /(?:no|n[aã]o) (?:pudo|se pudo|ha podido|p[oô]de|foi poss[ií]vel|puede|pode) (?:\S{1,20} )?(?:ser |entreg|envi)/,
      /non (?:[eè] stato possibile|pu[oò] essere|[eè] stata) (?:\S{1,20} )?(?:consegn|recapit)/,
      /kon niet (?:\S{1,20} )?(?:worden )?(?:afgeleverd|bezorgd)/,
      /не (?:может быть|удалось|была|было|смогл)[^.]{0,60}достав/,
      /невозможно доставить/,
      /недоставленн/,
      /(?:送信|配信|配送|お届け)(?:することが)?できません/,
      /無法(?:傳送|投遞|送達)/,
      /无法(?:发送|投递|送达)/,
      /退信/,
    ),
    sample: 'Su mensaje no pudo ser entregado',
  },
];

/** The line where what is sent back begins, and people no longer need to read on. */
export const ORIGINAL_BEGINS: readonly RegExp[] = [
  /^[\s>*]*[-=_*+]{2,}.{0,40}\b(?:original|below|returned|copy of|message header|header of the|unsent|forwarded|body of|undelivered|nachricht|mensaje|mensagem|following (?:line|is a copy)|text of)\b/i,
  /^[\s>*]*(?:the |your |a )?(?:original|returned|old|undelivered|unsent) (?:message|mail|e-?mail)(?: as received| headers?| text)?\b.{0,60}(?:follows?|is (?:attached|as follows|enclosed|included)|as received is)\b.{0,20}$/i,
  /^[\s>*]*(?:the |your |a )?(?:original|returned|old|undelivered|unsent) (?:message|mail|e-?mail)(?: headers?| text)?:\s*$/i,
  /^[\s>*]*original message follows/i,
  /^[\s>*]*(?:your message reads|a summary of the undelivered|a copy of (?:the|your) (?:original )?message|the first \d+ lines|the header of the original|message header follows|old message:|----- original)/i,
  /^(?:>?return-path|received|delivered-to|x-originating-ip|dkim-signature):/i,
];

/**
 * What a refusal is about. `other` is a refusal that says no more than that.
 */
export type Reason =
  | 'unknown-user'
  | 'mailbox-full'
  | 'disabled'
  | 'moved'
  | 'no-such-host'
  | 'name-server'
  | 'unavailable'
  | 'network'
  | 'expired'
  | 'loop'
  | 'too-large'
  | 'spam'
  | 'content'
  | 'greylisted'
  | 'rate'
  | 'quota'
  | 'blocked'
  | 'reputation'
  | 'missing-ptr'
  | 'auth'
  | 'tls'
  | 'sender'
  | 'policy'
  | 'other';

/** Whose doing a refusal is: the mailbox's (or its host's), the message's, or ours. */
export type Whose = 'mailbox' | 'content' | 'us';

export const WHOSE: Readonly<Record<Reason, Whose>> = {
  'unknown-user': 'mailbox',
  'mailbox-full': 'mailbox',
  disabled: 'mailbox',
  moved: 'mailbox',
  'no-such-host': 'mailbox',
  'name-server': 'mailbox',
  unavailable: 'mailbox',
  network: 'mailbox',
  expired: 'mailbox',
  loop: 'mailbox',
  'too-large': 'content',
  spam: 'content',
  content: 'content',
  greylisted: 'us',
  rate: 'us',
  quota: 'us',
  blocked: 'us',
  reputation: 'us',
  'missing-ptr': 'us',
  auth: 'us',
  tls: 'us',
  sender: 'us',
  policy: 'us',
  other: 'mailbox',
};

/** The reasons that say that there is no such mailbox. All others leave a reader the subscription. */
export const HARD: ReadonlySet<Reason> = new Set<Reason>(['unknown-user', 'moved', 'no-such-host']);

/** What words mean, and a reply that has them. */
export interface ReplyRule {
  reason: Reason;
  /** Tried on a reply in small letters, without addresses, its white space single spaces. */
  says: RegExp;
  sample: string;
}

const rule = (reason: Reason, says: RegExp, sample: string): ReplyRule => ({ reason, says, sample });

/**
 * The first that matches holds. Blocks, limits and full mailboxes stand before unknown users: their
 * replies often say "recipient rejected" besides, and must never cost a reader the subscription.
 * Gaps are bounded, so that every pattern is linear in the length of a reply.
 */
export const REPLY_RULES: readonly ReplyRule[] = [
  rule('policy', /\bblocked by (?:our |local )?policy\b/, '550 5.7.1 Message blocked by policy'),
  rule('greylisted', /\bgr[ae]y-? ?list/, '450 4.2.0 <a@example.com>: Recipient address rejected: Greylisted'),
  rule(
    'greylisted',
    /\b(?:first|new) (?:contact|sender|connection)\b.{0,60}\b(?:try|retry) (?:again )?(?:later|in)\b|\bdelayed? (?:for|by) postgrey\b|\bplease (?:try again|retry) in \d+ (?:seconds|minutes)\b|\btemporarily rejected\. try again (?:later|in)/,
    '451 4.7.1 Sender is new here, please retry in 300 seconds: new sender, try again later',
  ),
  rule(
    'missing-ptr',
    /\breverse (?:dns|hostname|lookup|address|name|mapping)|\b(?:no|missing|invalid|without|generic|valid|has no|bad) (?:a )?(?:ptr|rdns|reverse)|\bptr (?:resource )?record|\brtr:rd\b|\bcannot (?:find|resolve) your (?:hostname|reverse)|\bunable to resolve (?:your )?(?:ip|client)|\bfix reverse\b|\bdoes not (?:have|resolve to) a (?:hostname|fqdn)/,
    '450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.1]',
  ),
  rule(
    'quota',
    /\b(?:daily|hourly|monthly|sending|outgoing|outbound|message|relay|submission) (?:smtp )?(?:relay )?(?:user )?(?:sending |message |email )?(?:quota|limit|rate)s? (?:is |was |has been )?(?:exceeded|reached)|\b(?:exceeded|reached|over) (?:your|its|the|his) (?:\w+ )?(?:daily|hourly|monthly|sending|outgoing|outbound|message sending) (?:\w+ )?(?:quota|limit|rate)|\bpeak smtp relay limit|\bmaximum (?:number of )?(?:daily|hourly) |\bdaily (?:user )?sending (?:quota|limit)|\b(?:max )?(?:defers and failures|emails) per hour\b|\brecipients? limit (?:for today|exceeded)|\bsending limits? for today|\bsending (?:quota|limits?) exceeded/,
    '550 5.4.5 Daily user sending limit exceeded. - gsmtp',
  ),
  rule(
    'rate',
    /(?<!user has )\btoo (?:many|much|fast)\b.{0,30}\b(?:connections?|sessions?|messages|mails?|e-?mails?|requests|recipients|errors|concurrent|commands|quickly)|\b(?:rate|connection|message|throughput) limit|\brate.?limited|\bslow down\b|\bthrottl|\btrop de (?:connexions|messages)|\btoo (?:quickly|fast|frequent)|\bat a rate that\b|\bunusual rate\b|\b(?:exceeded|exceeds|exceed|reached) .{0,40}\b(?:rate|connections?|message limit|per (?:minute|hour|day))\b|\bconnections? (?:limit|frequency)|\bfrequency (?:is )?limit|\bmessage rate\b|\b(?:ofr_?|ofr005_)10[4-9]\b|\brly:b[12]\b|\bdyn:t\d|\bcontroll?ed by frequency|\bmaximum (?:number of )?(?:concurrent )?connections|\bserver busy\b|\bover rate\b|\bper connection\b|\bexcessive volume\b|\bhas sent too many\b|\bmailbox received too much/,
    '421 4.7.0 [192.0.2.1] Too many connections, slow down. OFR005_104 [104]',
  ),
  rule(
    'rate',
    /\btoo many (?:invalid|unknown|bad|failed|unrecognized) (?:recipients?|users?|addresses)|\bexcessive unknown recipients|\btoo many (?:recipient )?(?:rejections|failures)/,
    '451 VS1-MF Excessive unknown recipients - possible Open Relay (#4.4.5)',
  ),
  rule(
    'tls',
    /\bstarttls\b|\btls (?:is )?(?:required|needed|negotiation|handshake)|\bmust (?:issue|use|be) (?:a )?(?:starttls|tls|encrypted)|\b(?:encryption|secure connection|encrypted) (?:is )?(?:required|needed)|\brequires? (?:tls|encryption)|\btlsrpt\b|\bmta-sts\b|\b(?:tls|ssl) certificate|\bcertificate (?:expired|mismatch|verification|is not trusted|does not match)/,
    '530 5.7.0 Must issue a STARTTLS command first',
  ),
  rule(
    'auth',
    /\b(?:spf|dkim|dmarc|arc|domainkeys?)\b|\bsender (?:policy framework|id)\b|\bunauthenticated\b|\b(?:not|isn't|fails?|failed|lacks?|without|missing) (?:to pass |pass )?(?:authenticat|sender authenticat)|\bdoes not (?:have|pass) (?:the )?(?:required )?authentication|\bauthentication (?:checks?|requirements?|information|failed|failure|required|level|is required|credentials)|\bauthenticat(?:e|ed) (?:first|before)|\bclient was not authenticated|\brequires? authentication|\brelay(?:ing)? (?:is )?(?:access )?(?:denied|not (?:allowed|permitted)|prohibited)|\b(?:unable|not (?:allowed|permitted)|won't) to? ?relay|\bwe do not relay\b|\brcpthosts\b|\banti-?spoofing|\bspoof|\bnot authorized to (?:send|relay)|\binvalid (?:user ?name|credentials|login)|\bis not (?:allowed|permitted|authorized) to send|\bnot a designated|\bsender address .{0,40}not owned by/,
    '550 5.7.26 This mail is unauthenticated, which poses a security risk to the sender and Gmail users',
  ),
  rule(
    'spam',
    /\burl ?block|\buribl|\bsurbl|\b(?:phish|malicious|suspicious) ?(?:url|link|domain)|\bdbl\.spamhaus|\bspamhaus dbl\b|\bdomain present in\b|\b(?:url|link|domain)s? (?:in|within) (?:the |your )?(?:message|body|e-?mail).{0,40}(?:listed|blocked|black)/,
    '554 5.7.1 Service unavailable; Client host [mail.example.com] blocked using multi.uribl.com',
  ),
  rule(
    'blocked',
    /\b(?:dns ?(?:bl|block ?list|black ?list)s?|rbls?|zen|sbl|xbl|pbl|cbl|css)\b|\bspam(?:haus|cop|rats|rl)\b|\bsorbs\b|\bbarracuda(?:central|networks)?\b.{0,40}\breputation|\bbarracudacentral|\b(?:black|block|deny|hosts?deny)[- ]?list(?:ed|e|en|ing)?\b|\bblacklist|\bblocklist|\brealtime block|\babuseat\b|\binvaluement|\bhostkarma|(?<!not )\blisted (?:at|on|in|by) |\bis listed\b|\bin (?:our|a|the) (?:local )?block ?list/,
    '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org',
  ),
  rule(
    'blocked',
    /\bbanned (?:sending ip|sender|host|ip)|\b(?:your|sending|source|connecting|client|sender's|from|mta) (?:\w+ )?(?:ip|host|server|network|mta|hostname)(?: address)?\b.{0,60}\b(?:blocked|banned|barred|denied|rejected|refused|not (?:allowed|accepted|permitted))|\b(?:blocked|banned|refused|rejected|denied) (?:connection|ip|host|client|your (?:ip|server|host))|\baccess from ip address\b|\bconnections? (?:will )?not (?:be )?accepted from|\bclient host rejected: (?:access denied|blocked)|\bnot allowed to connect|\bbad ip\b|\b\[?(?:\d{1,3}\.){3}\d{1,3}\]?(?::\d+)? ?(?:is |has been |was )?(?:temporarily )?(?:permanently )?(?:blocked|banned|blacklisted|refused|rejected|denied)|\bip (?:\S+ )?(?:is |has been |was )?(?:blocked|banned|identified as)|\bblocked by (?:\S+ )?(?:geoip|firewall|administrator)|\bdynamic (?:ip|address|host)|\bdialup\b|\bresidential\b|\brtr:(?:bb|du|sc|bl|ge|ch)\b|\bcon:b1\b|\bdy-001\b|\bou-001\b|\bsc-00[1-4]\b|\bib10\d\b|\bis_blocked\b|\baccess denied\.? ?banned|\bpart of their network is on our|\bblocked - see\b|\bpermanently deferred\b|\bmail from \S* ?(?:refused|rejected|blocked)|\bsender (?:ip|host) (?:is |has been )?(?:black|block)|\bproblem occurred\b.{0,60}\bpostmaster\b|\btraffic not accepted\b|\bhost network not allowed\b|\byour access to (?:this mail system|submit messages).{0,60}rejected/,
    '550 5.7.606 Access denied, banned sending IP [192.0.2.1]',
  ),
  rule(
    'reputation',
    /\breputation\b|\b(?:user|recipient) complaints\b|\bunexpected volume\b|\bunusual traffic\b|\bsender ?score\b|\bsuspicious (?:due to|activity)|\bunsolicited (?:mail|messages?) originating\b|\bts(?:s)?0[0-9]\b|\buntrusted ip\b|\bpoor sending\b|\brp-00\d\b|\bnamespace mining\b|\blow (?:sender )?(?:score|trust)|\bnot in whitelist\b|\bsender is (?:a )?(?:suspected )?spammer|\bspammer\b/,
    '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints',
  ),
  rule(
    'mailbox-full',
    /\b(?:mail ?box|mail ?folder|inbox|account|user|recipient|mail ?drop|maildir|mail quota|disk)(?:'s)? ?(?:\w+ ){0,3}(?:is |has |are )?(?:\w+ )?(?:full|over ?quota|over (?:its |his |the |their )?(?:\w+ )?(?:quota|limit)|out of (?:storage|space)|overfull|overdrawn)\b|\bquota (?:is |has been |was )?(?:exceed|violation|limit|full|reached|would be exceeded)|\b(?:over|exceed(?:ed|s|ing)?|exceeds?) (?:the |its |their |his |your |allowed |maximum |mailbox |disk |storage |user |recipient |account |allocated |max |size )*(?:quota|storage|space|allocation)\b|\boverquota\b|\bover (?:storage )?quota\b|\bmailbox full\b|\b(?:out of|insufficient|not enough|no|lack of) (?:disk |storage |mailbox |system |mail box |enough )*(?:space|storage|quota)\b|\bspace not enough\b|\bdisk quota\b|\bexdiskquota\b|\bexhausted (?:allowed )?storage\b|\btoo many (?:mails|messages) (?:on the server|in (?:the )?(?:mailbox|inbox))|\bspeichervolumen\b|\bstorage (?:limit|quota|allocation|space) |\bbo[iî]te (?:du destinataire |aux lettres )?(?:est )?pleine|\bofr_417\b|\b(?:buz[oó]n|casilla) (?:\w+ )?(?:llen|excedid)|\bcaixa (?:postal |de correio )?(?:\w+ )?(?:cheia|lotada)|\bpostfach (?:\w+ ){0,4}voll\b|\bcasella (?:\w+ )?piena|\bпереполнен|一杯|\bllen[oa]\b|\bis full\b|\bmailbox size limit|\bno room in mailbox|\bbox exceeded|\bинквот|\bquota\b.{0,40}\bexceeded|\bexceed(?:ed|s|ing)?\b.{0,40}\bquota|\bmailbox has exceeded/,
    '552 5.2.2 <a@example.com>: The email account that you tried to reach is over quota',
  ),
  rule(
    'too-large',
    /\b(?:message|mail|size|e-?mail|attachment|data|content) (?:\w+ ){0,4}(?:too (?:large|big|long)|exceeds? (?:\w+ ){0,4}(?:size|limit|maximum|fixed)|larger than|size (?:limit|exceeds))|\bmaximum (?:allowed )?(?:message |mail )?size|\bsize limit\b|\bexceeds (?:the )?(?:maximum|size|max)|\blength exceeds|\bmsg too big|\bexceeded (?:the )?(?:maximum|max) (?:message )?size/,
    '552 5.3.4 Message size exceeds fixed maximum message size',
  ),
  rule(
    'spam',
    /\b(?:un|pot|likely|classified|detected|identified|considered|suspected|flagged|marked|rejected|refused|tagged) ?(?:\w+ ){0,4}(?:as |for |to be )?(?:a )?(?:spam|ube|uce|junk|bulk|unsolicited)\b|\b(?:spam|ube|uce|junk|bulk|unsolicited)(?: ?mail| e-?mail| messages?| content| detected| rejected| score| filter| like| not accepted| found)?\b|\bhvu:b\d|\brly:(?:bd|ch)\b|\bou-002\b|\bspam-like\b|\b(?:anti|asp?am)spam\b|\bspamassassin\b|\bjunkmail\b|\bmessage content rejected|\bspamfilter|\bph01\b/,
    '550 5.7.1 Our system has detected that this message is likely unsolicited mail',
  ),
  rule(
    'content',
    /\bvirus\b|\bmalware\b|\binfected\b|\bbanned (?:file|attachment|content|name)|\battachments? (?:\w+ ){0,3}(?:not allowed|blocked|banned|rejected|forbidden|type)|\bforbidden (?:attachment|content)|\bcontent (?:was )?(?:rejected|blocked|denied|restriction|filter|not (?:allowed|accepted))|\bobjectionable\b|\bpotential security issue|\bnot rfc ?\d+|\brfc ?\d{3,4}[- ](?:compli|conform|requirement|violat)|\b(?:missing|duplicate|multiple|invalid|bad|malformed) (?:\w+ ){0,2}headers?\b|\bbare (?:lf|cr|newline|linefeed)|\bline (?:is )?too long|\bmalformed (?:mime|message)|\billegal (?:attachment|content)|\bmime (?:error|violation)|\bdate (?:header|is)\b.{0,30}\b(?:future|past)|\bprohibited (?:word|content|attachment)|\bapparent(?:ly)? (?:virus|phish)|\bconversion (?:is )?(?:required|not)|\bphishing\b/,
    '552 5.7.0 Our system detected an illegal attachment on your message: banned file',
  ),
  rule(
    'sender',
    /\bsender (?:address |domain |e-?mail )?(?:verif|rejected|refused|unknown|denied|not (?:allowed|accepted|exist)|does not exist|invalid|is (?:not|invalid|blocked|unknown))|\b(?:unknown|invalid|bad|forged|unverified|blocked|disallowed) sender\b|\bsender'?s? (?:address|domain) (?:\w+ ){0,3}(?:not|does|invalid|unknown|rejected)|\b(?:mail from|from address|envelope from|return path|return-path|helo|ehlo)\b.{0,60}\b(?:rejected|invalid|not (?:allowed|exist|valid|found)|does not|unknown|denied|required|resolve)|\bdomain of sender\b|\bsending domain\b|\bverify (?:the )?(?:sender|return|from)|\bcallback\b|\bcallout\b|\bsender nonexistent|\bnull sender|\bafter (?:pipelined )?(?:mail from|mail <>|helo|ehlo)|\bin reply to (?:mail from|helo|ehlo)\b|\bmy name was rejected\b|\bsender was rejected\b|\bsender (?:was )?(?:blocked|blacklisted)|\binvalid helo|\bhelo command rejected|\bnot allowed from this address/,
    '550 5.1.8 <a@example.com>: Sender address rejected: Domain not found',
  ),
  rule(
    'disabled',
    /\b(?:account|mail ?box|user|recipient|address|e-?mail|konto|postfach|cuenta|compte)(?:'s)? ?(?:\S{1,40} ){0,5}(?:disabled|deactivated|inactive|suspended|blocked|locked|frozen|expired|on hold|not active|not currently|discontinued|disallowed|deaktiviert|gesperrt|bloqu|desactiv|d[eé]sactiv|temporar(?:il)?y (?:locked|disabled|suspended|closed))|\b(?:inactive|disabled|suspended|deactivated|expired|locked|blocked) (?:e-?mail )?(?:user|account|mail ?box|recipient|address)|\bha expirado por falta de uso|\binactivity\b|\baccount (?:is )?not (?:available|active)|\baccount inactive|\b(?:mail ?box|account) (?:\S+ )?temporarily unavailable|\baccount (?:has been )?(?:closed for|on hold)|\bmailbox (?:is )?(?:currently )?(?:unavailable for|under|closed for) (?:maintenance|migration)|\bclosed for maintenance|\bdormant\b|\bis inactive\b|\bnot accepting (?:mail|messages|e-?mail)\b|\bзаблокирован|\bдолго не использ/,
    '554 5.2.1 This account has been disabled or discontinued [#102]',
  ),
  rule(
    'moved',
    /\b(?:user|mail ?box|recipient|account|address|person|employee) (?:\w+ ){0,3}(?:has )?(?:moved|changed|left|relocated)\b|\bno longer (?:with|works?|employed|at|uses?)\b|\b(?:has|have) (?:moved|left)\b|\bplease try <>|\baddress (?:has )?changed\b|\bnew (?:e-?mail )?address(?: is|:)|\bowner has changed\b|\bforwarding (?:address )?expired/,
    '551 5.1.6 The user has moved; please try <b@example.net>',
  ),
  rule(
    'no-such-host',
    /\bnull ?mx\b|\bdoes not accept (?:e-?)?mail\b|\bdomain (?:name )?(?:\S+ )?(?:does(?:n't| not) exist|not found|is not (?:valid|found|registered)|unknown|non-?existent|no longer (?:exists|in use))|\bnxdomain\b|\b(?:host|domain)(?: or domain)?(?: name)? not found(?!,? (?:please )?try)|\bno such (?:domain|host)\b|\bnon-?existent (?:domain|host)|\bunrouteable (?:mail )?domain|\bunrout(?:e)?able address\b|\bno (?:mx|a|mx or a|mail) (?:record|host|server|exchanger)s?\b|\b(?:invalid|bad|unknown|illegal) (?:recipient )?(?:domain|host)(?: name)?\b|\bcouldn't find (?:any|a) (?:host|mail exchanger)\b|\bindicated no smtp service\b|\ball relevant mx records point to non-?existent|\bname or service not known\b|\bhost (?:is )?unknown(?! \(name)/,
    '550 5.4.4 Host or domain name not found. Name service error for name=example.invalid type=A: Host not found',
  ),
  rule(
    'name-server',
    /\bname ?servers?\b|\bdns (?:error|lookup|failure|timeout|query|resolution|problem|server)|\b(?:host|domain|name) (?:lookup|resolution) (?:did not|failed|failure|error|timeout)|\bhost (?:or domain name )?not found,? (?:please )?try again|\bservfail\b|\bname service error\b|\btemporary (?:dns|lookup|name)|\bhost map lookup\b|\bcould not resolve\b|\bmx (?:lookup|record lookup)|\bhost lookup\b|\bunable to look ?up\b|\bhosts? unknown \(name/,
    '451 4.4.3 Temporary DNS lookup failure of example.com: SERVFAIL',
  ),
  rule(
    'unknown-user',
    /\b(?:user|recipient|mail ?box|account|address|addressee|alias|e-?mail|destination|person|member|name|local part|userid|usuario|utilisateur|username)(?:'?s)?(?: \S{1,40}){0,4}? ?(?:(?:is |was |are |were )?(?:unknown|not (?:be )?(?:known|found|exist(?:s|ing|ent)?|valid|recogni[sz]ed|listed|registered|here|a valid|match|in (?:the |our |directory))|non-?existent|invalid|no longer (?:exists?|active|available|in use|valid|on|at|here))|does(?:n['’]?t| not) (?:exist|have|match)|doesnt exist|not exist|didn't match|unbekannt|nicht (?:bekannt|gefunden|vorhanden)|inconnu|desconocid|inexistent|sconosciut|no existe|n'existe pas|non esiste|n[aã]o (?:existe|encontrad))/,
    '550 5.1.1 <a@example.com>: Recipient address rejected: User unknown in local recipient table',
  ),
  rule(
    'unknown-user',
    /\bno such (?:user|recipient|mail ?box|address|account|person|local user|e-?mail|name|alias|customer|member|employee)|\b(?:unknown|nonexist(?:e|a)nt|non-existent|invalid|illegal|incorrect|undeliverable|unrecogni[sz]ed|bad|wrong|unbekannter|unbekannte) (?:or (?:illegal|invalid|missing) |final delivery |local |destination |mail |e-?mail |virtual )*(?:user(?:id|name)?|recipients?|mail ?box|accounts?|alias|addressee|address|local[- ]part|destination|name|empf[aä]nger)\b|\bno (?:mail ?box|account|user|person|recipient) (?:here|by|with|at|found|of|named|exists|under)|\bno mailbox\b|\bno such\b.{0,20}\bhere\b|\bnot a valid (?:mail ?box|user|recipient|address|account|e-?mail)|\bdoes(?:n['’]?t| not) have an? \S{1,60} ?account|\bnot our customer\b|\bnot listed in\b|\bno valid recipient|\bmail ?box (?:unavailable|not available|name not allowed|is unavailable)|\bthere is no (?:\S+ )?(?:user|account|mailbox|such)|\bhas no (?:mail ?box|account)\b|\b(?:ofr_416|nosuchuser)\b|\b5\.4\.1 (?:<> )?recipient address rejected: access denied\b|\brecipient ?not ?found\b|\brecipnotfound\b|\bresolver\.adr\.(?:recip|ex|rec)|\baddress (?:unknown|rejected: (?:undeliverable|unknown|user unknown|no such))|\bcan(?:'t|not) find (?:\S+ ){0,3}(?:user|account|mailbox|recipient)|\bnot (?:an? )?(?:active|existing|local|hbc) (?:\S+ )?(?:user|account|address|mailbox)|\bdirectory entry\b|\bне (?:найден|существует|зарегистрирован)|\bнет такого|存在しません|見つかりません|\bnot known\b|\bthe recipient name is not recogni[sz]ed|\b(?:address|recipient|user) (?:\S+ )?couldn't be found\b|\bwrong or no longer valid|\bnot deliverable to that|\bundeliverable address|\bhas been (?:permanently )?(?:deleted|terminated|removed|cancell?ed)|\baccount (?:has been |is |was )?(?:closed|deleted|terminated|cancell?ed)|\bbad destination mailbox|\bno matches to\b|\bnot have a (?:final )?(?:e-?mail )?delivery point/,
    '550 5.1.1 No such user here',
  ),
  rule(
    'loop',
    /\btoo many hops\b|\bhop count\b|\bmail loop|\bloop(?:ing|s back| detected| broken)\b|\brouting loop\b|\bmessage looping\b/,
    '554 5.4.6 Too many hops 26 (25 max)',
  ),
  rule(
    'expired',
    /\b(?:retry|delivery|queue)\b.{0,20}\b(?:time ?out|time) (?:was )?(?:exceeded|expired)|\b(?:message|mail|delivery) (?:has )?(?:been |was )?(?:expired|timed out)|\b(?:in|on) the queue (?:too long|for)|\btoo long (?:in|on) (?:the )?queue|\bqueue too long\b|\bexpired\b|\bgiving up\b|\bnot be delivered (?:within|after|for)\b|\bdelivery failed \d+ attempts|\bmaximum delivery attempts|\bqueue period\b|\bwithin (?:the )?\d+ (?:hours|days)\b|\bnot delivered within\b|\bunable to transfer, message timed out|\bdelivery time expired/,
    '550 4.4.7 Message expired: delivery time expired, retry timeout exceeded',
  ),
  rule(
    'network',
    /\b(?:connection|connect|session|network|conversation|operation|read|write)\b.{0,40}\b(?:refused|timed? ?out|lost|reset|dropped|failed|unreachable|closed|error|no answer|denied by)|\bno route to host|\b(?:host|server|mta|computer) (?:\S+ )?(?:is )?(?:not (?:responding|reachable|answer)|unreachable|down|did not respond)|\bnot reachable\b|\bno answer from host|\bestablish an smtp connection|\bunable to (?:connect|contact|reach)|\bcould not (?:connect|contact|reach)|\bcannot (?:connect|reach)|\bdestination (?:server|host) .{0,30}not respond|\btimed out\b|\bbroken pipe\b/,
    '450 4.4.1 connect to mx.example.com[192.0.2.1]: Connection timed out',
  ),
  rule(
    'policy',
    /\bpolic(?:y|ies)\b|\badministrative (?:prohibition|block|refus|ban)|\b(?:administratively|prohibited) (?:prohibited|denied|by)|\bnot (?:authorized|permitted|allowed)\b|\baccess (?:is )?denied\b|\b(?:mail|message|e-?mail) (?:was |has been )?(?:refused|rejected|denied|blocked|not accepted)|\brecipient preferences\b|\b(?:refused|rejected) by (?:the )?(?:recipient|user|admin|filter|rule|mailbox)|\bdelivery not authorized|\bsecurity (?:reasons?|policies)|\bdenied by\b|\bprohibited\b|\bsenders? (?:\S+ ){0,3}restrict|\brestricted\b|\bcommunity guidelines|\brule (?:imposed|violation)|\bblocked\b|\bau01\b|\bwhitelist\b/,
    '554 5.7.9 Message not accepted for policy reasons',
  ),
  rule(
    'unavailable',
    /\btemporar(?:y|ily)\b|\btry(?:ing)? (?:again )?later\b|\btry again\b|\bservice (?:is )?(?:currently )?(?:unavailable|not available)|\bmaintenance\b|\b(?:local|internal|system|server|processing|configuration|software) (?:\S+ )?(?:error|problem|fault)|\binsufficient (?:system )?resources|\bresources? (?:\S+ )?(?:not available|unavailable|exhausted)|\bnot accepting network messages|\bshutting down\b|\boverload|\bsystem not capable\b|\bcommand died\b|\bmail system\b.{0,40}\b(?:full|unavailable|error)|\berror (?:in )?processing|\blmtp transmission failure|\bserver error\b|\brecipient(?:'s)? server (?:was )?(?:temporarily )?unavailable|\bcommand (?:output|time limit)/,
    '451 4.3.0 Temporary system problem. Try again later',
  ),
];

/**
 * What an enhanced status code (RFC 3463, and its registry) means where the words say nothing. By
 * `subject.detail`; a subject alone stands for its details that are not named.
 */
export const STATUS_REASONS: Readonly<Record<string, Reason>> = {
  '1.1': 'unknown-user',
  '1.2': 'name-server',
  '1.6': 'moved',
  '1.7': 'sender',
  '1.8': 'sender',
  '1.10': 'no-such-host',
  '2.1': 'disabled',
  '2.2': 'mailbox-full',
  '2.3': 'too-large',
  '3.1': 'mailbox-full',
  '3.2': 'unavailable',
  '3.3': 'content',
  '3.4': 'too-large',
  '3.5': 'unavailable',
  3: 'unavailable',
  '4.3': 'name-server',
  '4.5': 'rate',
  '4.6': 'loop',
  '4.7': 'expired',
  4: 'network',
  6: 'content',
  '7.4': 'auth',
  '7.5': 'auth',
  '7.8': 'auth',
  '7.9': 'auth',
  '7.10': 'tls',
  '7.11': 'tls',
  '7.17': 'moved',
  '7.18': 'moved',
  '7.20': 'auth',
  '7.21': 'auth',
  '7.22': 'auth',
  '7.23': 'auth',
  '7.24': 'auth',
  '7.25': 'missing-ptr',
  '7.26': 'auth',
  '7.27': 'sender',
  '7.28': 'rate',
  '7.29': 'auth',
  '7.30': 'tls',
  '7.515': 'auth',
  '7.606': 'blocked',
  '7.708': 'reputation',
  7: 'policy',
};

/** What a code alone means (RFC 5321, 7504, 7505). 550 to 554 without words mean little. */
export const CODE_REASONS: Readonly<Record<number, Reason>> = {
  421: 'unavailable',
  450: 'unavailable',
  451: 'unavailable',
  452: 'mailbox-full',
  521: 'no-such-host',
  530: 'auth',
  535: 'auth',
  551: 'moved',
  552: 'mailbox-full',
  556: 'no-such-host',
};

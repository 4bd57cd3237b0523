import { Command, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { SCOPES } from '../api-key.ts';
import { HOOK_EVENTS } from '../hook-events.ts';
import { LISTED_STATES } from '../subscriber.ts';
import type { Context } from './context.ts';

/**
 * One command of the table of contents. Its file is loaded when it is run: all of them take a
 * second of computing.
 */
interface Entry<Options> {
  /** As it is typed, with its arguments: `subscribers show <email>`. */
  command: string;
  about: string;
  options?: readonly Option[];
  /** Whether its second word may be left out. */
  isDefault?: boolean;
  run: (context: Context, options: Options, ...words: string[]) => Promise<void>;
}

/**
 * Keeps what the options of one command are from the check of its `run` to the table, where all are
 * alike.
 */
const entry = <Options = object>(it: Entry<Options>): Entry<never> => it as Entry<never>;

const option = (flags: string, about: string): Option => new Option(flags, about);
const DATE = option('--date <date>', 'a day, YYYY-MM-DD (UTC)');
const THIS_DATE = option('--date <date>', 'a day, YYYY-MM-DD (UTC)').makeOptionMandatory();
const NEWEST = option('--date <date>', 'a day, YYYY-MM-DD (UTC); default: the newest digest');
const JSON_FLAG = option('--json', 'print one JSON object as the last line');

/** What the names that several commands begin with stand for. */
const GROUPS: Readonly<Record<string, string>> = {
  archive: 'what the site shows, to take elsewhere',
  edition: 'the frozen list of a day',
  digest: 'what readers get',
  topics: 'what papers are filed under',
  alert: 'what the operator is mailed',
  templates: 'how pages and mail are laid out',
  dkim: 'the keys that sign the mail',
  feedback: 'what comes back: bounces, complaints, requests to leave',
  shaping: 'what mail hosts want of us',
  warmup: 'how a new sender gets known to a mail host',
  subscribers: 'the readers',
  keys: 'what programs show to the admin API',
  webhooks: 'where programs of yours are told what happened',
  settings: 'what the newspaper is called, and how it looks',
  service: 'how systemd runs it',
};

const COMMANDS: readonly Entry<never>[] = [
  entry({
    command: 'start',
    about: 'run everything in one process, with what the environment does not name embedded',
    run: async (context) =>
      (await import('./serve.ts')).serve(context, ['api', 'worker', 'scheduler'], { alone: true }),
  }),
  ...(['api', 'worker', 'scheduler'] as const).map((role) =>
    entry({
      command: role,
      about: `run the ${role} alone`,
      run: async (context) => (await import('./serve.ts')).serve(context, [role], { alone: false }),
    }),
  ),
  entry({
    command: 'migrate',
    about: 'bring the database to the current schema',
    run: async (context) => (await import('./migrate.ts')).migrateCommand(context),
  }),
  entry<{ json?: boolean }>({
    command: 'doctor',
    about: 'check the configuration, everything it names, and how the service does',
    options: [JSON_FLAG],
    run: async (context, options) => (await import('./doctor.ts')).doctor(context, options),
  }),
  entry<{ role?: string; user?: string; print?: boolean }>({
    command: 'service install',
    about: 'write systemd units with no more rights than they need, their user and /etc/paperboy/env',
    options: [
      option('--role <roles>', 'start (all in one process), or some of api,worker,scheduler').default('start'),
      option('--user <name>', 'who it runs as; made if missing').default('paperboy'),
      option('--print', 'print the units and write nothing'),
    ],
    run: async (context, options) => (await import('./service.ts')).serviceInstall(context, options),
  }),
  entry({
    command: 'service remove',
    about: 'stop and remove the units; user, environment and data stay',
    run: async (context) => (await import('./service.ts')).serviceRemove(context),
  }),
  entry<{ source?: string; date?: string; since?: string }>({
    command: 'ingest',
    about: 'pull papers from the sources',
    options: [
      option('--source <name>', 'only this source'),
      DATE,
      option('--since <date>', 'the lists of all days from this one on that were not taken in yet'),
    ],
    run: async (context, options) => (await import('./ingest.ts')).ingestCommand(context, options),
  }),
  entry<{ json?: boolean }>({
    command: 'sources',
    about: 'print what the last run of each source brought',
    options: [JSON_FLAG],
    run: async (context, options) => (await import('./sources.ts')).sourcesCommand(context, options),
  }),
  entry({
    command: 'alert test',
    about: 'mail the operator a word at ALERT_TO, to see whether it arrives',
    run: async (context) => (await import('./alert.ts')).alertTest(context),
  }),
  entry<{ date: string }>({
    command: 'edition build',
    about: 'freeze the editions of a day',
    options: [THIS_DATE],
    run: async (context, options) => (await import('./edition.ts')).editionBuild(context, options),
  }),
  entry<{ date: string; topic: string; json?: boolean }>({
    command: 'edition show',
    about: 'print an edition',
    options: [THIS_DATE, option('--topic <slug>', 'a topic').default('all'), JSON_FLAG],
    run: async (context, options) => (await import('./edition.ts')).editionShow(context, options),
  }),
  ...(['pin', 'drop', 'back'] as const).map((choice) =>
    entry<{ date: string; why?: string }>({
      command: `edition ${choice} <paper>`,
      about: {
        pin: 'put a paper at the head of an edition that is to come',
        drop: 'leave a paper out of an edition that is to come, and of later ones',
        back: 'take back what was pinned or dropped',
      }[choice],
      options: choice === 'drop' ? [THIS_DATE, option('--why <words>', 'why, for the trail')] : [THIS_DATE],
      run: async (context, options, paper) =>
        (await import('./edition-choose.ts')).editionChoose(context, choice, paper, options),
    }),
  ),
  entry<{ date: string; words: string }>({
    command: 'edition note',
    about: 'say something above no. 1 of a day, in Markdown; empty words take it away',
    options: [THIS_DATE, option('--words <markdown>', 'up to 600 characters').makeOptionMandatory()],
    run: async (context, options) => (await import('./edition-choose.ts')).editionNote(context, options),
  }),
  entry<{ date: string; topics?: string; format: 'html' | 'text' | 'eml'; out?: string }>({
    command: 'digest preview',
    about: 'write a digest as a reader would get it',
    options: [
      THIS_DATE,
      option('--topics <slugs>', 'topics, separated by commas'),
      option('--format <format>', 'how').choices(['html', 'text', 'eml']).default('html'),
      option('--out <file>', 'write to a file'),
    ],
    run: async (context, options) => (await import('./digest-preview.ts')).digestPreview(context, options),
  }),
  entry<{ to: string; date?: string; topics?: string }>({
    command: 'digest test',
    about: 'mail one digest to any address; it leaves no mark in the ledger',
    options: [
      option('--to <email>', 'where it goes').makeOptionMandatory(),
      option('--date <date>', 'a day, YYYY-MM-DD (UTC); default: today'),
      option('--topics <topics>', 'topics, with commas between; default: all'),
    ],
    run: async (context, options) => (await import('./digest-preview.ts')).digestTest(context, options),
  }),
  entry<{ date: string; to?: string; json?: boolean }>({
    command: 'digest send',
    about: 'mail every active subscriber who has not had it, now; waits and prints the sums',
    options: [THIS_DATE, option('--to <email>', 'only this subscriber'), JSON_FLAG],
    run: async (context, options) => (await import('./digest-send.ts')).digestSend(context, options),
  }),
  entry<{ date?: string; json?: boolean; watch?: boolean }>({
    command: 'digest status',
    about: 'print the sums of a digest',
    options: [NEWEST, option('--watch', 'show how far it is, once a second, until nothing is under way'), JSON_FLAG],
    run: async (context, options) => (await import('./digest-status.ts')).digestStatus(context, options),
  }),
  entry<{ date: string }>({
    command: 'digest pause',
    about: 'stop sending a digest, within a second',
    options: [THIS_DATE],
    run: async (context, options) => (await import('./digest-halt.ts')).digestPause(context, options),
  }),
  entry<{ date: string }>({
    command: 'digest resume',
    about: 'go on with a paused digest',
    options: [THIS_DATE],
    run: async (context, options) => (await import('./digest-halt.ts')).digestResume(context, options),
  }),
  entry<{ date: string }>({
    command: 'digest cancel',
    about: 'end a digest for good: who has not got it does not get it',
    options: [THIS_DATE],
    run: async (context, options) => (await import('./digest-halt.ts')).digestCancel(context, options),
  }),
  entry<{ date?: string; resend?: boolean; close?: boolean }>({
    command: 'digest unknown',
    about: 'count the deliveries that may or may not have arrived, by digest, and say what is to be done about them',
    options: [
      DATE,
      option('--resend', 'send those of the date once more, with the same Message-ID').conflicts('close'),
      option('--close', 'leave those of the date as they are, for good'),
    ],
    run: async (context, options) => (await import('./digest-unknown.ts')).digestUnknown(context, options),
  }),
  entry<{ date: string; json?: boolean }>({
    command: 'audit',
    about: 'prove the sums of a digest: what was frozen, what was accepted, and what came back of it',
    options: [THIS_DATE, JSON_FLAG],
    run: async (context, options) => (await import('./audit.ts')).audit(context, options),
  }),
  entry<{ by: string; again?: boolean; json?: boolean }>({
    command: 'numbers',
    about: 'print readers, deliveries and what came back, by day, week or month, counted now',
    options: [
      option('--by <period>', 'day, week or month').default('month'),
      option('--again', 'count all of it anew from the ledger and the readers, also what is long gone'),
      JSON_FLAG,
    ],
    run: async (context, options) => (await import('./numbers.ts')).numbersCommand(context, options),
  }),
  entry<{ json?: boolean }>({
    command: 'backup <file>',
    about: 'write everything into one file, while all goes on: the database, the signing key, your own files',
    options: [JSON_FLAG],
    run: async (context, options, file) => (await import('./backup.ts')).backupCommand(context, file, options),
  }),
  entry<{ replace?: boolean; json?: boolean }>({
    command: 'restore <file>',
    about: 'fill an empty database with a backup; nothing is sent then until "resume --after-restore"',
    options: [option('--replace', 'lose what the database holds now'), JSON_FLAG],
    run: async (context, options, file) => (await import('./backup.ts')).restoreCommand(context, file, options),
  }),
  entry<{ afterRestore?: boolean; dryRun?: boolean; sendToday?: boolean; json?: boolean }>({
    command: 'resume',
    about: 'send mail again after a restore or from a copy; what may have been sent in the lost time is closed',
    options: [
      option('--after-restore', 'what it is about; has to be said').makeOptionMandatory(),
      option('--dry-run', 'change nothing, and say what would go to whom'),
      option(
        '--send-today',
        'send the digest of today to all who have not had it as the backup has it (default: to none)',
      ),
      JSON_FLAG,
    ],
    run: async (context, options) => (await import('./backup.ts')).resumeCommand(context, options),
  }),
  entry<{ about?: string; json?: boolean }>({
    command: 'trail',
    about: 'print who did what at the desk, by commands and by the API; the last 50',
    options: [option('--about <thing>', 'only about a date, a paper or the number of a subscriber'), JSON_FLAG],
    run: async (context, options) => (await import('./trail.ts')).trailCommand(context, options),
  }),
  entry<{ json?: boolean }>({
    command: 'topics explain <paper>',
    about: 'say why a paper is under its topics, and which it missed: by id, arXiv id or link',
    options: [JSON_FLAG],
    run: async (context, options, paper) => (await import('./topics.ts')).topicsExplain(context, paper, options),
  }),
  entry<{ days: string; json?: boolean }>({
    command: 'topics test',
    about: 'file the papers of the last days under the topics in force, and check topics.json in the data directory',
    options: [option('--days <days>', 'how many days').default('30'), JSON_FLAG],
    run: async (context, options) => (await import('./topics.ts')).topicsTest(context, options),
  }),
  entry<{ json?: boolean }>({
    command: 'topics list',
    about: 'print the topics in force, and where each is from',
    options: [JSON_FLAG],
    run: async (context, options) => (await import('./topics-change.ts')).topicsList(context, options),
  }),
  entry({
    command: 'topics show <slug>',
    about: 'print what was said of a topic, as "topics put" takes it',
    run: async (context, _options, slug) => (await import('./topics-change.ts')).topicsShow(context, slug),
  }),
  entry<{ json?: boolean }>({
    command: 'topics try <file>',
    about: 'say which papers of the last 30 days would come and go, and save nothing',
    options: [JSON_FLAG],
    run: async (context, options, file) => (await import('./topics-change.ts')).topicsTry(context, file, options),
  }),
  entry({
    command: 'topics put <file>',
    about: 'make a topic, or say anew what one is, from a file of JSON',
    run: async (context, _options, file) => (await import('./topics-change.ts')).topicsPut(context, file),
  }),
  entry({
    command: 'topics remove <slug>',
    about: 'take back what was said of a topic',
    run: async (context, _options, slug) => (await import('./topics-change.ts')).topicsRemove(context, slug),
  }),
  entry<{ force?: boolean }>({
    command: 'templates eject',
    about: 'copy the templates that ship to TEMPLATES_DIR, where each may be changed or removed',
    options: [option('--force', 'also over those that are there')],
    run: async (context, options) => (await import('./templates.ts')).templatesEject(context, options),
  }),
  entry({
    command: 'templates check',
    about: 'say whether all templates in TEMPLATES_DIR can be used, and where not',
    run: async (context) => (await import('./templates.ts')).templatesCheck(context),
  }),
  entry<{ port: string }>({
    command: 'templates preview',
    about: 'show a digest and a confirmation in a browser, anew whenever a template changes',
    options: [option('--port <port>', 'where on this machine').default('3030')],
    run: async (context, options) => (await import('./templates.ts')).templatesPreview(context, options),
  }),
  entry<{ json?: boolean }>({
    command: 'feedback take <file>',
    about: 'take in one message that came back, from a file or, with -, from a pipe; "take" may be left out',
    options: [JSON_FLAG],
    isDefault: true,
    run: async (context, options, file) => (await import('./feedback.ts')).feedbackTake(context, file, options),
  }),
  entry<{ json?: boolean }>({
    command: 'feedback explain <file>',
    about: 'say what one message that came back is taken for, and why; "-" reads standard input; changes nothing',
    options: [JSON_FLAG],
    run: async (context, options, file) => (await import('./feedback.ts')).feedbackExplain(context, file, options),
  }),
  entry<{ json?: boolean }>({
    command: 'shaping explain <address>',
    about: 'say which mail host takes the mail of an address or domain, and which rule holds there',
    options: [JSON_FLAG],
    run: async (context, options, address) => (await import('./shaping.ts')).shapingExplain(context, address, options),
  }),
  entry<{ allowance?: string }>({
    command: 'warmup start <host>',
    about: 'let a mail host get a few hundred messages a day at first, and more from day to day',
    options: [option('--allowance <count>', 'how many on the first day (default: 300)')],
    run: async (context, options, host) => (await import('./warmup.ts')).warmupStart(context, host, options),
  }),
  entry({
    command: 'warmup off <host>',
    about: 'end the warm-up of a mail host, and send what it holds back',
    run: async (context, _options, host) => (await import('./warmup.ts')).warmupOff(context, host),
  }),
  entry<{ json?: boolean }>({
    command: 'warmup status',
    about: 'print the warm-ups that are on, and how far they are',
    options: [JSON_FLAG],
    run: async (context, options) => (await import('./warmup.ts')).warmupStatus(context, options),
  }),
  entry<{ domain?: string; out?: string }>({
    command: 'dkim generate',
    about: 'make an RSA and an Ed25519 key, and print what to set and what to publish in the DNS',
    options: [
      option('--domain <domain>', 'the domain to sign for (default: DKIM_DOMAIN, or that of MAIL_FROM)'),
      option('--out <directory>', 'where to write the keys (default: dkim in the data directory)'),
    ],
    run: async (context, options) => (await import('./dkim.ts')).dkimGenerate(context, options),
  }),
  entry<{ confirmed?: boolean; dryRun?: boolean; report?: string }>({
    command: 'subscribers import <file>',
    about:
      'add readers from a CSV file: of Paperboy, listmonk, Mailchimp, Ghost, Keila or your own, with the columns ' +
      'email,timezone,send_hour,frequency,topics; who left, bounced or complained, here or there, stays out',
    options: [
      option('--confirmed', 'you have their consent: they are active at once'),
      option('--dry-run', 'read and check everything, say what would be done, and write nothing'),
      option('--report <file>', 'where to list each line with a fault (default: <file>.report.csv, if there is one)'),
    ],
    run: async (context, options, file) =>
      (await import('./subscribers-import.ts')).importCommand(context, file, options),
  }),
  entry({
    command: 'archive export',
    about: 'print papers and editions, a line of JSON each; no reader is in it',
    run: async (context) => (await import('./archive.ts')).archiveExport(context),
  }),
  entry({
    command: 'archive import <file>',
    about: 'take in what "archive export" printed',
    run: async (context, _options, file) => (await import('./archive.ts')).archiveImport(context, file),
  }),
  entry<{ confirmed?: boolean; topics?: string; hour?: string; zone?: string; language?: string }>({
    command: 'subscribers add <email>',
    about: 'add one reader: a confirmation is mailed to them, and they decide',
    options: [
      option('--confirmed', 'you have their consent: they are active at once, and no confirmation is mailed'),
      option('--topics <slugs>', 'topics, separated by commas (default: all)'),
      option('--hour <hour>', 'when digests come, by the clock of their zone (default: 8)'),
      option('--zone <zone>', 'their time zone, as Europe/Berlin (default: UTC)'),
      option('--language <tag>', "their language, as de (default: the newsletter's)"),
    ],
    run: async (context, options, email) =>
      (await import('./subscribers-change.ts')).addSubscriber(context, email, options),
  }),
  entry({
    command: 'subscribers confirm <email>',
    about: 'send one who has not confirmed, or has left, another confirmation',
    run: async (context, _options, email) =>
      (await import('./subscribers-change.ts')).confirmSubscriber(context, email),
  }),
  entry({
    command: 'subscribers unsubscribe <email>',
    about: 'end a subscription; the reader may come back',
    run: async (context, _options, email) =>
      (await import('./subscribers-change.ts')).unsubscribeSubscriber(context, email),
  }),
  entry<{ state?: string; before?: string; json?: boolean }>({
    command: 'subscribers list',
    about: 'print a hundred readers, the newest first, with masked addresses',
    options: [
      option('--state <state>', 'only these').choices([...LISTED_STATES]),
      option('--before <number>', 'go on before this reader'),
      JSON_FLAG,
    ],
    run: async (context, options) => (await import('./subscribers-change.ts')).listSubscribers(context, options),
  }),
  entry({
    command: 'subscribers export',
    about: 'print all readers as CSV, as an import takes them',
    run: async (context) => (await import('./subscribers.ts')).exportSubscribers(context),
  }),
  entry({
    command: 'subscribers show <email>',
    about: 'print what is stored about one: the last 30 deliveries, what came back, and what comes next',
    run: async (context, _options, email) => (await import('./subscribers.ts')).showSubscriber(context, email),
  }),
  entry<{ date: string; out?: string }>({
    command: 'subscribers message <email>',
    about: 'print the message of a digest as it was sent to one; the trail says that it was taken',
    options: [THIS_DATE, option('--out <file>', 'write to a file')],
    run: async (context, options, email) =>
      (await import('./subscribers.ts')).subscriberMessage(context, email, options),
  }),
  entry({
    command: 'subscribers unsuppress <email>',
    about: 'mail an address again that mail came back from',
    run: async (context, _options, email) => (await import('./suppressions.ts')).unsuppressCommand(context, email),
  }),
  entry<{ json?: boolean }>({
    command: 'subscribers suppressions',
    about: 'count the addresses that are never mailed again, by reason',
    options: [JSON_FLAG],
    run: async (context, options) => (await import('./suppressions.ts')).suppressions(context, options),
  }),
  entry({
    command: 'subscribers erase <email>',
    about: 'forget one for good',
    run: async (context, _options, email) => (await import('./subscribers.ts')).eraseSubscriber(context, email),
  }),
  entry<{ scope: string[] }>({
    command: 'keys add <name>',
    about: 'make a key of the admin API, and print it once',
    options: [option('--scope <scopes...>', `what it may do: ${SCOPES.join(', ')}`).makeOptionMandatory()],
    run: async (context, options, name) => (await import('./keys.ts')).keysAdd(context, name, options),
  }),
  entry<{ json?: boolean }>({
    command: 'keys list',
    about: 'print the keys of the admin API: what each may do, and when it was used last',
    options: [JSON_FLAG],
    run: async (context, options) => (await import('./keys.ts')).keysList(context, options),
  }),
  entry({
    command: 'keys revoke <name>',
    about: 'end a key of the admin API for good',
    run: async (context, _options, name) => (await import('./keys.ts')).keysRevoke(context, name),
  }),
  entry<{ json?: boolean }>({
    command: 'settings list',
    about: 'print name, colours and the rest of the brand, and which place says so',
    options: [JSON_FLAG],
    run: async (context, options) => (await import('./settings.ts')).settingsList(context, options),
  }),
  entry<{ file?: string }>({
    command: 'settings set <field> [value]',
    about: 'say what one of them is, as the desk does',
    options: [option('--file <file>', 'a text to take its value from, as of imprint and privacy')],
    run: async (context, options, field, value?: string) =>
      (await import('./settings.ts')).settingsSet(context, field, value, options),
  }),
  entry<{ all?: boolean }>({
    command: 'settings reset [field]',
    about: 'take back what was said of one',
    options: [option('--all', 'take back all of it')],
    run: async (context, options, field?: string) =>
      (await import('./settings.ts')).settingsReset(context, field, options),
  }),
  entry<{ events?: string[]; near?: boolean }>({
    command: 'webhooks add <url>',
    about: 'tell a program of yours what happens, and print the secret that signs it',
    options: [
      option('--events <events...>', `of what: ${HOOK_EVENTS.join(', ')} (default: all)`),
      option('--near', 'it may be on this machine or its network, and without TLS'),
    ],
    run: async (context, options, url) => (await import('./webhooks.ts')).webhooksAdd(context, url, options),
  }),
  entry<{ json?: boolean }>({
    command: 'webhooks list',
    about: 'print where programs are told, and whether it arrives',
    options: [JSON_FLAG],
    run: async (context, options) => (await import('./webhooks.ts')).webhooksList(context, options),
  }),
  entry({
    command: 'webhooks show <id>',
    about: 'print the last things one was told',
    run: async (context, _options, id) => (await import('./webhooks.ts')).webhooksShow(context, id),
  }),
  entry({
    command: 'webhooks test <id>',
    about: 'send one a test event, and say what it answered',
    run: async (context, _options, id) => (await import('./webhooks.ts')).webhooksTest(context, id),
  }),
  entry<{ all?: boolean }>({
    command: 'webhooks replay <number>',
    about: 'send a thing once more, by the number that "webhooks show" prints',
    options: [option('--all', 'all that was given up, by the number that "webhooks list" prints')],
    run: async (context, options, id) => (await import('./webhooks.ts')).webhooksReplay(context, id, options),
  }),
  entry({
    command: 'webhooks rotate <id>',
    about: 'give one a new secret; the old one signs too for a day',
    run: async (context, _options, id) => (await import('./webhooks.ts')).webhooksRotate(context, id),
  }),
  entry({
    command: 'webhooks on <id>',
    about: 'tell one again that was switched off',
    run: async (context, _options, id) => (await import('./webhooks.ts')).webhooksOn(context, id),
  }),
  entry({
    command: 'webhooks remove <id>',
    about: 'tell one nothing any more, and forget what it was told',
    run: async (context, _options, id) => (await import('./webhooks.ts')).webhooksRemove(context, id),
  }),
];

/** The command line, made of the table. */
export function createProgram(context: Context): Command {
  const program = new Command('paperboy')
    .description('Get trending papers in your email inbox.')
    .version(packageJson.version, '--version', 'print the version')
    .exitOverride()
    .showHelpAfterError('(add --help for what is possible)');
  const groups = new Map<string, Command>();
  const groupOf = (name: string): Command => {
    const group = groups.get(name) ?? program.command(name).description(GROUPS[name]!);
    groups.set(name, group);
    return group;
  };
  for (const { command, about, options = [], isDefault = false, run } of COMMANDS) {
    const [first = '', ...rest] = command.split(' ');
    const parent = Object.hasOwn(GROUPS, first) ? groupOf(first) : program;
    const made = parent.command(parent === program ? command : rest.join(' '), { isDefault }).description(about);
    for (const each of options) made.addOption(each);
    // commander hands the arguments first, then the options, and the command itself.
    made.action((...given: unknown[]) => run(context, made.opts() as never, ...(given.slice(0, -2) as string[])));
  }
  return program;
}

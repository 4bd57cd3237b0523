import { Command, Option } from 'commander';
import type { Context } from './context.ts';
import { doctor } from './doctor.ts';
import { digestCancel, digestPause, digestResume } from './digest-halt.ts';
import { digestPreview } from './digest-preview.ts';
import { digestSend } from './digest-send.ts';
import { digestStatus } from './digest-status.ts';
import { digestUnknown } from './digest-unknown.ts';
import { dkimGenerate } from './dkim.ts';
import { editionBuild, editionShow } from './edition.ts';
import { ingestCommand } from './ingest.ts';
import { migrateCommand } from './migrate.ts';
import { serve } from './serve.ts';
import { eraseSubscriber, exportSubscribers, importCommand, showSubscriber } from './subscribers.ts';

const DATE = ['--date <date>', 'a day, YYYY-MM-DD (UTC)'] as const;
const JSON_FLAG = ['--json', 'print one JSON object as the last line'] as const;

/** Every command and its options: the table of contents of the command line. */
export function createProgram(context: Context): Command {
  const program = new Command('paperboy').description('Get trending papers in your email inbox.').exitOverride().showHelpAfterError('(add --help for what is possible)');
  const group = (name: string, description: string): Command => program.command(name).description(description);

  program.command('start').description('run everything in one process, with what the environment does not name embedded').action(() => serve(context, ['api', 'worker', 'scheduler'], { alone: true }));
  for (const role of ['api', 'worker', 'scheduler'] as const) {
    program.command(role).description(`run the ${role} alone`).action(() => serve(context, [role], { alone: false }));
  }
  program.command('migrate').description('bring the database to the current schema').action(() => migrateCommand(context));
  program.command('doctor').description('check the configuration and everything it names').action(() => doctor(context));
  program.command('ingest').description('pull papers from the sources').option('--source <name>', 'only this source').option(...DATE)
    .action((options: { source?: string; date?: string }) => ingestCommand(context, options));

  const edition = group('edition', 'the frozen list of a day');
  edition.command('build').description('freeze the editions of a day').requiredOption(...DATE).action((o: { date: string }) => editionBuild(context, o));
  edition.command('show').description('print an edition').requiredOption(...DATE).option('--topic <slug>', 'a topic', 'all').option(...JSON_FLAG)
    .action((o: { date: string; topic: string; json?: boolean }) => editionShow(context, o));

  const digest = group('digest', 'what readers get');
  digest.command('preview').description('write a digest as a reader would get it').requiredOption(...DATE).option('--topics <slugs>', 'topics, separated by commas')
    .addOption(new Option('--format <format>').choices(['html', 'text', 'eml']).default('html')).option('--out <file>', 'write to a file')
    .action((o: { date: string; topics?: string; format: 'html' | 'text' | 'eml'; out?: string }) => digestPreview(context, o));
  digest.command('send').description('mail every active subscriber who has not had it, now; waits and prints the sums').requiredOption(...DATE)
    .option('--to <email>', 'only this subscriber').option(...JSON_FLAG).action((o: { date: string; to?: string; json?: boolean }) => digestSend(context, o));
  digest.command('status').description('print the sums of a digest').requiredOption(...DATE).option('--watch', 'show how far it is, once a second, until nothing is under way').option(...JSON_FLAG)
    .action((o: { date: string; json?: boolean; watch?: boolean }) => digestStatus(context, o));

  digest.command('pause').description('stop sending a digest, within a second').requiredOption(...DATE).action((o: { date: string }) => digestPause(context, o));
  digest.command('resume').description('go on with a paused digest').requiredOption(...DATE).action((o: { date: string }) => digestResume(context, o));
  digest.command('cancel').description('end a digest for good: who has not got it does not get it').requiredOption(...DATE).action((o: { date: string }) => digestCancel(context, o));
  digest.command('unknown').description('count the deliveries of which nobody knows whether they arrived, by digest, and say what is to be done about them').option(...DATE)
    .addOption(new Option('--resend', 'send those of the date once more, with the same Message-ID').conflicts('close')).option('--close', 'leave those of the date as they are, for good')
    .action((o: { date?: string; resend?: boolean; close?: boolean }) => digestUnknown(context, o));

  const dkim = group('dkim', 'the keys that sign the mail');
  dkim.command('generate').description('make an RSA and an Ed25519 key, and print what to set and what to publish in the DNS')
    .option('--domain <domain>', 'the domain to sign for (default: DKIM_DOMAIN, or that of MAIL_FROM)').option('--out <directory>', 'where to write the keys (default: dkim in the data directory)')
    .action((o: { domain?: string; out?: string }) => dkimGenerate(context, o));

  const subscribers = group('subscribers', 'the readers');
  subscribers.command('import <file>').description('add subscribers from a CSV file with the columns email,timezone,send_hour,frequency,topics')
    .option('--confirmed', 'you have their consent: they are active at once').action((file: string, o: { confirmed?: boolean }) => importCommand(context, file, o));
  subscribers.command('export').description('print all subscribers as CSV').action(() => exportSubscribers(context));
  subscribers.command('show <email>').description('print what is stored about one, with the last 30 deliveries').action((email: string) => showSubscriber(context, email));
  subscribers.command('erase <email>').description('forget one for good').action((email: string) => eraseSubscriber(context, email));
  return program;
}

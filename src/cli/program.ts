import { Command, Option } from 'commander';
import type { Context } from './context.ts';

const DATE = ['--date <date>', 'a day, YYYY-MM-DD (UTC)'] as const;
const JSON_FLAG = ['--json', 'print one JSON object as the last line'] as const;

/** Every command and its options: the table of contents of the command line. Each command is loaded when it is run: to load them all takes a second of computing. */
export function createProgram(context: Context): Command {
  const program = new Command('paperboy')
    .description('Get trending papers in your email inbox.')
    .exitOverride()
    .showHelpAfterError('(add --help for what is possible)');
  const group = (name: string, description: string): Command => program.command(name).description(description);

  program
    .command('start')
    .description('run everything in one process, with what the environment does not name embedded')
    .action(async () => (await import('./serve.ts')).serve(context, ['api', 'worker', 'scheduler'], { alone: true }));
  for (const role of ['api', 'worker', 'scheduler'] as const) {
    program
      .command(role)
      .description(`run the ${role} alone`)
      .action(async () => (await import('./serve.ts')).serve(context, [role], { alone: false }));
  }
  program
    .command('migrate')
    .description('bring the database to the current schema')
    .action(async () => (await import('./migrate.ts')).migrateCommand(context));
  program
    .command('doctor')
    .description('check the configuration and everything it names')
    .action(async () => (await import('./doctor.ts')).doctor(context));
  program
    .command('ingest')
    .description('pull papers from the sources')
    .option('--source <name>', 'only this source')
    .option(...DATE)
    .action(async (options: { source?: string; date?: string }) =>
      (await import('./ingest.ts')).ingestCommand(context, options),
    );

  const edition = group('edition', 'the frozen list of a day');
  edition
    .command('build')
    .description('freeze the editions of a day')
    .requiredOption(...DATE)
    .action(async (o: { date: string }) => (await import('./edition.ts')).editionBuild(context, o));
  edition
    .command('show')
    .description('print an edition')
    .requiredOption(...DATE)
    .option('--topic <slug>', 'a topic', 'all')
    .option(...JSON_FLAG)
    .action(async (o: { date: string; topic: string; json?: boolean }) =>
      (await import('./edition.ts')).editionShow(context, o),
    );

  const digest = group('digest', 'what readers get');
  digest
    .command('preview')
    .description('write a digest as a reader would get it')
    .requiredOption(...DATE)
    .option('--topics <slugs>', 'topics, separated by commas')
    .addOption(new Option('--format <format>').choices(['html', 'text', 'eml']).default('html'))
    .option('--out <file>', 'write to a file')
    .action(async (o: { date: string; topics?: string; format: 'html' | 'text' | 'eml'; out?: string }) =>
      (await import('./digest-preview.ts')).digestPreview(context, o),
    );
  digest
    .command('send')
    .description('mail every active subscriber who has not had it, now; waits and prints the sums')
    .requiredOption(...DATE)
    .option('--to <email>', 'only this subscriber')
    .option(...JSON_FLAG)
    .action(async (o: { date: string; to?: string; json?: boolean }) =>
      (await import('./digest-send.ts')).digestSend(context, o),
    );
  digest
    .command('status')
    .description('print the sums of a digest')
    .requiredOption(...DATE)
    .option('--watch', 'show how far it is, once a second, until nothing is under way')
    .option(...JSON_FLAG)
    .action(async (o: { date: string; json?: boolean; watch?: boolean }) =>
      (await import('./digest-status.ts')).digestStatus(context, o),
    );

  digest
    .command('pause')
    .description('stop sending a digest, within a second')
    .requiredOption(...DATE)
    .action(async (o: { date: string }) => (await import('./digest-halt.ts')).digestPause(context, o));
  digest
    .command('resume')
    .description('go on with a paused digest')
    .requiredOption(...DATE)
    .action(async (o: { date: string }) => (await import('./digest-halt.ts')).digestResume(context, o));
  digest
    .command('cancel')
    .description('end a digest for good: who has not got it does not get it')
    .requiredOption(...DATE)
    .action(async (o: { date: string }) => (await import('./digest-halt.ts')).digestCancel(context, o));
  digest
    .command('unknown')
    .description(
      'count the deliveries of which nobody knows whether they arrived, by digest, and say what is to be done about them',
    )
    .option(...DATE)
    .addOption(new Option('--resend', 'send those of the date once more, with the same Message-ID').conflicts('close'))
    .option('--close', 'leave those of the date as they are, for good')
    .action(async (o: { date?: string; resend?: boolean; close?: boolean }) =>
      (await import('./digest-unknown.ts')).digestUnknown(context, o),
    );

  const dkim = group('dkim', 'the keys that sign the mail');
  dkim
    .command('generate')
    .description('make an RSA and an Ed25519 key, and print what to set and what to publish in the DNS')
    .option('--domain <domain>', 'the domain to sign for (default: DKIM_DOMAIN, or that of MAIL_FROM)')
    .option('--out <directory>', 'where to write the keys (default: dkim in the data directory)')
    .action(async (o: { domain?: string; out?: string }) => (await import('./dkim.ts')).dkimGenerate(context, o));

  const subscribers = group('subscribers', 'the readers');
  subscribers
    .command('import <file>')
    .description('add subscribers from a CSV file with the columns email,timezone,send_hour,frequency,topics')
    .option('--confirmed', 'you have their consent: they are active at once')
    .action(async (file: string, o: { confirmed?: boolean }) =>
      (await import('./subscribers.ts')).importCommand(context, file, o),
    );
  subscribers
    .command('export')
    .description('print all subscribers as CSV')
    .action(async () => (await import('./subscribers.ts')).exportSubscribers(context));
  subscribers
    .command('show <email>')
    .description('print what is stored about one, with the last 30 deliveries')
    .action(async (email: string) => (await import('./subscribers.ts')).showSubscriber(context, email));
  subscribers
    .command('erase <email>')
    .description('forget one for good')
    .action(async (email: string) => (await import('./subscribers.ts')).eraseSubscriber(context, email));
  return program;
}

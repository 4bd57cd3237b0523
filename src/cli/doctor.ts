import { ownShapingFile, requireShapingRules } from '../delivery/own-shaping.ts';
import { readBrandFile, readLogo } from '../brand/brand-file.ts';
import { checkTemplates } from '../editions/own-templates.ts';
import { AppError, codeOf } from '../errors.ts';
import { type Finding, findingsOf, type Group, headlineOf, worstFirst } from '../health/finding.ts';
import { type LookDeps, lookAbroad, lookFar, lookNear, lookOwn } from '../health/look.ts';
import { createSigner } from '../mail/dkim/signer.ts';
import { prepareRedis } from '../jobs/redis.ts';
import { requireOwnTopics } from '../papers/own-topics.ts';
import { openStore } from '../store.ts';
import { abroadDeps, lookDeps, requireLinksForReaders } from '../surroundings.ts';
import type { Context } from './context.ts';

/**
 * Tries everything the configuration names, looks at the health of what runs, and changes nothing.
 * Ends with exit code 1 when something is to mend.
 */
export async function doctor(context: Context, { json = false }: { json?: boolean } = {}): Promise<void> {
  const { print } = context;
  const signing = await readKeys(context);
  const findings = [...(await tryFiles(context)), ...signing.findings, ...(await look(context, signing.keys))];
  if (json) await print(JSON.stringify({ headline: headlineOf(findings), findings }));
  // The worst last, where it is read first.
  else for (const finding of worstFirst(findings).toReversed()) await print(asLine(finding));
  if (findings.some(({ verdict }) => verdict === 'mend'))
    throw new AppError(
      'CONFIG_INVALID',
      'Something above does not work yet. Mend the lines marked "mend" and run "paperboy doctor" again.',
    );
}

const asLine = ({ verdict, name, sentence, remedy }: Finding): string =>
  `${verdict}  ${name}: ${sentence}${remedy === null ? '' : ` ${remedy}`}`;

/** One part of the configuration that is tried by using it. */
async function attempt(check: string, [group, name]: [Group, string], work: () => Promise<string>): Promise<Finding> {
  const { well } = findingsOf(check, group, name);
  return work().then(well, (error: unknown) => failed(check, [group, name], error));
}

/** A database that waits for its migrations is not broken: the next start makes them. */
function failed(check: string, [group, name]: [Group, string], error: unknown): Finding {
  const { look: note, mend } = findingsOf(check, group, name);
  const sentence =
    error instanceof AppError ? error.message : `${name} cannot be used (${codeOf(error) ?? 'unknown'}).`;
  return codeOf(error) === 'DATABASE_OUTDATED'
    ? note(sentence, 'Nothing else of it was looked at.')
    : { ...mend(sentence, ''), remedy: null };
}

const tryFiles = ({ config }: Context): Promise<Finding[]> =>
  Promise.all([
    attempt('topics', ['settings', 'Topics'], async () => {
      const own = await requireOwnTopics(config.dataDir);
      return own.length === 0 ? 'Those that ship.' : `Those that ship and ${own.length} of your own.`;
    }),
    attempt('brand', ['settings', 'Brand'], async () => {
      const file = await readBrandFile(config.dataDir);
      if ('faults' in file) throw new AppError('CONFIG_INVALID', file.faults.join('\n'));
      const { logo } = file.part;
      const found = logo === undefined || logo === null ? null : await readLogo(config.dataDir, logo);
      if (found !== null && 'fault' in found) throw new AppError('CONFIG_INVALID', found.fault);
      const fields = Object.keys(file.part);
      return fields.length === 0 ? 'As the desk and the environment say.' : `Files name its ${fields.join(', ')}.`;
    }),
    attempt('templates', ['settings', 'Templates'], async () => {
      if (config.templatesDir === null) return 'Those that ship.';
      const { files, faults } = await checkTemplates(config.templatesDir);
      if (faults.length > 0) throw new AppError('CONFIG_INVALID', faults.join('\n'));
      return `Those that ship, and ${files.length} in TEMPLATES_DIR in the place of ours.`;
    }),
    attempt('shaping', ['settings', 'Shaping'], async () => {
      const rules = await requireShapingRules(config.dataDir);
      const own = rules.filter(({ source }) => source.startsWith(ownShapingFile(config.dataDir)));
      return own.length === 0 ? 'The rules that ship.' : `The rules that ship and ${own.length} of your own.`;
    }),
    attempt('links', ['settings', 'Links'], async () => {
      requireLinksForReaders(config);
      return `They lead to ${config.publicUrl}.`;
    }),
    attempt('queue', ['queue', 'Queue'], async () => {
      if (config.redisUrl === null) return 'It is in the database.';
      await prepareRedis(config.redisUrl);
      return 'The Redis in REDIS_URL answers.';
    }),
  ]);

/** Keys that cannot be used are a finding, and mail counts as unsigned. */
async function readKeys({ config, log }: Context): Promise<{ keys: LookDeps['signing']; findings: Finding[] }> {
  try {
    return { keys: await createSigner(config.dkim, log), findings: [] };
  } catch (error) {
    return { keys: null, findings: [failed('dkim-keys', ['dns', 'DKIM'], error)] };
  }
}

/** All looks where the database can be opened, else what can be seen without it. */
async function look({ config, log }: Context, signing: LookDeps['signing']): Promise<Finding[]> {
  const opening = openStore(config, log, { schema: 'read' });
  const fault = await opening.then(
    () => null,
    (error: unknown) => failed('database', ['storage', 'Database'], error),
  );
  if (fault) return [fault, ...(await lookAbroad(abroadDeps({ config, now: () => new Date() }, signing)))];
  await using store = await opening;
  const deps = lookDeps(store, { signing, waiting: null });
  return (await Promise.all([lookNear(deps), lookFar(deps), lookOwn(deps)])).flat();
}

import { type AuditCounts, auditCounts } from '../db/audit.ts';
import { brakesOn } from '../db/brakes.ts';
import { snapshot } from '../db/client.ts';
import { digestState, type DigestSums, digestSums } from '../db/digests.ts';
import { AppError } from '../errors.ts';
import { openStore } from '../store.ts';
import { day } from './arguments.ts';
import type { Context } from './context.ts';

/** What does not add up, each with what to do. */
const FAULTS: readonly [keyof AuditCounts, string][] = [
  ['withoutReader', 'deliveries belong to no reader that there is: rows were deleted from outside'],
  ['withoutBatch', 'deliveries belong to no batch of this digest: rows were deleted from outside'],
  ['forgotten', 'deliveries wait in a batch that is done: "paperboy digest resume" asks for them again'],
  ['withoutPapers', 'accepted digests do not say what they held: they were sent before that was written down'],
  ['unsettled', 'deliveries count as unknown though something came back of them: they had arrived'],
  ['withoutDelivery', 'things came back of deliveries that there are not: rows were deleted from outside'],
  ['neverSent', 'bounces or complaints came back of deliveries that were skipped before anything was sent'],
  ['unheard', 'refusals of unknown readers were not kept: the next digest finds out again'],
];
/** From before selections were kept, which is no fault of the ledger's. */
const HARMLESS = new Set<keyof AuditCounts>(['withoutPapers', 'unheard']);

/**
 * Proves one day's sums: what was frozen is what became of it, and what was accepted is kept, came
 * back, or was complained about. Names what does not add up, and fails then.
 */
export async function audit(
  { config, log, signal, print }: Context,
  options: { date: string; json?: boolean },
): Promise<void> {
  const date = day(options.date);
  await using store = await openStore(config, log, { schema: 'read', signal });
  // All of one moment: what goes out or comes back between two counts would be a fault of none.
  const audited = await snapshot(store.db, async (tx) =>
    (await digestState(tx, date)) === null
      ? null
      : { sums: await digestSums(tx, date), counts: await auditCounts(tx, date), brakes: await brakesOn(tx, date) },
  );
  if (audited === null) throw new AppError('NOT_FOUND', `There is no digest of ${date}: nothing was frozen for it.`);
  const { sums, counts, brakes } = audited;
  const faults = faultsOf(sums, counts);
  if (options.json) await print(JSON.stringify({ ...sums, ...counts, balances: faults.length === 0, faults }));
  else {
    const { frozen, accepted, deferred, rejected, unknown, skipped, pending } = sums;
    await print(
      `${frozen} frozen = ${accepted} accepted + ${deferred} deferred + ${rejected} rejected + ${unknown} unknown + ` +
        `${skipped} skipped + ${pending} pending.`,
    );
    await print(
      `${accepted} accepted = ${counts.kept} kept + ${counts.bounced} bounced + ${counts.complained} complained.`,
    );
    for (const { domain, unknown: told, frozen: of } of brakes)
      await print(`The brake is on${domain === '' ? '' : ` for ${domain}`}: ${told} of ${of} were refused as unknown.`);
    for (const [name, words] of FAULTS) if (counts[name] > 0) await print(`${counts[name]} ${words}.`);
  }
  if (faults.length > 0)
    throw new AppError('INPUT_INVALID', `The digest of ${date} does not add up: ${faults.join('; ')}.`);
}

/** Pure. */
export function faultsOf(sums: DigestSums, counts: AuditCounts): string[] {
  const { frozen, accepted, deferred, rejected, unknown, skipped, pending } = sums;
  const faults = FAULTS.filter(([name]) => !HARMLESS.has(name) && counts[name] > 0).map(
    ([name, words]) => `${counts[name]} ${words}`,
  );
  const ended = accepted + deferred + rejected + unknown + skipped + pending;
  if (frozen !== ended) faults.push(`${frozen} were frozen and ${ended} are accounted for`);
  const back = counts.kept + counts.bounced + counts.complained;
  if (accepted !== back) faults.push(`${accepted} were accepted and ${back} are accounted for`);
  return faults;
}

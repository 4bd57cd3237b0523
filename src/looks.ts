import { createHash } from 'node:crypto';
import path from 'node:path';
import {
  type BrandChange,
  type BrandOrigins,
  brandOf,
  type BrandPart,
  changedFields,
  faultsOfBrand,
} from './brand/brand.ts';
import { readBrandFile, readLogo } from './brand/brand-file.ts';
import { DEFAULT_LOOK, type Look, type Logo } from './brand/look.ts';
import type { Config } from './config.ts';
import { type Db, transaction, type Tx } from './db/client.ts';
import { lockSetting, readSetting, saveSetting } from './db/settings.ts';
import { type Actor, recordDeed } from './db/trail.ts';
import type { OwnTemplatesInForce } from './editions/own-templates.ts';
import { AppError, codeOf } from './errors.ts';
import type { Logger } from './telemetry.ts';

/** The name under which the desk's part of the brand is saved. */
const SETTING = 'brand';

/** The look in force, and where it is from. */
export interface Looks {
  /** The same object until something changes. */
  look(): Look;
  /** Where each field of the brand is from: the desk cannot change what is fixed elsewhere. */
  origins(): BrandOrigins;
  /** What is wrong with brand.json, the logo and what was saved, one sentence each. */
  brandFaults(): readonly string[];
  /** What is wrong with the operator's templates: file, line, and what. */
  templateFaults(): readonly string[];
  /** Looks whether anything was changed since, at the desk or in a file. */
  refresh(): Promise<void>;
}

type LooksConfig = Pick<Config, 'dataDir' | 'siteName' | 'mailFrom' | 'templatesDir'>;

/**
 * Reads everything a look is made of; what is broken is warned about, and left as it was before.
 * Without a database the desk says nothing of it.
 */
export async function openLooks(db: Db | null, config: LooksConfig, log: Logger): Promise<Looks> {
  const { dataDir, templatesDir } = config;
  const templates =
    templatesDir === null ? NO_TEMPLATES : await ownTemplates(templatesDir, path.join(dataDir, 'layouts'));
  let parts: { file: BrandPart; desk: BrandPart } = { file: {}, desk: {} };
  let look: Look = DEFAULT_LOOK;
  let { origins } = brandOf({});
  let brandFaults: string[] = [];
  let inUse: string[] = [];
  const told = new Set<string>();

  const tell = (fault: string): void => {
    if (!inUse.includes(fault)) inUse = [...inUse, fault];
    warnOnce(fault);
  };
  const warnOnce = (fault: string): void => {
    if (told.has(fault)) return;
    told.add(fault);
    log.warn(fault);
  };

  async function lookAgain(): Promise<void> {
    const faults: string[] = [];
    const file = await readBrandFile(dataDir);
    if ('faults' in file) faults.push(...file.faults.map((fault) => `${fault} Until then it stays as it was.`));
    else parts = { ...parts, file: file.part };
    try {
      const saved = db && (await readSetting(db, SETTING));
      parts = { ...parts, desk: soundPart(saved) };
      if (saved !== null) faults.push(...faultsOfBrand(saved).map((fault) => `At the desk, ${fault}: it is left out.`));
    } catch (error) {
      log.debug({ code: codeOf(error) }, 'Cannot ask what the desk saved of the brand: it stays as it was');
    }
    const { mailFrom, siteName } = config;
    const made = brandOf({
      MAIL_FROM: mailFrom.name === null ? {} : soundPart({ name: mailFrom.name }),
      ...parts,
      SITE_NAME: siteName === null ? {} : { name: siteName },
    });
    const logo = made.brand.logo === null ? null : await readLogo(dataDir, made.brand.logo);
    if (logo !== null && 'fault' in logo) faults.push(logo.fault);
    await templates.refresh();
    const next: Omit<Look, 'version' | 'tell'> = {
      brand: made.brand,
      logo: logo !== null && 'fault' in logo ? null : logo,
      ...templates.current(),
    };
    const version = versionOf(next);
    if (version !== look.version) {
      look = { ...next, version, tell };
      inUse = [];
    }
    origins = made.origins;
    brandFaults = faults;
    for (const fault of [...brandFaults, ...templates.faults()]) warnOnce(fault);
    for (const fault of told)
      if (![...brandFaults, ...templates.faults(), ...inUse].includes(fault)) told.delete(fault);
  }

  // One after the other: of two at once the older could have the last word.
  let running = Promise.resolve();
  const refresh = (): Promise<void> => (running = running.then(lookAgain, lookAgain));
  await refresh();
  return {
    look: () => look,
    origins: () => origins,
    brandFaults: () => brandFaults,
    templateFaults: () => [...templates.faults(), ...inUse],
    refresh,
  };
}

/** Loaded where there are some: trying them out needs all that makes mail. */
const ownTemplates = async (dir: string, cacheDir: string): Promise<OwnTemplatesInForce> =>
  (await import('./editions/own-templates.ts')).createOwnTemplates(dir, cacheDir);

const NO_TEMPLATES: OwnTemplatesInForce = {
  current: () => ({ layouts: {}, pages: {}, assets: {} }),
  faults: () => [],
  refresh: async () => {},
};

/** What another version of the program saved may not be sound any more: the rest of it still holds. */
const soundPart = (saved: unknown): BrandPart =>
  Object.fromEntries(
    Object.entries(saved ?? {}).filter(([field, value]) => faultsOfBrand({ [field]: value }).length === 0),
  );

const versionOf = ({ logo, ...look }: { logo: Logo | null }): string =>
  createHash('sha256')
    .update(JSON.stringify({ ...look, logo: logo?.href ?? null }))
    .digest('hex')
    .slice(0, 16);

/** What the desk saved of the brand. */
export const savedBrand = async (db: Tx): Promise<BrandPart> => soundPart(await readSetting(db, SETTING));

/**
 * Saves what the desk says of the brand, in the place of all that it said before, and writes down
 * who did; what it leaves out is not the desk's to say. One change waits for another, and a function
 * is handed what that one saved. Every process takes it up within a minute.
 */
export async function saveBrand(
  { db, now }: { db: Db; now: () => Date },
  { part: change, by }: { part: BrandChange; by: Actor },
): Promise<void> {
  await transaction(db, async (tx) => {
    await lockSetting(tx, SETTING);
    const saved = await savedBrand(tx);
    const part = typeof change === 'function' ? change(saved) : change;
    const faults = faultsOfBrand(part);
    if (faults.length > 0)
      throw new AppError('INPUT_INVALID', faults.map((fault) => `Cannot save: ${fault}.`).join('\n'));
    const words = changedFields(saved, part).join(', ') || 'nothing changed';
    await saveSetting(tx, { name: SETTING, value: part, by: by.who, now: now() });
    const did = Object.keys(part).length === 0 ? 'brand.reset' : 'brand.save';
    await recordDeed(tx, by, { at: now(), did, about: 'brand', words });
  });
}

/** How often each process looks for a change: a change is in force everywhere within a minute. */
const REFRESH_MS = 15_000;

/** Looks for changes again and again until it is disposed of. */
export function keepLooks(looks: Pick<Looks, 'refresh'>, log: Logger, everyMs = REFRESH_MS): Disposable {
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    looks
      .refresh()
      .catch((error: unknown) =>
        log.warn({ code: codeOf(error) }, 'Cannot look for changes of the brand, the templates and the topics'),
      )
      .finally(() => (isBusy = false));
  }, everyMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

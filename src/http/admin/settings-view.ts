import {
  type Brand,
  BRAND_FIELDS,
  type BrandField,
  type BrandOrigin,
  type BrandOrigins,
  type BrandPart,
  faultsOfBrand,
  isFixed,
  leastContrast,
  textOfValue,
  typedValue,
} from '../../brand/brand.ts';
import type { Look } from '../../brand/look.ts';
import { DATE_STYLES } from '../../words/dates.ts';
import { LANGUAGES } from '../../words/languages.ts';
import { wordsOf } from '../../words/words.ts';
import type { Config } from '../../config.ts';
import { capitalised, counted, listed } from '../../figures.ts';

export interface SettingsFacts {
  look: Look;
  origins: BrandOrigins;
  /** What the desk has saved, and what was typed and refused. */
  saved: BrandPart;
  typed: Readonly<Partial<Record<BrandField, string>>> | null;
  brandFaults: readonly string[];
  templateFaults: readonly string[];
  config: Pick<Config, 'dataDir' | 'templatesDir' | 'alertTo' | 'alertMorning'>;
}

export interface FieldView {
  name: BrandField;
  label: string;
  /** What was saved or typed; empty: another place says it. */
  value: string;
  isLong: boolean;
  /** What can be chosen; `null`: it is typed. */
  options: OptionView[] | null;
  /** Whether several of them can be. */
  isMany: boolean;
  hint: string;
  problem: string | null;
  /** Which place fixes it, and so that it is only told. */
  fixed: string | null;
  colour: string | null;
}

interface OptionView {
  value: string;
  label: string;
  chosen: boolean;
}

export interface SettingsView {
  sentence: string;
  problem: string | null;
  fields: FieldView[];
  faults: readonly string[];
  canReset: boolean;
  templates: { says: string; files: string[]; faults: readonly string[] };
  alerts: { says: string; canTest: boolean };
}

const FIELDS: Readonly<Record<BrandField, { label: string; about: string; isLong?: boolean }>> = {
  name: { label: 'Name', about: 'What the newspaper is called, in mail, on the site, in feeds and the API.' },
  tagline: { label: 'Tagline', about: 'What it is, in a few words.' },
  accent: { label: 'Accent', about: 'The one colour of links and buttons, by day.' },
  accentDark: { label: 'Accent in the dark', about: 'The same on dark paper. Left empty it follows the other.' },
  logo: { label: 'Logo', about: 'The name of a PNG, JPEG or SVG file in the data directory.' },
  language: { label: 'Language', about: 'What site and mail are in.' },
  languages: { label: 'Languages', about: 'Which others readers may choose.' },
  dateStyle: { label: 'Dates', about: 'How site and mail write days.' },
  footer: { label: 'Footer', about: 'A line at the foot of site and mail.' },
  replyTo: { label: 'Reply-to', about: 'Where answers to mail go.' },
  contact: { label: 'Contact', about: 'Whom readers can write to.' },
  imprint: { label: 'Imprint', about: 'A page in Markdown, at /imprint.', isLong: true },
  privacy: { label: 'Privacy', about: 'A page in Markdown, at /privacy.', isLong: true },
};

const TONGUES = LANGUAGES.map(({ tag, name, isPseudo = false }) => ({ value: tag, label: name, isOffered: !isPseudo }));
/** A day that no style writes as another does. */
const A_DAY = '2026-09-22';
const CHOICES: Readonly<Partial<Record<BrandField, readonly { value: string; label: string; isOffered: boolean }[]>>> =
  {
    language: TONGUES,
    languages: TONGUES,
    dateStyle: DATE_STYLES.map((style) => ({
      value: style,
      label: wordsOf(null, style).date('full', A_DAY),
      isOffered: true,
    })),
  };

/** What can be chosen of a field; a pseudo-language is there where one was saved. */
function optionsOf(name: BrandField, value: string): OptionView[] | null {
  const chosen = new Set([typedValue(name, value)].flat());
  const choices = CHOICES[name]?.filter((one) => one.isOffered || chosen.has(one.value));
  return choices?.map((one) => ({ value: one.value, label: one.label, chosen: chosen.has(one.value) })) ?? null;
}

export function settingsView(facts: SettingsFacts): SettingsView {
  const { look, saved, typed, brandFaults, config } = facts;
  const fields = BRAND_FIELDS.map((name) => fieldView(name, facts));
  const refused = fields.filter(({ problem }) => problem !== null);
  return {
    sentence: `It is called ${look.brand.name}.`,
    problem:
      typed === null
        ? null
        : `Nothing was saved: ${counted(refused.length, 'field')} cannot be used, ${listed(refused.map(({ label }) => label))}.`,
    fields,
    faults: brandFaults,
    canReset: Object.keys(saved).length > 0,
    templates: templatesView(facts),
    alerts: {
      says:
        config.alertTo === null
          ? 'Faults are told to no one by mail: set ALERT_TO to your address, and start Paperboy again.'
          : `What is to mend is told to ${config.alertTo}, each cause once a day and once when it is over.${morningWords(config.alertMorning)}`,
      canTest: config.alertTo !== null,
    },
  };
}

function fieldView(name: BrandField, { look, origins, saved, typed, config }: SettingsFacts): FieldView {
  const { label, about, isLong = false } = FIELDS[name];
  const origin = origins[name];
  const value = typed?.[name] ?? textOfValue(saved[name]);
  const inForce = textOfValue(look.brand[name]);
  const colour = name === 'accent' || name === 'accentDark' ? look.brand[name] : null;
  return {
    name,
    label,
    value: isFixed(origin) ? shortly(inForce) : value,
    isLong,
    options: optionsOf(name, value),
    isMany: name === 'languages',
    hint: [about, nowWords(name, look.brand, origin), colour && contrastWords(name as 'accent', colour)]
      .filter(Boolean)
      .join(' '),
    problem: isFixed(origin) || value === '' ? null : problemOf(name, value),
    fixed: isFixed(origin) ? fixedWords(name, origin, config.dataDir) : null,
    colour,
  };
}

const MOST_SHOWN = 200;
const shortly = (text: string): string => (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text);

/** What stands there as long as the field is empty. */
function nowWords(name: BrandField, brand: Brand, origin: BrandOrigin): string | null {
  if (origin === 'desk' || isFixed(origin) || textOfValue(brand[name]) === '') return null;
  return `Now ${labelOf(name, textOfValue(brand[name]))}, ${origin === 'MAIL_FROM' ? 'from MAIL_FROM' : 'which ships'}.`;
}

/** What can be chosen is told by the name that it has in the list. */
const labelOf = (name: BrandField, value: string): string =>
  CHOICES[name]?.find((one) => one.value === value)?.label ?? value;

function contrastWords(name: 'accent' | 'accentDark', colour: string): string {
  const { what, ratio } = leastContrast(name, colour);
  return `Its least contrast is ${ratio}:1, with ${what}; 4.5:1 is needed.`;
}

function problemOf(name: BrandField, value: string): string | null {
  const [fault] = faultsOfBrand({ [name]: typedValue(name, value) });
  return fault === undefined ? null : `${fault.replace(`"${name}"`, 'It')}.`;
}

function fixedWords(name: BrandField, origin: BrandOrigin, dataDir: string): string {
  if (origin === 'SITE_NAME') return 'Fixed by SITE_NAME in the environment.';
  const files = name === 'imprint' || name === 'privacy' ? `brand.json or ${name}.md` : 'brand.json';
  return `Fixed by ${files} in ${dataDir}: change it there.`;
}

/** What the form says, as the desk's part of the brand; empty fields are not the desk's to say. */
export function partOf(typed: NonNullable<SettingsFacts['typed']>, origins: BrandOrigins): BrandPart {
  const said = BRAND_FIELDS.filter((name) => !isFixed(origins[name]) && (typed[name] ?? '') !== '');
  return Object.fromEntries(said.map((name) => [name, typedValue(name, typed[name]!)]));
}

function templatesView({ look, config, templateFaults }: SettingsFacts): SettingsView['templates'] {
  const files = [
    ...Object.keys(look.layouts).map((name) => `mail/${name}.mjml`),
    ...Object.keys(look.pages).map((name) => `pages/${name}.eta`),
    ...Object.keys(look.assets).map((name) => `assets/${name}`),
  ];
  const says =
    config.templatesDir === null
      ? 'Those that ship are in force. “paperboy templates eject” copies them where you can change them, and TEMPLATES_DIR names that place.'
      : `${capitalised(counted(files.length, 'file'))} in ${config.templatesDir} ${files.length === 1 ? 'takes' : 'take'} the place of ours. A change is taken up within a minute.`;
  return { says, files, faults: templateFaults };
}

function morningWords(minutes: number | null): string {
  if (minutes === null) return '';
  const hour = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return ` A note comes each morning at ${hour} UTC.`;
}

/** How a day or moment is written: with its weekday and year, without one of them, or in little room. */
const DATE_FORMS = {
  full: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  weekday: { weekday: 'long', day: 'numeric', month: 'long' },
  day: { day: 'numeric', month: 'long', year: 'numeric' },
  short: { day: 'numeric', month: 'long' },
  brief: { weekday: 'short', day: 'numeric', month: 'short' },
  least: { day: 'numeric', month: 'short' },
  month: { month: 'long', year: 'numeric' },
  name: { weekday: 'long' },
  nameBrief: { weekday: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;
export type DateForm = keyof typeof DATE_FORMS;

/** How the newspaper writes days: with the weekday, without it, with months in short, or as 2026-05-22. */
export const DATE_STYLES = ['full', 'long', 'medium', 'iso'] as const;
export type DateStyle = (typeof DATE_STYLES)[number];

const dateOf = (moment: Date | string): Date => (typeof moment === 'string' ? new Date(`${moment}T00:00:00Z`) : moment);

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format takes longer than all that is done with it. */
function dateFormat(locale: string, form: DateForm, style: DateStyle, timeZone: string): Intl.DateTimeFormat {
  const key = `${locale} ${form} ${style} ${timeZone}`;
  const parts = { ...partsIn(style, DATE_FORMS[form]), timeZone };
  // Sweden writes days as ISO 8601 does.
  const isPlain = style === 'iso' && 'month' in parts;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(isPlain ? 'sv-SE' : locale, parts);
  if (timeZone === 'UTC') formats.set(key, format);
  return format;
}

/** What of a date is written in a style. The name of a weekday alone is one in every style. */
function partsIn(style: DateStyle, form: Intl.DateTimeFormatOptions): Intl.DateTimeFormatOptions {
  if (style === 'full' || form.month === undefined) return form;
  const { weekday: _, ...parts } = form;
  if (style === 'long') return parts;
  if (style === 'medium') return { ...parts, month: 'short' };
  return { year: 'numeric', month: '2-digit', ...(parts.day !== undefined && { day: '2-digit' }) };
}

/** "12–18 May" */
export function daysIn(locale: string, style: DateStyle, form: DateForm, from: string, until: string): string {
  const format = dateFormat(locale, form, style, 'UTC');
  if (style === 'iso') return `${format.format(dateOf(from))} – ${format.format(dateOf(until))}`;
  return format.formatRange(dateOf(from), dateOf(until)).replaceAll('\u2009', ' ');
}

/**
 * What newspapers do otherwise than ICU: in English "Friday 22 May" has no comma where no year
 * follows, and in French the first of a month is "1er".
 */
function asPrinted(locale: string, date: string): string {
  const plain = date.replace(/^(\p{L}+), (\d+ \p{L}+)$/u, '$1 $2');
  return locale === 'fr-FR' ? plain.replace(/(?<!\d)1(?= \p{L})/u, '1er') : plain;
}

/** A day or moment as the newspaper writes it in a language. */
export const dateIn = (
  locale: string,
  style: DateStyle,
  form: DateForm,
  moment: Date | string,
  timeZone: string,
): string => asPrinted(locale, dateFormat(locale, form, style, timeZone).format(dateOf(moment)));

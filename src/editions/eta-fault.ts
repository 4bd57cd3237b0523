import { Script } from 'node:vm';
import { Eta } from 'eta';
import type { TemplateFault } from './layout.ts';
import { MAIL_FUNCTIONS } from './template.ts';

const escapeOf = new Eta().config.escapeFunction;

/** Keeps count of lines, so that what goes wrong can be told where. */
export const tracing = new Eta({
  autoEscape: true,
  autoTrim: false,
  debug: true,
  functionHeader: MAIL_FUNCTIONS,
  escapeFunction: (value) => {
    if (value === undefined) throw new TypeError('it shows a value that there is not: is a name in it misspelt?');
    return escapeOf(value);
  },
});

/** What is wrong with the tags of a template, before it is used. */
export function faultsOfEta(text: string): TemplateFault[] {
  let code: string;
  try {
    code = tracing.compileToString(text);
  } catch (error) {
    const { message } = error as Error;
    const [, what = 'a tag is broken', line] = /^(.*?) at line (\d+)/.exec(message) ?? [];
    return [{ line: line === undefined ? null : Number(line), what: `${what}: every <% needs its %>` }];
  }
  return faultOfCode(code);
}

/** The code of a template counts its lines itself, so the last count before a mistake is its line. */
function faultOfCode(code: string): TemplateFault[] {
  const filename = 'template';
  try {
    new Script(`(function (it, options) {\n${code}\n})`, { filename });
    return [];
  } catch (error) {
    const { stack = '', message } = error as Error;
    const at = Number(new RegExp(`^${filename}:(\\d+)`).exec(stack)?.[1] ?? 0);
    const before = code
      .split('\n')
      .slice(0, Math.max(0, at - 1))
      .join('\n');
    const line = [...before.matchAll(/__eta\.line=(\d+)/g)].at(-1)?.[1];
    return [{ line: line === undefined ? null : Number(line), what: `the code in its tags is broken (${message})` }];
  }
}

/** What went wrong while a template was used, and the number and the text of its line there. */
export function whereEtaFailed(error: unknown): { what: string; line: number | null; text: string } {
  const { message, cause } = error as Error;
  const [, line, text = ''] = />> (\d+)\| ?(.*)/.exec(message) ?? [];
  const what = cause instanceof Error ? cause.message : message;
  return { what, line: line === undefined ? null : Number(line), text };
}

/**
 * Finds in the source of a mail template what failed after MJML laid it out, where lines are others:
 * by the tag of the failing line that the source has least often.
 */
export function faultOf(error: unknown, source: string): TemplateFault {
  const { what, text } = whereEtaFailed(error);
  const tags = [...text.matchAll(/<%[^]*?%>/g)].map(([tag]) => ({ tag, times: source.split(tag).length - 1 }));
  const [rarest] = tags.filter(({ times }) => times > 0).toSorted((a, b) => a.times - b.times);
  if (rarest === undefined) return { line: null, what };
  return { line: source.slice(0, source.indexOf(rarest.tag)).split('\n').length, what };
}

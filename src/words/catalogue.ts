import { FluentResource } from '@fluent/bundle';

/** What a message of a catalogue needs. */
export interface MessageShape {
  /** Its arguments; `number`: a plural form or a number's form hangs on it. */
  args: ReadonlyMap<string, 'number' | 'text'>;
  /** Its tags, as `link` of `<link>…</link>`. */
  tags: ReadonlySet<string>;
}

type Element = FluentResource['body'][number]['value'];

/** The messages of a catalogue by their names, each with what it needs. */
export function shapesOf(source: string): Map<string, MessageShape> {
  return new Map(new FluentResource(source).body.map(({ id, value }) => [id, shapeOf(value)]));
}

function shapeOf(value: Element): MessageShape {
  const args = new Map<string, 'number' | 'text'>();
  const tags = new Set<string>();
  const take = (name: string, kind: 'number' | 'text'): unknown =>
    args.get(name) === 'number' ? undefined : args.set(name, kind);
  const read = (part: unknown, kind: 'number' | 'text' = 'text'): void => {
    if (typeof part === 'string') for (const [, tag] of part.matchAll(/<(\w+)>/g)) tags.add(tag!);
    if (Array.isArray(part)) for (const one of part) read(one);
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return;
    const element = part as { type: string; name: string; selector: unknown; args: unknown[]; variants: Variant[] };
    if (element.type === 'var') take(element.name, kind);
    if (element.type === 'func') for (const one of element.args) read(one, 'number');
    if (element.type !== 'select') return;
    read(element.selector, element.variants.some(({ key }) => isOfNumber(key)) ? 'number' : 'text');
    for (const variant of element.variants) read(variant.value);
  };
  read(value);
  return { args, tags };
}

interface Variant {
  key: { type: string; value: string | number };
  value: unknown;
}

const PLURALS = new Set(['zero', 'one', 'two', 'few', 'many']);
const isOfNumber = ({ type, value }: Variant['key']): boolean => type === 'num' || PLURALS.has(String(value));

/** The types of all messages, as src/words/messages.ts holds them. */
export function messageTypes(source: string): string {
  const lines = [...shapesOf(source)].map(([name, { args }]) => {
    const fields = [...args].map(([arg, kind]) => `${arg}: ${kind === 'number' ? 'number' : 'string | number'}`);
    return `'${name}': ${fields.length === 0 ? 'null' : `{ ${fields.join('; ')} }`};`;
  });
  return `// Made by "npm run words" from locales/en.ftl.\n\nexport interface Messages {\n${lines.join('\n')}\n}\n`;
}

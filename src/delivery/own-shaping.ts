import path from 'node:path';
import type { Static } from 'typebox';
import { AppError } from '../errors.ts';
import { withTypebox } from '../lazy-typebox.ts';
import { parseOwnList, readOwnFile } from '../own-list.ts';
import { SHAPING_RULES, type ShapingRule } from './shaping-rules.ts';

const checks = withTypebox(({ Type, Value }) => {
  const MOST = Type.Integer({ minimum: 1, maximum: 1_000_000 });
  const Names = Type.Array(Type.String({ minLength: 1, maxLength: 253 }), { maxItems: 500 });
  const schema = Type.Object(
    {
      host: Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 60 }),
      mx: Type.Optional(Names),
      domains: Type.Optional(Names),
      submission: Type.Optional(Names),
      messagesPerConnection: Type.Optional(MOST),
      connections: Type.Optional(MOST),
      messagesPerMinute: Type.Optional(MOST),
      slowDown: Type.Optional(
        Type.Array(
          Type.Object(
            {
              says: Type.String({ minLength: 3, maxLength: 200 }),
              minutes: Type.Integer({ minimum: 1, maximum: 1440 }),
            },
            { additionalProperties: false },
          ),
          { maxItems: 100 },
        ),
      ),
    },
    { additionalProperties: false },
  );
  return { schema, check: Value.Check };
});
type OwnRule = Static<ReturnType<typeof checks>['schema']>;

const SHOULD_BE: Readonly<Record<keyof OwnRule, string>> = {
  host: 'a name of lower-case letters, digits and single hyphens, at most 60',
  mx: 'a list of endings of MX names such as ".google.com"',
  domains: 'a list of domains such as "gmail.com"',
  submission: 'a list of host names such as "smtp.example.com"',
  messagesPerConnection: 'a whole number from 1',
  connections: 'a whole number from 1',
  messagesPerMinute: 'a whole number from 1',
  slowDown: 'a list of {"says": words of a reply, "minutes": 1 to 1440}',
};

export const ownShapingFile = (dataDir: string): string => path.join(dataDir, 'shaping.json');

/** The operator's rules, or what is wrong with the file, one sentence for each fault. */
interface OwnShaping {
  rules: ShapingRule[];
  faults: string[];
}

/** What PAPERBOY_DATA/shaping.json says; without a file there are no rules but those that ship. */
async function readOwnShaping(dataDir: string): Promise<OwnShaping> {
  const file = ownShapingFile(dataDir);
  const found = await readOwnFile(file);
  if (found === null) return { rules: [], faults: [] };
  return 'fault' in found ? { rules: [], faults: [found.fault] } : parseOwnShaping(found.text, file);
}

/** Reads the text of the file. One fault makes all of it void, so that no half of it is in force. */
export function parseOwnShaping(text: string, file: string): OwnShaping {
  const list = parseOwnList(text, file, 'rules');
  if ('fault' in list) return { rules: [], faults: [list.fault] };
  const { entries } = list;
  const faults = entries.flatMap((entry, i) =>
    faultsOf(entry, entries.slice(0, i)).map((fault) => `${file}, rule ${i + 1}: ${fault}.`),
  );
  return { rules: faults.length > 0 ? [] : (entries as OwnRule[]).map((own) => inForce(own, file)), faults };
}

const isObject = (entry: unknown): entry is Record<string, unknown> =>
  typeof entry === 'object' && entry !== null && !Array.isArray(entry);

function faultsOf(entry: unknown, before: readonly unknown[]): string[] {
  if (!isObject(entry)) return ['make it an object, {"host": …}'];
  const fields = Object.keys(SHOULD_BE) as (keyof OwnRule)[];
  const unknown = Object.keys(entry).filter((field) => !Object.hasOwn(SHOULD_BE, field));
  const faults = [
    ...unknown.map((field) => `there is no field "${field.slice(0, 60)}", only ${fields.join(', ')}`),
    ...fields.filter((field) => !isRight(entry, field)).map((field) => `"${field}" must be ${SHOULD_BE[field]}`),
  ];
  return faults.length > 0 ? faults : faultsOfWhole(entry as OwnRule, before);
}

function isRight(entry: Record<string, unknown>, field: keyof OwnRule): boolean {
  if (entry[field] === undefined) return field !== 'host';
  const { schema, check } = checks();
  return check(schema.properties[field], entry[field]);
}

function faultsOfWhole({ host, mx = [], domains = [], submission = [] }: OwnRule, before: readonly unknown[]) {
  const isNew = !SHAPING_RULES.some((shipped) => shipped.host === host);
  return [
    ...(before.some((other) => isObject(other) && other.host === host) ? ['an earlier rule has the same "host"'] : []),
    ...(isNew && mx.length + domains.length + submission.length === 0
      ? ['give it "mx", "domains" or "submission", or it holds for no mail']
      : []),
  ];
}

/** A rule of a name that ships changes only what it names; of another name it stands alone. */
function inForce({ slowDown, ...own }: OwnRule, file: string): ShapingRule {
  const shipped = SHAPING_RULES.find(({ host }) => host === own.host);
  return {
    mx: [],
    domains: [],
    submission: [],
    messagesPerConnection: null,
    connections: null,
    messagesPerMinute: null,
    slowDown: [],
    ...shipped,
    ...own,
    ...(slowDown && { slowDown: slowDown.map(({ says, minutes }) => ({ says: says.toLowerCase(), minutes })) }),
    source: shipped ? `${file}; what it does not name: ${shipped.source}` : file,
  };
}

/** The operator's rules before those that ship; one of the same name takes its place. */
const rulesInForce = (own: readonly ShapingRule[]): ShapingRule[] => [
  ...own,
  ...SHAPING_RULES.filter(({ host }) => !own.some((other) => other.host === host)),
];

/** The rules in force. A broken file is refused: limits that do not hold cost a sender its name. */
export async function requireShapingRules(dataDir: string): Promise<ShapingRule[]> {
  const { rules, faults } = await readOwnShaping(dataDir);
  if (faults.length > 0) throw new AppError('CONFIG_INVALID', faults.join('\n'));
  return rulesInForce(rules);
}

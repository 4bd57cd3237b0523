/**
 * One import of one file: of a package (`pg`), a part of Node (`node:fs`) or another file, by its
 * path below src.
 */
export interface Import {
  from: string;
  to: string;
  kind: 'value' | 'type' | 'dynamic';
  names: string[];
}

const STATIC = /^(?:import|export)\s+(?:(type\s+)?([^'"`;]*?)\s*\bfrom\s*)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]/g;

/**
 * Reads the imports of a file. Type-only ones vanish when Node runs the file, so rules treat them
 * apart.
 */
export function importsOf(from: string, source: string): Import[] {
  const code = source.replace(/\/\*[^]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const statics = [...code.matchAll(STATIC)].map(([, type, clause = '', target = '']): Import => {
    const members =
      /\{([^}]*)\}/
        .exec(clause)?.[1]
        ?.split(',')
        .map((name) => name.trim())
        .filter(Boolean) ?? [];
    const typeOnly =
      type !== undefined ||
      (clause.startsWith('{') && members.length > 0 && members.every((name) => name.startsWith('type ')));
    return {
      from,
      to: resolve(from, target),
      kind: typeOnly ? 'type' : 'value',
      names: members.filter((name) => !name.startsWith('type ')),
    };
  });
  const dynamics = [...code.matchAll(DYNAMIC)].map(([, target = '']): Import => ({
    from,
    to: resolve(from, target),
    kind: 'dynamic',
    names: [],
  }));
  return [...statics, ...dynamics];
}

const resolve = (from: string, target: string): string =>
  target.startsWith('.') ? new URL(target, `file:///${from}`).pathname.slice(1) : target;

/**
 * From the top down: a file imports what stands lower, and what stands in its own room. Rooms side
 * by side do not know each other.
 */
const LAYERS: readonly (readonly string[])[] = [
  ['paperboy'],
  ['main'],
  ['cli'],
  ['runtime'],
  ['site'],
  ['listen'],
  ['reader-actions'],
  ['engine'],
  ['surroundings'],
  ['store'],
  ['looks'],
  ['http', 'jobs'],
  ['health'],
  ['delivery', 'feedback', 'smtp', 'backup', 'hooks'],
  ['editions', 'subscribers'],
  ['ranking', 'papers'],
  ['db', 'announcement'],
  ['search'],
  ['mail', 'tex', 'paper', 'subscriber', 'day', 'hook-events', 'api-key'],
  ['config'],
  ['brand'],
  ['words'],
  ['own-list', 'seal'],
  ['tracing'],
  ['telemetry', 'metrics'],
  [
    'errors',
    'lazy-typebox',
    'duration',
    'order',
    'figures',
    'same-secret',
    'run-as',
    'garbage',
    'quick-start',
    'public-address',
  ],
  ['lazily'],
];
/** A package that shapes all code around it stays in its own room. */
const CONFINED: Readonly<Record<string, string>> = {
  'drizzle-orm': 'db',
  'pg-copy-streams': 'db',
  bullmq: 'jobs',
  ioredis: 'jobs',
  'rate-limiter-flexible': 'jobs',
  nodemailer: 'smtp',
  socks: 'smtp',
  'markdown-it': 'brand',
  '@fluent/bundle': 'words',
  fastify: 'http',
  mjml: 'editions',
  '@unified-latex/unified-latex-util-parse': 'tex',
  temml: 'tex',
  '@modelcontextprotocol/sdk': 'http',
  '@zone-eu/mailsplit': 'feedback',
  libmime: 'feedback',
  '@opentelemetry/api': 'tracing',
  '@opentelemetry/context-async-hooks': 'tracing',
  '@opentelemetry/core': 'tracing',
  '@opentelemetry/exporter-trace-otlp-http': 'tracing',
  '@opentelemetry/resources': 'tracing',
  '@opentelemetry/sdk-trace': 'tracing',
};

const partOf = (file: string): string => file.split('/')[0]!.replace(/\.\w+$/, '');
const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
const layerOf = (file: string): number => LAYERS.findIndex((parts) => parts.includes(partOf(file)));

/** Whether an import is of a file of ours: packages have files that end so too. */
export const isOurs = (to: string): boolean => /\.(?:ts|js)$/.test(to) && !to.startsWith('@');

/** What is wrong with one import, or `null`. */
export function objection({ from, to, kind }: Import): string | null {
  const [here, there] = [partOf(from), partOf(to)];
  const say = (why: string): string => `${from} → ${to}: ${why}`;
  if (!isOurs(to)) {
    const home = CONFINED[packageOf(to)];
    return home !== undefined && here !== home ? say(`${packageOf(to)} belongs to ${home} alone`) : null;
  }
  if (here === there) return null;
  const apart = objectionToEntry(here, there, kind);
  if (apart !== null) return say(apart);
  if (here === 'embedded' || there === 'embedded') return null;
  const [above, below] = [layerOf(from), layerOf(to)];
  if (above === -1 || below === -1) return say('that part has no layer yet: give it one here');
  return above < below ? null : say('imports point one way');
}

/**
 * Three parts are entered by one door: the embedded servers, the configuration, and the way out for
 * mail.
 */
function objectionToEntry(here: string, there: string, kind: Import['kind']): string | null {
  if (there === 'embedded' && (!['runtime', 'store'].includes(here) || kind !== 'dynamic'))
    return 'embedded is loaded by runtime and store alone, and only when it is needed';
  if (here === 'embedded' && !['errors', 'telemetry', 'duration', 'order', 'run-as'].includes(there) && kind !== 'type')
    return 'embedded stands on the leaves';
  if (there === 'config' && kind !== 'type' && here !== 'main')
    return 'only main reads the configuration, the others are given it';
  if (there === 'smtp' && !['runtime', 'engine', 'surroundings', 'cli'].includes(here))
    return 'the domain knows the Transport, not SMTP';
  if (here === 'smtp' && !['mail', 'errors', 'duration', 'order'].includes(there))
    return 'smtp knows messages, not digests';
  return null;
}

/** The packages that loading a file brings: what is imported later, when it is needed, is not among them. */
export function packagesOf(imports: readonly Import[], entry: string): string[] {
  const values = Map.groupBy(
    imports.filter(({ kind }) => kind === 'value'),
    ({ from }) => from,
  );
  const reached = new Set([entry]);
  // A set takes what is added while it is gone through.
  for (const file of reached) for (const { to } of values.get(file) ?? []) reached.add(to);
  const outside = [...reached].filter((to) => !isOurs(to) && !to.startsWith('node:') && !to.endsWith('.json'));
  return [...new Set(outside.map(packageOf))].toSorted();
}

/**
 * The first ring of imports, as the files along it, or `null`. Imports of types count: two files
 * that need each other are one.
 */
export function findCycle(imports: readonly Import[]): string[] | null {
  const targets = Map.groupBy(imports, (i) => i.from);
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const { to } of targets.get(file) ?? []) {
      const found = walk(to, [...path, file]);
      if (found) return found;
    }
    done.add(file);
    return null;
  };
  for (const file of targets.keys()) {
    const found = walk(file, []);
    if (found) return found;
  }
  return null;
}

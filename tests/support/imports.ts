/** One import of one file: of a package (`pg`), a part of Node (`node:fs`) or another file, by its path below src. */
export interface Import {
  from: string;
  to: string;
  kind: 'value' | 'type' | 'dynamic';
  names: string[];
}

const STATIC = /^(?:import|export)\s+(type\s+)?([^'"`;]*?)\s*(?:from\s*)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]/g;

/** Reads the imports of a file. Type-only ones vanish when Node runs the file, so rules treat them apart. */
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

const ROOMS = ['subscribers', 'papers', 'editions', 'delivery', 'feedback'];
/** From the top down; a file may import what stands lower. The rooms of the domain may know one another, http and jobs may not. */
const LAYERS: readonly (readonly string[])[] = [
  ['paperboy', 'main'],
  ['cli'],
  ['runtime'],
  ['http', 'jobs'],
  ROOMS,
  ['db'],
  ['errors', 'telemetry', 'config', 'quick-start'],
];
/** A leaf of types beside its room: what a paper is. */
const PAPER = 'papers/paper.ts';
/** Where a package that shapes whatever touches it may be touched. */
const CONFINED: Readonly<Record<string, string>> = {
  'drizzle-orm': 'db',
  bullmq: 'jobs',
  ioredis: 'jobs',
  'rate-limiter-flexible': 'jobs',
  nodemailer: 'delivery',
  fastify: 'http',
};

const partOf = (file: string): string => file.split('/')[0]!.replace(/\.\w+$/, '');
const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
const layerOf = (file: string): number => LAYERS.findIndex((parts) => parts.includes(partOf(file)));

/** What is wrong with one import, or `null`. */
export function objection({ from, to, kind, names }: Import): string | null {
  const [here, there] = [partOf(from), partOf(to)];
  const say = (why: string): string => `${from} → ${to}: ${why}`;
  if (!/\.(?:ts|js)$/.test(to)) {
    const home = CONFINED[packageOf(to)];
    return home !== undefined && here !== home ? say(`${packageOf(to)} belongs to ${home} alone`) : null;
  }
  if (here === there) return from === PAPER ? say('it is a leaf') : null;
  if (there === 'embedded')
    return here === 'runtime' && kind === 'dynamic'
      ? null
      : say('embedded is loaded by runtime alone, and only when it is needed');
  if (here === 'embedded')
    return ['errors', 'telemetry'].includes(there) || kind === 'type' ? null : say('embedded stands on the leaves');
  if (there === 'config')
    return kind === 'type' || here === 'main'
      ? null
      : say('only main reads the configuration, the others are given it');
  if (here === 'db' && to === PAPER)
    return kind === 'type' || names.every((name) => name === 'OVERALL')
      ? null
      : say('db takes its types and OVERALL, no more');
  if (from === PAPER) return say('it is a leaf');
  const [above, below] = [layerOf(from), layerOf(to)];
  if (above === -1 || below === -1) return say('that part has no layer yet: give it one here');
  return above < below ||
    (above === below && (ROOMS.includes(here) || here === 'telemetry' || here === 'config' || there === 'main'))
    ? null
    : say('imports point one way');
}

/** The first ring of imports, as the files along it, or `null`. Imports of types count: two files that need each other are one. */
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

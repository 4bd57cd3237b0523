import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type Brand, DEFAULT_BRAND } from '../brand/brand.ts';
import { mix } from '../brand/contrast.ts';
import type { Look } from '../brand/look.ts';
import { AppError } from '../errors.ts';

const DIRECTORY = path.join(import.meta.dirname, '../../templates/assets');
const TYPES: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

interface Asset {
  name: string;
  hashedName: string;
  type: string;
  content: Buffer;
}

/**
 * The few files that pages refer to, each under a name that changes with its content, so that it
 * can be kept for ever.
 */
export interface Assets {
  /** Where a file is in a look. */
  href(look: Look, name: string): string;
  /** The file of this name in the look in force. */
  named(name: string): Asset;
  /** The file under its changing name, in the look in force or one before; any logo is the newest. */
  find(hashedName: string): Asset | undefined;
}

/** So many files of looks before are still served, to pages that were made then. */
const FORMER_KEPT = 64;

/** In mail that was sent before the logo was changed. */
const FORMER_LOGO = /^logo\.[0-9a-f]+\.\w+$/;

/** Reads our files once, and makes those of each look from them. */
export function loadAssets(look: () => Look): Assets {
  const ours = readdirSync(DIRECTORY).map((name) => ({ name, content: readFileSync(path.join(DIRECTORY, name)) }));
  const looks = new WeakMap<Look, ReadonlyMap<string, Asset>>();
  const served = new LRUCache<string, Asset>({ max: FORMER_KEPT });
  const of = (wanted: Look): ReadonlyMap<string, Asset> => {
    const known = looks.get(wanted);
    if (known) return known;
    const made = new Map(ours.map(({ name, content }) => [name, assetOf(name, inLook(wanted, name, content))]));
    for (const asset of made.values()) served.set(asset.hashedName, asset);
    looks.set(wanted, made);
    return made;
  };
  return {
    href: (wanted, name) => `/assets/${(of(wanted).get(name) ?? missing(name)).hashedName}`,
    named: (name) => of(look()).get(name) ?? missing(name),
    find: (hashedName) => {
      const { logo } = look();
      if (logo !== null && FORMER_LOGO.test(hashedName))
        return { name: 'logo', hashedName: path.basename(logo.href), ...logo };
      of(look());
      return served.get(hashedName);
    },
  };
}

function assetOf(name: string, content: Buffer): Asset {
  const { name: stem, ext } = path.parse(name);
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  return { name, hashedName: `${stem}.${hash}${ext}`, type: TYPES[ext] ?? 'application/octet-stream', content };
}

/** The operator's file in the place of ours, and the brand's colours in it. */
function inLook({ brand, assets }: Look, name: string, ours: Buffer): Buffer {
  const own = assets[name];
  const content = own === undefined ? ours : Buffer.from(own);
  if (brand.accent === DEFAULT_BRAND.accent && brand.accentDark === DEFAULT_BRAND.accentDark) return content;
  if (name === 'site.css') return Buffer.from(`${content.toString()}\n${coloursOf(brand)}`);
  return name === 'icon.svg' ? Buffer.from(content.toString().replaceAll(DEFAULT_BRAND.accent, brand.accent)) : content;
}

/** What is pressed or pointed at is a little further from the paper. */
const FURTHER = 0.2;

const coloursOf = ({ accent, accentDark }: Brand): string =>
  `:root { --accent: ${accent}; --accent-strong: ${mix(accent, '#000000', FURTHER)}; }
@media (prefers-color-scheme: dark) {
  :root { --accent: ${accentDark}; --accent-strong: ${mix(accentDark, '#ffffff', FURTHER)}; }
}
`;

const missing = (name: string): never => {
  throw new Error(`Cannot find templates/assets/${name}: a page refers to it.`);
};

/** An image may be a document with scripts in it, when it is opened by itself. */
const NOTHING_IN_IMAGES = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

export function serveAssets(app: FastifyInstance, assets: Assets): void {
  app.get<{ Params: { file: string } }>('/assets/:file', (request, reply) => {
    const asset = assets.find(request.params.file);
    if (!asset) throw new AppError('NOT_FOUND', 'There is no such file: reload the page that refers to it.');
    if (asset.type === 'image/svg+xml') reply.header('content-security-policy', NOTHING_IN_IMAGES);
    const keep = asset.hashedName === request.params.file ? 'max-age=31536000, immutable' : 'max-age=3600';
    return reply.type(asset.type).header('cache-control', `public, ${keep}`).send(asset.content);
  });
  // Asked for by clients that do not read the page's <link>.
  for (const [url, name] of [
    ['/favicon.ico', 'icon.svg'],
    ['/apple-touch-icon.png', 'touch.png'],
  ] as const)
    app.get(url, (_request, reply) => {
      const icon = assets.named(name);
      return reply.type(icon.type).header('cache-control', 'public, max-age=86400').send(icon.content);
    });
}

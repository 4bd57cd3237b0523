import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
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
  all: readonly Asset[];
  href(name: string): string;
}

export function loadAssets(): Assets {
  const all = readdirSync(DIRECTORY).map(readAsset);
  const hrefs = new Map(all.map((a) => [a.name, `/assets/${a.hashedName}`]));
  return { all, href: (name) => hrefs.get(name) ?? missing(name) };
}

function readAsset(name: string): Asset {
  const { name: stem, ext } = path.parse(name);
  const content = readFileSync(path.join(DIRECTORY, name));
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  return { name, hashedName: `${stem}.${hash}${ext}`, type: TYPES[ext] ?? 'application/octet-stream', content };
}

const missing = (name: string): never => {
  throw new Error(`Cannot find templates/assets/${name}: a page refers to it.`);
};

export function serveAssets(app: FastifyInstance, assets: Assets): void {
  const byName = new Map(assets.all.map((a) => [a.hashedName, a]));
  app.get<{ Params: { file: string } }>('/assets/:file', (request, reply) => {
    const asset = byName.get(request.params.file);
    if (!asset) throw new AppError('NOT_FOUND', 'There is no such file: reload the page that refers to it.');
    return reply.type(asset.type).header('cache-control', 'public, max-age=31536000, immutable').send(asset.content);
  });
  // Asked for by clients that do not read the page's <link>.
  for (const [url, name] of [
    ['/favicon.ico', 'icon.svg'],
    ['/apple-touch-icon.png', 'touch.png'],
  ] as const) {
    const icon = assets.all.find((a) => a.name === name) ?? missing(name);
    app.get(url, (_request, reply) =>
      reply.type(icon.type).header('cache-control', 'public, max-age=86400').send(icon.content),
    );
  }
}

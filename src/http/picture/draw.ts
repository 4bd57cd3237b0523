import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { AppError } from '../../errors.ts';
import { type Fonts, readFonts } from './fonts.ts';
import { type Drawing, layOut, type PictureOf } from './lay-out.ts';

/** What is kept takes at most so many bytes: about 400 pictures. */
const MOST_BYTES = 16 * 1024 * 1024;
/** More wait for none: each takes about a tenth of a second. */
const MOST_WAITING = 20;

export interface Painter {
  /** A PNG of 1200 × 630. Throws OVERLOADED where too many wait. */
  draw(paper: PictureOf): Promise<Buffer>;
  close(): Promise<void>;
}

/**
 * Draws pictures, one after the other, in a thread that begins with the first. Each is drawn once
 * for what it says, and kept.
 */
export function createPainter(): Painter {
  const kept = new LRUCache<string, Buffer>({ maxSize: MOST_BYTES });
  const drawing = new Map<string, Promise<Buffer>>();
  let fonts: Fonts | null = null;
  let thread: Worker | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function drawNext(paper: PictureOf): Promise<Buffer> {
    const picture: Drawing = layOut(paper, (fonts ??= readFonts()));
    thread ??= startThread(() => (thread = null));
    const answer = once(thread, 'message');
    thread.postMessage(picture);
    const [{ png, failure }] = (await answer) as [{ png?: Uint8Array; failure?: string }];
    if (png === undefined) throw new Error(`Cannot draw the picture of a paper: ${failure}`);
    return Buffer.from(png);
  }

  function draw(paper: PictureOf): Promise<Buffer> {
    const key = keyOf(paper);
    const known = kept.get(key);
    if (known !== undefined) return Promise.resolve(known);
    const underWay = drawing.get(key);
    if (underWay !== undefined) return underWay;
    if (drawing.size >= MOST_WAITING)
      return Promise.reject(new AppError('OVERLOADED', 'Too many pictures are being drawn: try again in a minute.'));
    const next = last.then(() => drawNext(paper));
    last = next.catch(() => {});
    const made = next
      .then((png) => {
        kept.set(key, png, { size: png.length + key.length });
        return png;
      })
      .finally(() => drawing.delete(key));
    drawing.set(key, made);
    return made;
  }

  return {
    draw,
    close: async () => {
      await thread?.terminate();
    },
  };
}

/** What the picture says tells it from others. */
const keyOf = ({ authorLine, ...said }: PictureOf): string =>
  createHash('sha256')
    .update(JSON.stringify([said, authorLine(said.authors)]))
    .digest('base64url');

function startThread(ended: () => void): Worker {
  const thread = new Worker(new URL('draw-thread.ts', import.meta.url));
  thread.on('exit', ended);
  thread.unref();
  return thread;
}

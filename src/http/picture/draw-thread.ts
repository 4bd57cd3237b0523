// Draws pictures in a thread of its own: a page need not wait for a picture.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { FONT_FILES, SANS } from './fonts.ts';
import type { Drawing } from './lay-out.ts';

const fonts = FONT_FILES.map((file) => new Uint8Array(readFileSync(file)));
const ready = initWasm(readFileSync(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')));

/** Answers with the picture as PNG, or with why there is none. */
async function draw({ svg, slices }: Drawing): Promise<{ png: Uint8Array } | { failure: string }> {
  try {
    await ready;
    const more = slices.map((file) => new Uint8Array(readFileSync(file)));
    const picture = new Resvg(svg, { font: { fontBuffers: [...fonts, ...more], defaultFontFamily: SANS } });
    const drawn = picture.render();
    const png = drawn.asPng();
    drawn.free();
    picture.free();
    return { png };
  } catch (error) {
    return { failure: String(error) };
  }
}

parentPort!.on('message', (drawing: Drawing) => {
  void draw(drawing).then((answer) => parentPort!.postMessage(answer));
});

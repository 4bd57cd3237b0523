import { isUtf8 } from 'node:buffer';
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ReaderError } from '../../words/reader-error.ts';

export type FormFields = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Reads what a browser's form sends, urlencoded or multipart, and nothing else. Both are read
 * whole, so that the server's bound on bodies holds for both. With `files`, a file is its text.
 */
export async function readForms(app: FastifyInstance, { files = false } = {}): Promise<void> {
  app.removeAllContentTypeParsers();
  await app.register(formbody);
  app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (request: FastifyRequest, body: Buffer) =>
    readMultipart(request, body, files),
  );
}

async function readMultipart(request: FastifyRequest, body: Buffer, files: boolean): Promise<FormFields> {
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': request.headers['content-type']! },
  })
    .formData()
    .catch((cause: unknown) => {
      throw new ReaderError('INPUT_INVALID', 'form-unreadable', null, { cause });
    });
  const fields = [...form].filter(([, value]) => files || typeof value === 'string');
  const texts = await Promise.all(
    fields.map(
      async ([name, value]) =>
        [name, typeof value === 'string' ? value : textOfFile(await value.arrayBuffer())] as const,
    ),
  );
  return Object.fromEntries(
    [...Map.groupBy(texts, ([name]) => name)].map(([name, all]) => [name, all.map(([, text]) => text)]),
  );
}

/**
 * A file says by its first bytes that it is UTF-16; what is mostly no UTF-8 is of an old program on
 * Windows. A byte that was cut off or pasted in costs its own letter alone.
 */
function textOfFile(bytes: ArrayBuffer): string {
  const [first, second] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  const text = new TextDecoder('utf-8').decode(bytes);
  if (isUtf8(bytes)) return text;
  const unread = text.match(/\ufffd/g)?.length ?? 0;
  const read = text.match(/[^\p{ASCII}\ufffd]/gu)?.length ?? 0;
  return unread > read ? new TextDecoder('windows-1252').decode(bytes) : text;
}

/** The address alone says everything, so a body of any type is taken and not looked at. */
export function ignoreBodies(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    request.headers['content-type'] = 'application/octet-stream';
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null));
}

export const fieldsOf = (body: unknown): FormFields =>
  typeof body === 'object' && body !== null ? (body as FormFields) : {};

/** The first value of a field, without the spaces around it. */
export function textField(fields: FormFields, name: string): string | undefined {
  const value = [fields[name]].flat()[0];
  return typeof value === 'string' ? value.trim() : undefined;
}

export const listField = (fields: FormFields, name: string): string[] =>
  [fields[name]].flat().filter((v): v is string => typeof v === 'string' && v !== '');

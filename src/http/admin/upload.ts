import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BusboyFileStream } from '@fastify/busboy';
import type { FastifyRequest } from 'fastify';
import { codeOf } from '../../errors.ts';
import { sameSecret } from '../../same-secret.ts';

/** A file of this size has two million addresses. */
const MOST_MB = 64;
export const MOST_BYTES = MOST_MB * 1024 * 1024;

/** A file that a form sent, in a directory of its own, which goes with it. */
export interface Upload {
  directory: string;
  file: string;
  /** What it is called where it came from. */
  name: string;
}

/** What a form with a file sent. `problem` says why there is no file. */
export interface UploadForm {
  csrf: string;
  upload: Upload | null;
  problem: string | null;
}

/**
 * Reads a form with one file, which goes straight to the disk: a part of it is in memory at a time.
 * Nothing is written before the form's word is known to be that of the session.
 */
export async function readUpload(request: FastifyRequest, payload: Readable): Promise<UploadForm> {
  const form: UploadForm = { csrf: '', upload: null, problem: null };
  const { Busboy } = await import('@fastify/busboy');
  const parser = new Busboy({
    headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' },
    limits: { files: 1, fields: 4, fieldSize: 1_000, fileSize: MOST_BYTES },
  });
  const broken = new AbortController();
  let writing: Promise<void> = Promise.resolve();
  parser.on('field', (name, value) => {
    if (name === 'csrf') form.csrf = value;
  });
  parser.on('file', (_name, stream, name) => {
    if (request.desk === null || !sameSecret(form.csrf, request.desk.csrf)) stream.resume();
    else writing = keep(form, stream, name, broken.signal);
  });
  try {
    await pipeline(payload, parser);
  } catch (cause) {
    form.problem = CUT_OFF;
    broken.abort();
    request.log.warn({ code: codeOf(cause) }, 'A file for an import did not arrive whole');
  }
  await writing;
  if (form.problem !== null) await discard(form);
  return form;
}

async function keep(form: UploadForm, stream: BusboyFileStream, name: string, signal: AbortSignal): Promise<void> {
  // It may break off while its directory is made.
  stream.on('error', () => {
    form.problem = CUT_OFF;
  });
  try {
    const directory = await mkdtemp(path.join(tmpdir(), 'paperboy-import-'));
    const file = path.join(directory, 'readers.csv');
    form.upload = { directory, file, name: path.basename(name) };
    // Addresses are in it: it is for this program alone.
    await pipeline(stream, createWriteStream(file, { mode: 0o600 }), { signal });
    if (stream.truncated) form.problem = TOO_LARGE;
    else if (name === '' || stream.bytesRead === 0) form.problem = NO_FILE;
  } catch (cause) {
    form.problem ??= `The file cannot be kept here (${codeOf(cause) ?? 'unknown'}): see to the disk of this machine.`;
    stream.resume();
  }
}

/** Forgets a file that no import has taken. */
export async function discard(form: UploadForm): Promise<void> {
  if (form.upload !== null) await rm(form.upload.directory, { recursive: true, force: true });
  form.upload = null;
}

const CUT_OFF = 'The file did not arrive whole: choose it once more.';
export const NO_FILE = 'Choose a file first: CSV, with a line of columns that names “email”.';
const TOO_LARGE = `The file is larger than ${MOST_MB} MB: take “paperboy subscribers import” for it.`;

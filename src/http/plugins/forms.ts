import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';

export type FormFields = Readonly<Record<string, string | string[] | undefined>>;

/** Reads what a browser's form sends, urlencoded or multipart, and nothing else. */
export async function readForms(app: FastifyInstance): Promise<void> {
  app.removeAllContentTypeParsers();
  await app.register(formbody);
  await app.register(multipart, {
    attachFieldsToBody: 'keyValues',
    limits: { files: 0, fields: 100, fieldSize: 4_096 },
  });
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

import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { expect } from 'vitest';

const COOKIE = 'paperboy-desk';

export interface AtTheDesk {
  cookies: Record<string, string>;
  csrf: string;
  /** Below /admin. */
  get(path: string): Promise<LightMyRequestResponse>;
  post(path: string, fields?: Fields): Promise<LightMyRequestResponse>;
}

/** Boxes of one name that are ticked send a value each. */
type Fields = Readonly<Record<string, string | readonly string[]>>;

export const form = (fields: Fields): Pick<InjectOptions, 'payload' | 'headers'> => ({
  payload: new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one])),
  ).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
});

/** Logs in at the desk, and acts there as its forms do. */
export async function atTheDesk(app: FastifyInstance, token: string): Promise<AtTheDesk> {
  const answer = await app.inject({ method: 'POST', url: '/admin/login', ...form({ token }) });
  expect(answer.statusCode).toBe(303);
  const cookies = { [COOKIE]: answer.cookies[0]!.value };
  const page = await app.inject({ url: '/admin', cookies });
  expect(page.statusCode).toBe(200);
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)![1]!;
  return {
    cookies,
    csrf,
    get: (path) => app.inject({ url: `/admin${path}`, cookies }),
    post: (path, fields = {}) =>
      app.inject({ method: 'POST', url: `/admin${path}`, ...form({ csrf, ...fields }), cookies }),
  };
}

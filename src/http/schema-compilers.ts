import { createRequire } from 'node:module';
import type * as Provider from '@fastify/type-provider-typebox';
import type { FastifySchemaCompiler, FastifyServerOptions } from 'fastify';
import type { TSchema } from 'typebox';
import { lazily } from '../lazily.ts';

type CompilersFactory = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>;
type SelectSerializer = () => NonNullable<CompilersFactory['buildSerializer']>;

const require = createRequire(import.meta.url);
const requireOfFastify = createRequire(require.resolve('fastify'));

/** A function that is made when it is first called. */
function onFirstCall<A extends unknown[], R>(make: () => (...args: A) => R): (...args: A) => R {
  const made = lazily(make);
  return (...args) => made()(...args);
}

const checkByTypebox: FastifySchemaCompiler<TSchema> = (route) =>
  onFirstCall(() => {
    const { TypeBoxValidatorCompiler } = require('@fastify/type-provider-typebox') as typeof Provider;
    return TypeBoxValidatorCompiler(route);
  });

/**
 * Puts a route's schemas to work with the first request that wants it. What checks and writes by
 * schemas are many modules, and most starts answer no request of the API.
 */
export const compilersFactory = {
  buildValidator: () => checkByTypebox as never,
  buildSerializer: (schemas, options) => (route) =>
    onFirstCall(() => {
      const select = requireOfFastify('@fastify/fast-json-stringify-compiler') as SelectSerializer;
      return select()(schemas, options)(route);
    }),
} satisfies CompilersFactory;

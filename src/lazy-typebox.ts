import { createRequire } from 'node:module';
import type * as Type from 'typebox';
import type * as Value from 'typebox/value';
import { lazily } from './lazily.ts';

const require = createRequire(import.meta.url);

/**
 * What `make` makes with TypeBox, made when it is first asked for. Loading its 680 modules was a
 * third of the computing of every command, and most commands have nothing to check.
 */
export const withTypebox = <T>(make: (typebox: typeof Type & typeof Value) => T): (() => T) =>
  lazily(() => make({ ...require('typebox'), ...require('typebox/value') }));

import { createRequire } from 'node:module';
import type Temml from 'temml';
import { lazily } from '../lazily.ts';

const require = createRequire(import.meta.url);

/** Loaded with the first formula: it is half a megabyte. */
export const temml = lazily(() => require('temml') as typeof Temml);

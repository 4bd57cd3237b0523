import { existsSync } from 'node:fs';
import path from 'node:path';

/** Real data of other people, kept beside the repository and never in it. */
export const DATA = path.resolve(import.meta.dirname, '../../../shared/data');
export const SHARED_DATA_MISSING = !existsSync(DATA);
if (SHARED_DATA_MISSING) console.warn(`Skipping the tests on real papers: there is no ${DATA}.`);

import { existsSync } from 'node:fs';
import path from 'node:path';

/** Real data of other people, kept beside the repository and never in it. */
export const DATA = path.resolve(import.meta.dirname, '../../../shared/data');
/** Then the tests run on data that is made up in the same shape. */
export const SHARED_DATA_MISSING = !existsSync(DATA);
if (SHARED_DATA_MISSING) console.warn(`There is no ${DATA}: what is real data elsewhere is made up here.`);

// The first request that a process of the site answers: see search-pages.ts.
//   node bench/search-first.ts ADDRESS URL [warm]
import '../src/quick-start.js';
import type { DatabaseAddress } from '../src/db/client.ts';

// Loaded as a start loads them.
const { openDatabase, openSearchDatabase } = await import('../src/db/client.ts');
const { warmUp } = await import('../src/http/warm-up.ts');
const { siteOver, timed } = await import('./search-site.ts');

const [address = '', url = '', warm] = process.argv.slice(2);
const at = JSON.parse(address) as DatabaseAddress;
const db = openDatabase(at);
const searchDb = openSearchDatabase(at);
const app = await siteOver(db, searchDb);
if (warm === 'warm') await warmUp(app, db, new AbortController().signal);
const asked = await timed(app, url, 0);
await app.close();
await Promise.all([db.$client.end(), searchDb.$client.end()]);
console.log(JSON.stringify(asked));

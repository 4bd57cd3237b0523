// The first request that a process of the site answers: see search-pages.ts.
import { type DatabaseAddress, openDatabase, openSearchDatabase } from '../src/db/client.ts';
import { siteOver, timed } from './search-site.ts';

const [address = '', url = ''] = process.argv.slice(2);
const at = JSON.parse(address) as DatabaseAddress;
const db = openDatabase(at);
const searchDb = openSearchDatabase(at);
const app = await siteOver(db, searchDb);
console.log(JSON.stringify(await timed(app, url, 0)));
await app.close();
await Promise.all([db.$client.end(), searchDb.$client.end()]);

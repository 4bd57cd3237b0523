// Bare Fastify in a process of its own: sends the bytes of a file, and inserts one row for each
// sign-up. Arguments: the file, its content type, the connection options of the database as JSON.
// Prints its port.
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import pg from 'pg';

const [file, type, database] = process.argv.slice(2) as [string, string, string];
const body = readFileSync(file);
const pool = new pg.Pool({ ...(JSON.parse(database) as pg.PoolConfig), max: 12 });
await pool.query(
  'create table if not exists bare_sign_up (id bigint generated always as identity primary key, email text unique)',
);
const app = Fastify();
app.get('/', (_request, reply) => reply.type(type).send(body));
app.post<{ Body: { email: string } }>('/', async (request, reply) => {
  await pool.query('insert into bare_sign_up (email) values ($1)', [request.body.email]);
  return reply.code(202).send({ status: 'accepted' });
});
await app.listen({ host: '127.0.0.1', port: 0 });
console.log(`Listening: ${(app.server.address() as AddressInfo).port}`);
process.once('SIGTERM', () => void app.close().then(() => pool.end()));

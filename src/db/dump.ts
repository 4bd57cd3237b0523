import { getTableName, is } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import type { Readable, Writable } from 'node:stream';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { AppError, codeOf } from '../errors.ts';
import { type DatabaseAddress, singleClient } from './client.ts';
import { openMonth } from './digests.ts';
import { knownMigrations, lastApplied, migrateWithin } from './migrate.ts';
import * as schema from './schema.ts';
import { INSUFFICIENT_PRIVILEGE } from './sql-states.ts';

/** A table as it is carried. A month of the ledger is one: asked for by itself, it locks no other. */
export interface DumpedTable {
  name: string;
  columns: string[];
}

/** A sequence that hands out ids, and the last one that it gave. */
export interface DumpedSequence {
  table: string;
  column: string;
  last: number;
}

/** All of the database as it stood at one moment. */
export interface Snapshot {
  /** When the last migration was made that it has had. */
  schema: number;
  asOf: Date;
  tables: DumpedTable[];
  /** The rows of a table, in Postgres' own text form. */
  copy: (table: DumpedTable) => Readable;
  sequences: () => Promise<DumpedSequence[]>;
}

const MONTH_OF_LEDGER = /^delivery_(\d{4})_(\d{2})$/;

/**
 * After a restore ids go on this far beyond: what was given in the lost time stands in links and in
 * the queue, and must mean none of those that come.
 */
const IDS_APART = 1_000_000;

/** Any fixed number, other than those of other advisory locks. */
const LOCK = 7_143_012_502;

/** Our tables, each after those that it refers to. */
function tablesInOrder(): string[] {
  const tables = Object.values(schema as Record<string, unknown>).filter((it) => is(it, PgTable));
  const referred = new Map(
    tables.map((table) => [
      getTableName(table),
      getTableConfig(table).foreignKeys.map((key) => getTableName(key.reference().foreignTable)),
    ]),
  );
  const ordered = new Set<string>();
  const add = (name: string): void => {
    for (const other of referred.get(name) ?? []) if (other !== name) add(other);
    ordered.add(name);
  };
  for (const name of referred.keys()) add(name);
  return [...ordered];
}

/**
 * Shows the database as it stands at one moment, while everything runs. Nothing waits for it but a
 * migration: it locks no more than the rows' tables, against changes of their shape.
 */
export async function withSnapshot<T>(address: DatabaseAddress, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  const client = singleClient(address);
  try {
    await client.connect();
    await client.query(`begin isolation level repeatable read, read only`);
    const at = await client.query<{ at: Date }>('select clock_timestamp() as at');
    const found = await lastApplied(client);
    const known = knownMigrations();
    if (found !== known.at(-1)) throw otherSchema(found > known.at(-1)!);
    const tables = await dumpedTables(client);
    return await work({
      schema: found,
      asOf: at.rows[0]!.at,
      tables,
      copy: ({ name, columns }) => client.query(copyTo(`copy ${quoted(name)} (${list(columns)}) to stdout`)),
      sequences: () => dumpedSequences(client),
    });
  } finally {
    await client.end().catch(() => {});
  }
}

const otherSchema = (isNewer: boolean): AppError =>
  new AppError(
    'DATABASE_OUTDATED',
    isNewer
      ? 'The database is of a newer version than this Paperboy, which does not know all of its tables. Make the ' +
          'backup with the Paperboy that runs on it.'
      : 'The database waits for its migrations. Run "paperboy migrate" first.',
  );

/** Columns that are computed from others are not carried. */
async function dumpedTables(client: pg.ClientBase): Promise<DumpedTable[]> {
  const { rows } = await client.query<{ name: string; parent: string | null; columns: string[] }>(`
    select
      c.relname as name,
      p.relname as parent,
      array(
        select a.attname::text
        from pg_attribute a
        where a.attrelid = c.oid
          and a.attnum > 0
          and not a.attisdropped
          and a.attgenerated = ''
        order by a.attnum
      ) as columns
    from pg_class c
      left join pg_inherits i on i.inhrelid = c.oid
      left join pg_class p on p.oid = i.inhparent
    where c.relnamespace = 'public'::regnamespace
      and c.relkind = 'r'
    order by c.relname`);
  return tablesInOrder().flatMap((table) =>
    rows.filter(({ name, parent }) => (parent ?? name) === table).map(({ name, columns }) => ({ name, columns })),
  );
}

async function dumpedSequences(client: pg.ClientBase): Promise<DumpedSequence[]> {
  const { rows } = await client.query<{ table: string; column: string; sequence: string }>(`
    select
      c.relname as table,
      a.attname as column,
      pg_get_serial_sequence(quote_ident(c.relname), a.attname) as sequence
    from pg_class c
      join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace
      and c.relkind in ('r', 'p')
      and not c.relispartition
      and a.attidentity <> ''`);
  const sequences: DumpedSequence[] = [];
  for (const { sequence, ...of } of rows) {
    const last = await client.query<{ last: string }>(`select last_value as last from ${sequence}`);
    sequences.push({ ...of, last: Number(last.rows[0]!.last) });
  }
  return sequences;
}

/** What is done to an empty schema: as old as the backup, and then brought up to date. */
export interface Refill {
  fill: (filling: Filling) => Promise<void>;
  finish: (filling: Filling) => Promise<void>;
}

/** An empty schema that is being filled. */
export interface Filling {
  /** Takes the rows of a table, in the form in which they were copied. */
  fill: (table: DumpedTable, write: (into: Writable) => Promise<void>) => Promise<number>;
  setSequences: (sequences: readonly DumpedSequence[]) => Promise<void>;
  /** Nothing is sent until the operator has seen what was lost since then. */
  close: (input: { lostSince: Date; now: Date; id: string }) => Promise<void>;
}

/**
 * Replaces what is in the database by what `refill` brings, in one transaction: until its end every
 * other sees what was there before, and after a crash that is still there. Without `replace` a
 * database that holds readers or deliveries is refused.
 */
export async function replaceAll(
  address: DatabaseAddress,
  { schema: from, replace }: { schema: number; replace: boolean },
  refill: Refill,
): Promise<void> {
  const client = singleClient(address);
  try {
    await client.connect();
    await client.query('set client_min_messages = warning');
    await client.query('begin');
    await requireQuiet(client);
    if (!replace) await requireEmpty(client);
    await requireOurs(client);
    await client.query(`
      drop schema if exists drizzle cascade;
      drop schema if exists bullmq cascade;
      drop schema public cascade;
      create schema public`);
    const filling = fillingOf(client);
    await migrateWithin(client, from, () => refill.fill(filling));
    await refill.finish(filling);
    await client.query('commit');
    await client.query('analyze').catch(() => {}); // the server does it by itself, only later
  } catch (error) {
    throw codeOf(error) === INSUFFICIENT_PRIVILEGE ? notAllowed(error) : error;
  } finally {
    await client.end().catch(() => {});
  }
}

const notAllowed = (cause: unknown): AppError =>
  new AppError(
    'DATABASE_UNAVAILABLE',
    'The user of the database may not make its schema anew. Let that user own the database, or restore into an ' +
      'empty one of its own.',
    { cause },
  );

function fillingOf(client: pg.Client): Filling {
  const tx = drizzle(client, { schema });
  let isEmptied = false;
  return {
    async fill({ name, columns }, write) {
      const month = MONTH_OF_LEDGER.exec(name);
      if (month) await openMonth(tx, `${month[1]}-${month[2]}-01`);
      // What migrations wrote is in the backup too.
      if (!isEmptied) await client.query('truncate content_version');
      isEmptied = true;
      const into = client.query(copyFrom(`copy ${quoted(name)} (${list(columns)}) from stdin`));
      await write(into);
      return into.rowCount;
    },
    async setSequences(sequences) {
      for (const { table, column, last } of sequences)
        await client.query('select setval(pg_get_serial_sequence(quote_ident($1), $2), $3)', [
          table,
          column,
          last + IDS_APART,
        ]);
      // Pages that were shown in the lost time are kept under numbers that come again otherwise.
      await client.query('update content_version set version = version + $1', [IDS_APART]);
    },
    async close({ lostSince, now, id }) {
      await client.query(
        `
        insert into installation (id, epoch, advanced_at, place, closed_at, closed_because, lost_since)
        values ($1, 0, $2, '', $3, 'restored', $2)
        on conflict ("only") do update
        set closed_at = excluded.closed_at,
          closed_because = excluded.closed_because,
          lost_since = excluded.lost_since,
          told_at = null`,
        [id, lostSince, now],
      );
    },
  };
}

/** A service that is at work would go on with what it had read before. */
async function requireQuiet(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ some: boolean }>(`
    select exists (
      select
      from pg_stat_activity
      where datname = current_database()
        and pid <> pg_backend_pid()
        and application_name like 'paperboy%'
    ) as some`);
  if (rows[0]!.some)
    throw new AppError(
      'DATA_UNUSABLE',
      'Another Paperboy is at work on the database. Stop every process of it, then restore again.',
    );
}

async function requireEmpty(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ some: boolean }>(
    `select to_regclass('public.subscriber') is not null or to_regclass('public.delivery') is not null as some`,
  );
  if (!rows[0]!.some) return;
  const held = await client.query<{ some: boolean }>(
    'select exists (select from subscriber) or exists (select from delivery) as some',
  );
  if (held.rows[0]!.some)
    throw new AppError(
      'DATA_UNUSABLE',
      'The database holds readers already, and nothing was restored. Restore into an empty one, or add --replace ' +
        'to lose what it holds.',
    );
}

/** What other programs keep in the same schema would go with it. */
async function requireOurs(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(`
    select c.relname as name
    from pg_class c
    where c.relnamespace = 'public'::regnamespace
      and c.relkind in ('r', 'p', 'f', 'm', 'v')
      and not c.relispartition`);
  const ours = new Set(tablesInOrder());
  if (rows.some(({ name }) => !ours.has(name)))
    throw new AppError(
      'DATA_UNUSABLE',
      'The database holds tables of another program, which a restore would remove. Restore into a database of ' +
        "Paperboy's own.",
    );
}

/**
 * Lends a scratch database beside this one for as long as `work` takes. `null`: the user may make
 * none.
 */
export async function withScratchDatabase<T>(
  address: DatabaseAddress,
  work: (scratch: DatabaseAddress) => Promise<T>,
): Promise<T | null> {
  const client = singleClient(address);
  let name: string | null = null;
  try {
    await client.connect();
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    name = await scratchName(client);
    await dropScratch(client, name);
    try {
      await client.query(`create database ${name} template template0`);
    } catch (error) {
      if (codeOf(error) === INSUFFICIENT_PRIVILEGE) return null;
      throw error;
    }
    return await work(scratchOf(address, name));
  } finally {
    if (name !== null) await dropScratch(client, name).catch(() => {});
    await client.end().catch(() => {});
  }
}

/** Other installations on the same server have one of their own. */
async function scratchName(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ oid: number }>(
    'select oid::int8::float8 as oid from pg_database where datname = current_database()',
  );
  return `paperboy_backup_proof_${rows[0]!.oid}`;
}

const dropScratch = (client: pg.Client, name: string): Promise<unknown> =>
  client.query(`drop database if exists ${name} with (force)`);

function scratchOf(address: DatabaseAddress, name: string): DatabaseAddress {
  if (!('url' in address)) return { ...address, database: name };
  const url = new URL(address.url);
  url.pathname = `/${name}`;
  return { url: url.href };
}

const quoted = (name: string): string => pg.escapeIdentifier(name);
const list = (columns: readonly string[]): string => columns.map(quoted).join(', ');

import type { Database } from '@skygate/sync-server/db/database';
import { CompiledQuery } from 'kysely';
import { TABLE_NAMES } from './state-hash.ts';

/** Read models begin anew from the log, so nobody need know what was in them. */
const MADE_ANEW: readonly string[] = [...TABLE_NAMES, 'projection_cursors', 'quarantine'];

const STATEMENTS: readonly string[] = [
  'create schema simulation',
  `create table simulation.changes (
     number bigint generated always as identity primary key,
     transaction bigint not null,
     table_name text not null,
     before jsonb,
     after jsonb
   )`,
  `create function simulation.note_change() returns trigger language plpgsql as $$
   begin
     insert into simulation.changes (transaction, table_name, before, after)
     values (txid_current(), tg_table_name, to_jsonb(old), to_jsonb(new));
     return null;
   end $$`,
  // A power cut asks no trigger and no foreign key.
  `create function simulation.take_back(since bigint) returns void language plpgsql as $$
   declare
     change record;
     same_key text;
   begin
     set local session_replication_role = replica;
     for change in select * from simulation.changes where transaction >= since order by number desc loop
       select string_agg(format('t.%1$I = r.%1$I', a.attname), ' and ') into same_key
       from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
       where i.indisprimary and i.indrelid = change.table_name::regclass;
       if change.after is not null then
         execute format('delete from %1$I t using jsonb_populate_record(null::%1$I, $1) r where %2$s',
                        change.table_name, same_key) using change.after;
       end if;
       if change.before is not null then
         execute format('insert into %1$I select * from jsonb_populate_record(null::%1$I, $1)',
                        change.table_name) using change.before;
       end if;
     end loop;
     delete from simulation.changes where transaction >= since;
   end $$`,
];

const WATCHED =
  "select tablename as name from pg_tables where schemaname = 'public' and tablename not like '%migration%' order by 1";

/**
 * Notes each change of a row from now on, by transaction: the database can be as it was after any of its commits. Every
 * table but the read models, those of later migrations too.
 */
export async function keepUndoLog(database: Database): Promise<void> {
  const run = (sql: string) => database.kysely.executeQuery<{ name: string }>(CompiledQuery.raw(sql));
  for (const sql of STATEMENTS) await run(sql);
  const { rows } = await run(WATCHED);
  for (const { name } of rows.filter((table) => !MADE_ANEW.includes(table.name))) {
    await run(`create trigger note_change after insert or update or delete on ${name}
               for each row execute function simulation.note_change()`);
  }
}

/** What is there now is on the disk for good: nothing before it can be gone any more. */
export async function forgetUndoLog(database: Database): Promise<void> {
  await database.kysely.executeQuery(CompiledQuery.raw('truncate simulation.changes'));
}

/** The transaction that wrote a seal at a position of the log; null if it is on the disk for good. */
export async function transactionOf(database: Database, park: string, position: number): Promise<number | null> {
  const sql = `select transaction from simulation.changes where table_name = 'seals' and before is null
    and after ->> 'park' = $1 and (after ->> 'position')::bigint = $2 order by number desc limit 1`;
  const { rows } = await database.kysely.executeQuery<{ transaction: number }>(
    CompiledQuery.raw(sql, [park, position]),
  );
  return rows[0]?.transaction ?? null;
}

/** All that this transaction and those after it wrote is gone. PGlite has one connection: they are in order. */
export async function takeBackSince(database: Database, transaction: number): Promise<void> {
  await database.kysely.executeQuery(CompiledQuery.raw('select simulation.take_back($1)', [transaction]));
}

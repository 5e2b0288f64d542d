import { cpSync, openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import type { Database } from '../database.ts';
import { INTEGER_PARSERS } from '../integers.ts';
import { migrateUp } from '../migrate.ts';
import { serverTarget } from '../migrate-server.ts';
import { databaseOn } from '../open-pglite.ts';
import { keptDatabase, type PgliteState } from './kept-databases.ts';

/** A PGlite in memory with nothing in it: a copy, where the run of tests has one to copy. */
export const emptyPglite = (options: PGliteOptions = {}): Promise<PGlite> => pgliteAs('empty', options);

/** A PGlite in memory, as the server opens it. */
export async function openTestPglite(state: PgliteState): Promise<Database> {
  const database = await databaseOn(await pgliteAs(state, { parsers: INTEGER_PARSERS }));
  if (state === 'migrated') await migrateUp(serverTarget(database));
  return database;
}

/** Spares a server's data folder that is new the making of its PGlite, where the run of tests has one to copy. */
export async function layPglite(dataFolder: string): Promise<void> {
  const kept = await keptDatabase('/pglite');
  // Six hundred files, each by promises of its own, cost ten times as much.
  if (kept !== null) cpSync(kept.folder, join(dataFolder, 'pglite'), { recursive: true });
}

async function pgliteAs(state: PgliteState, options: PGliteOptions): Promise<PGlite> {
  const kept = await keptDatabase('/pglite');
  return PGlite.create(kept === null ? options : { ...options, loadDataDir: await openAsBlob(kept[state]) });
}

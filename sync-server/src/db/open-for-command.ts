import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../config.ts';
import { type Database, DatabaseError } from './database.ts';
import { migrationFolder, migrationsIn } from './migrate.ts';
import { serverTarget } from './migrate-server.ts';
import { openPglite } from './open-pglite.ts';
import { openPostgres } from './open-postgres.ts';

/**
 * The server's database, for a command beside it: DATABASE_URL or the data folder, there already and of this program's
 * schema. Nothing is made and nothing migrated.
 * @throws DatabaseError with a sentence for the operator
 */
export async function openForCommand(data: string | undefined): Promise<Database> {
  const config = readConfig(process.env, data === undefined ? [] : ['--data', data]);
  if (!config.ok) throw new DatabaseError(config.error);
  const { databaseUrl, dataFolder } = config.value;
  if (!databaseUrl && !existsSync(join(dataFolder, 'pglite'))) {
    throw new DatabaseError(`There is no database in ${dataFolder}.`);
  }
  const database = await (databaseUrl ? openPostgres(databaseUrl) : openPglite(dataFolder));
  const known = migrationsIn(migrationFolder('server')).length;
  const version = await serverTarget(database).version();
  if (version === known) return database;
  await database.close();
  throw new DatabaseError(
    `The database's schema is at version ${version}, and this program's is ${known}: migrate first (npm run migrate -- up).`,
  );
}

/** The parks of the database, or the one that is asked for. @throws DatabaseError if there is no such park */
export async function parksAskedFor(database: Database, park: string | undefined): Promise<readonly string[]> {
  const rows = await database.reader.selectFrom('parks').select('park').orderBy('park').execute();
  const all = rows.map((row) => row.park);
  if (park === undefined) return all;
  if (!all.includes(park)) throw new DatabaseError(`There is no park ${park} on this server.`);
  return [park];
}

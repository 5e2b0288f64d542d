import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { type Database, DatabaseError } from '../db/database.ts';
import { migrationFolder, migrationsIn } from '../db/migrate.ts';
import { serverTarget } from '../db/migrate-server.ts';
import { openPglite } from '../db/open-pglite.ts';
import { openPostgres } from '../db/open-postgres.ts';
import { createNodeCrypto } from '../node-crypto.ts';
import { rebuildPark } from './rebuild.ts';

export const USAGE = `npm run rebuild -- server [--park P] [--data FOLDER] [--replace]
Folds each park's log anew and compares the state hash with that of the read models it has. Over PostgreSQL the server may
run meanwhile. Where a park differs the exit code is 1 and its read models stay as they were; with --replace the rebuilt
ones stay.`;

interface Options {
  readonly park: string | undefined;
  readonly data: string | undefined;
  readonly replace: boolean;
}

/** `npm run rebuild -- server`. @returns the exit code */
export async function rebuildServer(args: readonly string[], say: (line: string) => void): Promise<number> {
  const options = readOptions(args, say);
  if (options === null) return 2;
  try {
    const database = await openServer(options.data);
    try {
      return await rebuildParks(database, options, say);
    } finally {
      await database.close();
    }
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    say(error.message);
    return 2;
  }
}

function readOptions(args: readonly string[], say: (line: string) => void): Options | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { park: { type: 'string' }, data: { type: 'string' }, replace: { type: 'boolean', default: false } },
    });
    return { park: values.park, data: values.data, replace: values.replace };
  } catch (error) {
    say(`${(error as Error).message}\n${USAGE}`);
    return null;
  }
}

async function openServer(data: string | undefined): Promise<Database> {
  const config = readConfig(process.env, data === undefined ? [] : ['--data', data]);
  if (!config.ok) throw new DatabaseError(config.error);
  const { databaseUrl, dataFolder } = config.value;
  const database = await (databaseUrl ? openPostgres(databaseUrl) : openPglite(dataFolder));
  const known = migrationsIn(migrationFolder('server')).length;
  const version = await serverTarget(database).version();
  if (version === known) return database;
  await database.close();
  throw new DatabaseError(
    `The database's schema is at version ${version}, and this program's is ${known}: migrate first (npm run migrate -- up).`,
  );
}

async function rebuildParks(database: Database, options: Options, say: (line: string) => void): Promise<number> {
  const all = (await database.reader.selectFrom('parks').select('park').orderBy('park').execute()).map(
    ({ park }) => park,
  );
  const parks = options.park === undefined ? all : all.filter((park) => park === options.park);
  if (parks.length === 0) {
    say(options.park === undefined ? 'There are no parks.' : `There is no park ${options.park} on this server.`);
    return options.park === undefined ? 0 : 2;
  }
  let differ = 0;
  for (const park of parks) {
    const rebuilt = await rebuildPark({ database, crypto: createNodeCrypto() }, park, options);
    const isSame = rebuilt.before === rebuilt.after;
    if (!isSame) differ += 1;
    say(`${park}: ${rebuilt.events} events\n  before  ${rebuilt.before}\n  after   ${rebuilt.after}`);
    say(
      `  ${isSame ? 'The same.' : `They differ. ${options.replace ? 'The rebuilt read models stay.' : 'Nothing was changed.'}`}`,
    );
  }
  return differ === 0 ? 0 : 1;
}

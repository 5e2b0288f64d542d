import { parseArgs } from 'node:util';
import { type Database, DatabaseError } from '../db/database.ts';
import { openForCommand, parksAskedFor } from '../db/open-for-command.ts';
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
    const database = await openForCommand(options.data);
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

async function rebuildParks(database: Database, options: Options, say: (line: string) => void): Promise<number> {
  const parks = await parksAskedFor(database, options.park);
  if (parks.length === 0) say('There are no parks.');
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

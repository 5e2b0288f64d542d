// `node dump-pglite.ts FOLDER FILE`: makes a migrated PGlite in a folder, and the file that it dumps itself into.
import { writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { migrateUp } from '../migrate.ts';
import { serverTarget } from '../migrate-server.ts';
import { databaseOn } from '../open-pglite.ts';

const [folder, file] = process.argv.slice(2);
if (folder === undefined || file === undefined) throw new Error('usage: node dump-pglite.ts FOLDER FILE');
const pglite = await PGlite.create(folder);
const database = await databaseOn(pglite);
await migrateUp(serverTarget(database));
await pglite.exec('checkpoint');
const dump = await pglite.dumpDataDir('none');
writeFileSync(file, new Uint8Array(await dump.arrayBuffer()));
await database.close();

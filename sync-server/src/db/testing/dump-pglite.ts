// `node dump-pglite.ts FILE`: writes a migrated PGlite as it dumps itself, for tests that begin with one.
import { writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { migrateUp } from '../migrate.ts';
import { serverTarget } from '../migrate-server.ts';
import { databaseOn } from '../open-pglite.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node dump-pglite.ts FILE');
const pglite = await PGlite.create();
const database = await databaseOn(pglite);
await migrateUp(serverTarget(database));
await pglite.exec('checkpoint');
const dump = await pglite.dumpDataDir('none');
writeFileSync(file, new Uint8Array(await dump.arrayBuffer()));
await database.close();

// `node make-pglites.ts FOLDER`: makes PGlites for tests to copy; the last line says where they are.
import { openAsBlob, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { migrateUp } from '../migrate.ts';
import { serverTarget } from '../migrate-server.ts';
import { databaseOn } from '../open-pglite.ts';
import type { KeptPglites } from './kept-databases.ts';

const [root] = process.argv.slice(2);
if (root === undefined) throw new Error('usage: node make-pglites.ts FOLDER');
const kept: KeptPglites = {
  empty: join(root, 'empty.tar'),
  migrated: join(root, 'migrated.tar'),
  folder: join(root, 'migrated'),
};
/** Half of all files are of databases that only another database is made from, which a server in PGlite never does. */
const WITHOUT_TEMPLATES = [
  'update pg_database set datistemplate = false',
  'drop database template0',
  'drop database template1',
];
/** Whoever opens a PGlite fills its buffers with noughts first, 128 MB of them by default; a test's tables have some kB. */
const SMALL = "alter system set shared_buffers = '16MB'";

async function dump(pglite: PGlite, file: string): Promise<void> {
  await pglite.exec('checkpoint');
  const tar = await pglite.dumpDataDir('none');
  writeFileSync(file, new Uint8Array(await tar.arrayBuffer()));
}

const pglite = await PGlite.create();
for (const statement of [...WITHOUT_TEMPLATES, SMALL]) await pglite.exec(statement);
await dump(pglite, kept.empty);
const database = await databaseOn(pglite);
await migrateUp(serverTarget(database));
await dump(pglite, kept.migrated);
await database.close();
const onDisk = await PGlite.create(kept.folder, { loadDataDir: await openAsBlob(kept.migrated) });
await onDisk.close();
console.log(JSON.stringify(kept));

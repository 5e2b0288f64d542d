// Row types from the migrated schemas, so that the database schema is their single source.
// `--check` writes nothing and fails where a file is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Column } from '../sync-server/src/db/describe-schema.ts';
import { serverColumns } from '../sync-server/src/db/describe-schema.ts';
import { migrateUp, migrationFolder } from '../sync-server/src/db/migrate.ts';
import { gateTarget } from '../sync-server/src/db/migrate-gate.ts';
import { openTestPglite } from '../sync-server/src/db/testing/test-pglite.ts';

const HEADER = '// Made by `npm run db:types` from the migrations. Do not edit.\n';
const TS_TYPES = { text: 'string', integer: 'number', bytes: 'Uint8Array' } as const;

const root = new URL('../', import.meta.url);
const files = {
  'sync-server/src/db/row-types.generated.ts': await serverTypes(),
  'gate-app/src/kiosk/event-log/row-types.generated.ts': await gateTypes(),
};
let stale = false;
for (const [path, text] of Object.entries(files)) {
  if (!process.argv.includes('--check')) writeFileSync(new URL(path, root), text);
  else if (textOf(path) !== text) {
    stale = true;
    console.error(`${path} does not fit the migrations: run "npm run db:types"`);
  }
}
process.exitCode = stale ? 1 : 0;

async function serverTypes(): Promise<string> {
  const database = await openTestPglite('migrated');
  const columns = await serverColumns(database);
  await database.close();
  const withDefault = (column: Column): string => {
    const type = rowType(column);
    return column.hasDefault ? `Generated<${type}>` : type;
  };
  return `${HEADER}import type { Generated } from 'kysely';\n\n${interfacesOf(columns, withDefault)}`;
}

async function gateTypes(): Promise<string> {
  const Sqlite = createRequire(new URL('../sync-server/package.json', import.meta.url))('better-sqlite3');
  const database = new Sqlite(':memory:');
  await migrateUp(gateTarget(database), migrationFolder('gate'));
  const columns: Column[] = database
    .prepare(
      `select m.name as "table", c.name as name, c.type as type, c."notnull" as not_null, c.pk as pk
       from sqlite_master m join pragma_table_info(m.name) c
       where m.type = 'table' and m.name not like 'sqlite_%' order by m.name, c.cid`,
    )
    .all()
    .map((row: { table: string; name: string; type: string; not_null: number; pk: number }) => ({
      table: row.table,
      name: row.name,
      type: row.type === 'TEXT' ? 'text' : row.type === 'INTEGER' ? 'integer' : 'bytes',
      nullable: row.not_null === 0 && row.pk === 0,
      hasDefault: false,
    }));
  database.close();
  return `${HEADER}\n${interfacesOf(columns, rowType)}`;
}

function rowType({ type, nullable }: Column): string {
  return TS_TYPES[type] + (nullable ? ' | null' : '');
}

function interfacesOf(columns: readonly Column[], typeOf: (column: Column) => string): string {
  const byTable = Map.groupBy(columns, ({ table }) => table);
  const interfaces = [...byTable].map(
    ([table, own]) =>
      `export interface ${pascal(table)}Row {\n${own.map((column) => `  ${column.name}: ${typeOf(column)};\n`).join('')}}\n`,
  );
  const tables = [...byTable.keys()].map((table) => `  ${table}: ${pascal(table)}Row;\n`).join('');
  return `${interfaces.join('\n')}\nexport interface Tables {\n${tables}}\n`;
}

function pascal(name: string): string {
  return name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function textOf(path: string): string {
  try {
    return readFileSync(new URL(path, root), 'utf8');
  } catch {
    return '';
  }
}

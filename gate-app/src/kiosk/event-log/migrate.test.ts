import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ORDER_COLUMN, TABLES, type TableName } from '@skygate/shared/read-models/tables';
import Sqlite, { type Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MigrationError, migrate, migrateDown, schemaVersion } from './migrate.ts';
import { openDatabase } from './open-database.ts';

const UNIQUE_KEYS = `
  SELECT (SELECT group_concat(c.name) FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno) c)
  FROM pragma_index_list(?) i WHERE i."unique" = 1`;

describe('migrations of the kiosk database', { timeout: 120_000 }, () => {
  let folder: string;
  const path = () => join(folder, 'kiosk.sqlite');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skygate-migrate-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('go up, all the way down, and up again', () => {
    const database = openDatabase(path());
    const version = schemaVersion(database);
    while (schemaVersion(database) > 0) migrateDown(database);
    expect(database.prepare('SELECT count(1) FROM sqlite_schema').pluck().get()).toBe(0);
    migrate(database);
    expect(schemaVersion(database)).toBe(version);
    database.close();
  });

  it('each take back exactly what they brought', () => {
    const files = new URL('../../../../migrations/gate/', import.meta.url);
    const schemaOf = (database: Database) =>
      database.prepare('SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name').all();
    const going = openDatabase(path());
    while (schemaVersion(going) > 0) {
      migrateDown(going);
      const version = schemaVersion(going);
      const only = mkdtempSync(join(folder, 'only-'));
      for (const name of readdirSync(files)) {
        if (Number(name.slice(0, 4)) <= version) copyFileSync(new URL(name, files), join(only, name));
      }
      const fresh = new Sqlite(':memory:');
      migrate(fresh, pathToFileURL(`${only}/`));
      expect([version, schemaOf(going)]).toEqual([version, schemaOf(fresh)]);
      fresh.close();
    }
    going.close();
  });

  it('are refused by an older program, which changes nothing', () => {
    const database = openDatabase(path());
    const newer = schemaVersion(database) + 1;
    database.pragma(`user_version = ${newer}`);
    database.close();
    expect(() => openDatabase(path())).toThrow(MigrationError);
    expect(() => openDatabase(path())).toThrow(`schema ${newer}`);
    const untouched = new Sqlite(path());
    expect(untouched.pragma('user_version', { simple: true })).toBe(newer);
    untouched.close();
  });

  it('make STRICT tables only, and each read model as TABLES says', () => {
    const database = openDatabase(path());
    const loose = database.prepare("SELECT name FROM pragma_table_list WHERE strict = 0 AND name NOT LIKE 'sqlite_%'");
    expect(loose.all()).toEqual([]);
    const columnsOf = database.prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)');
    const uniqueOf = database.prepare<[string], string>(UNIQUE_KEYS).pluck();
    for (const name of Object.keys(TABLES) as TableName[]) {
      const { kind, key, columns } = TABLES[name];
      const rows = columnsOf.all(name);
      const order = kind === 'latest' ? [ORDER_COLUMN] : [];
      expect([name, rows.map((row) => row.name).sort()]).toEqual([name, [...key, ...columns, ...order].sort()]);
      // The primary one may be another: what is read together stands together.
      expect([name, uniqueOf.all(name)]).toEqual([name, expect.arrayContaining([key.join()])]);
    }
    database.close();
  });
});

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '@skygate/gate-app/kiosk/event-log/open-database';
import { createKiosk } from '@skygate/gate-app/kiosk/kiosk';
import { systemPorts } from '@skygate/gate-app/system-ports';
import Sqlite, { type Database } from 'better-sqlite3';
import { mustSay } from './bench-kiosk.ts';
import type { PullRound } from './pull.ts';

// The kiosk of `pull`: node pull-kiosk.ts FOLDER SERVER CODE HEAD catches up to the server's position HEAD.

/** As many as a page of a pull asks for. */
const EVENTS_A_TRANSACTION = 500;
const LOOK_EVERY_MS = 20;

async function catchUp(folder: string, serverUrl: string, code: string, head: number): Promise<number> {
  const kiosk = await createKiosk({ config: { dataFolder: folder, appVersion: 'bench' }, ...systemPorts('silent') });
  mustSay(await kiosk.api.enrol({ serverUrl, code }));
  const watched = new Sqlite(join(folder, 'kiosk.sqlite'), { readonly: true });
  const cursor = watched.prepare<[], number>('SELECT cursor FROM sync_position').pluck();
  const started = performance.now();
  const running = kiosk.run();
  while ((cursor.get() ?? 0) < head) await sleep(LOOK_EVERY_MS);
  const ms = performance.now() - started;
  watched.close();
  await kiosk.stop();
  await running;
  return ms;
}

interface TableRows {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** The rows that came of the catching up, bare, into the same tables with the same indexes. */
function insertBare(
  from: string,
  to: string,
): { readonly floorMs: number; readonly events: number; readonly rows: number } {
  const source = new Sqlite(from, { readonly: true });
  const target = openDatabase(to);
  // Tables are filled side by side, in no order that a reference could follow.
  target.pragma('foreign_keys = OFF');
  const tables = tablesOf(source);
  const events = tables.find(({ table }) => table === 'events')?.rows.length ?? 0;
  const parts = Math.ceil(events / EVENTS_A_TRANSACTION);
  const inserts = tables.map(({ table, columns }) =>
    target.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`),
  );
  const insertPart = target.transaction((part: number) => {
    for (const [which, { rows }] of tables.entries()) {
      const size = Math.ceil(rows.length / parts);
      for (const row of rows.slice(part * size, (part + 1) * size)) inserts[which]?.run(...row);
    }
  });
  const started = performance.now();
  for (let part = 0; part < parts; part += 1) insertPart(part);
  const floorMs = performance.now() - started;
  source.close();
  target.close();
  return { floorMs, events, rows: tables.reduce((sum, { rows }) => sum + rows.length, 0) };
}

/** Only what pulled events fill; a table's single rows and settings are there from the start. */
function tablesOf(source: Database): readonly TableRows[] {
  const names = source
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck();
  return names.all().flatMap((table): TableRows[] => {
    const columns = source.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table);
    if (columns.includes('only_row')) return [];
    // As they came, about: streams side by side. A bare insert could not choose another order either.
    const order = columns.includes('seq') ? 'ORDER BY seq' : '';
    const rows = source
      .prepare<[], unknown[]>(`SELECT ${columns.join(', ')} FROM ${table} ${order}`)
      .raw()
      .all();
    return rows.length === 0 ? [] : [{ table, columns, rows }];
  });
}

const [folder, serverUrl, code, head] = process.argv.slice(2);
if (!folder || !serverUrl || !code || !head) throw new Error('usage: pull-kiosk.ts FOLDER SERVER CODE HEAD');
const pullMs = await catchUp(folder, serverUrl, code, Number(head));
const rssMiB = process.memoryUsage.rss() / 2 ** 20;
const bare = insertBare(join(folder, 'kiosk.sqlite'), join(folder, 'floor.sqlite'));
const round: PullRound = { pullMs, rssMiB, ...bare };
console.log(JSON.stringify(round));
process.exit(0);

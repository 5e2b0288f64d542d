import { hashState } from '@skygate/gate-app/kiosk/read-models/read-state';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { stateHashOf } from '@skygate/shared/read-models/state-hash';
import Sqlite from 'better-sqlite3';
import { type KioskDisk, readKioskDisk, type ServerDisk } from '../inspect.ts';
import type { Check } from '../invariants.ts';

/** S7: equal vectors, and then equal state hashes, as the program itself makes them; rows only say what is different. */
export const sameState: Check = ({ crypto, server, kiosks }, report) => {
  const expected = serverStateHash(crypto, server);
  for (const { name, path, disk } of kiosks) {
    sameStreams(disk.vector, server.vector, (found) => report(`${name} ${found}`));
    if (kioskStateHash(crypto, path) === expected) continue;
    const differences = differencesOf(readKioskDisk(path, true), server);
    for (const found of differences) report(`${name}: ${found}`);
    if (differences.length === 0) report(`${name}: another state hash over the same rows`);
  }
};

export const serverStateHash = (crypto: Crypto, server: ServerDisk): string => stateHashOf(crypto, server.rows);

function kioskStateHash(crypto: Crypto, path: string): string {
  const database = new Sqlite(path, { readonly: true });
  try {
    return hashState(database, crypto);
  } finally {
    database.close();
  }
}

type Vector = KioskDisk['vector'];

/** Both ways: the server may lack what a kiosk has, too. */
function sameStreams(own: Vector, server: Vector, report: (found: string) => void): void {
  const none = { seq: 0, hash: '' };
  for (const stream of new Set([...server.keys(), ...own.keys()])) {
    const here = own.get(stream) ?? none;
    const there = server.get(stream) ?? none;
    if (here.seq === there.seq && (here.seq === 0 || here.hash === there.hash)) continue;
    report(`holds ${stream} to ${here.seq}, the server to ${there.seq}`);
  }
}

const differencesOf = (disk: KioskDisk, server: ServerDisk): readonly string[] =>
  [...server.tables].flatMap(([table, lines]) => {
    const difference = firstDifference(disk.tables.get(table) ?? [], lines);
    return difference === null ? [] : [`${table} has ${difference}`];
  });

function firstDifference(own: readonly string[], lines: readonly string[]): string | null {
  const at = [...Array(Math.max(own.length, lines.length)).keys()].find((index) => own[index] !== lines[index]);
  return at === undefined ? null : `${own[at] ?? 'no row'}, the server ${lines[at] ?? 'no row'}`;
}

import Sqlite, { type Database } from 'better-sqlite3';

/** What SQLite says where nothing limits a file. */
const NO_LIMIT = 4_294_967_294;
/** The connection that a process has open, by its file. */
const connections = new Map<string, Database>();
const full = new Set<string>();
let watching = false;

/**
 * A full disk is a limit on the pages of a file, and only its own connection knows of that: so connections are noted as
 * they are opened, and one to a file on a full disk has the limit from its beginning.
 */
function watchConnections(): void {
  if (watching) return;
  watching = true;
  const original = Sqlite.prototype.pragma;
  Sqlite.prototype.pragma = function pragma(source, options) {
    const answer = original.call(this, source, options);
    if (/^journal_mode\s*=\s*WAL/i.test(source)) {
      connections.set(this.name, this);
      if (full.has(this.name)) limitFile(this);
    }
    return answer;
  };
}

/** Not a page more than there are now: what fits into those goes on. */
const limit = (database: Database): unknown => database.pragma('max_page_count = 1');

/** A new file where an old one was (its first page says that it has a WAL): what was wiped there has made room (X4). */
function limitFile(database: Database): void {
  if (Number(database.pragma('page_count', { simple: true })) <= 1) full.delete(database.name);
  else limit(database);
}

/** From now on the file does not grow, whoever opens it. */
export function fillDisk(path: string): void {
  watchConnections();
  full.add(path);
  const open = connections.get(path);
  if (open?.open) limit(open);
}

export function freeDisk(path: string): void {
  full.delete(path);
  const open = connections.get(path);
  if (open?.open) open.pragma(`max_page_count = ${NO_LIMIT}`);
}

/** To be called before any file is opened that may be on a full disk later. */
export const prepareDisks = watchConnections;

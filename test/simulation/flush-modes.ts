import Sqlite from 'better-sqlite3';

/** Files whose commits are not flushed when they return, by what was set on their connections. */
const unflushed = new Set<string>();
let watching = false;

/**
 * A power cut takes from a database what its mode left unflushed, and the mode is known to its connection alone: so the
 * setting is watched as it is made.
 */
export function watchFlushModes(): void {
  if (watching) return;
  watching = true;
  const original = Sqlite.prototype.pragma;
  Sqlite.prototype.pragma = function pragma(source, options) {
    const mode = /^synchronous\s*=\s*(\w+)/i.exec(source)?.[1]?.toUpperCase();
    if (mode !== undefined && mode !== 'FULL' && mode !== 'EXTRA') unflushed.add(this.name);
    return original.call(this, source, options);
  };
}

/** Whether a commit in this file is on disk when it returns. */
export const isFlushed = (path: string): boolean => !unflushed.has(path);

import type { Event } from '@skygate/shared/events/envelope';
import { type FreeText, textNameIn, textsNamedBy } from '@skygate/shared/events/free-text';
import { TEXTS_MAX, type TextsRequest } from '@skygate/shared/protocol/texts';
import type { Database } from 'better-sqlite3';
import type { TypedText } from '../../rpc-contract/typed-text.ts';

export type TextToDeliver = TextsRequest['texts'][number];

/**
 * What people typed, beside the log whose events only name it (E2, E5). The one place at a kiosk that touches these rows.
 * Writes belong in the transaction of whatever they follow from.
 */
export interface TextStore {
  /** @param event the one that names it */
  keep(text: FreeText, event: Event): void;
  /** A lost transaction was recorded again: its texts are named by the event that holds it now (E6). */
  namedAnew(recorded: readonly Event[]): void;
  /** Overwrites what HQ erased. @returns how many texts went: the write-ahead log then has to be emptied after the commit */
  eraseAsTold(): number;
  /** The server has these, or needs them no more. @param held how many of this node's it said it had then */
  delivered(names: readonly string[], held: number): void;
  /** Whether the server says that it has fewer of this node's than it had: an older backup was put back (E8). */
  areFewer(held: number): boolean;
  /** How many of this node's the server ever said it had. */
  mostHeld(): number;
  /** Another log of the server's: it is told everything anew (E8). */
  deliverAnew(): void;
  /**
   * The oldest ones whose event the server has and which it has not; at most `TEXTS_MAX`.
   * @param except by `placeOfText`
   */
  next(except: ReadonlySet<string>): readonly TextToDeliver[];
  hasNext(except: ReadonlySet<string>): boolean;
  /** What a body's member says: words of an older program stand there themselves. */
  read(member: string): TypedText;
}

/** Which text by which event's name: recorded again (E6), it is another event's, and what was said of the first is over. */
export const placeOfText = ({
  name,
  node,
  epoch,
  seq,
}: Pick<TextToDeliver, 'name' | 'node' | 'epoch' | 'seq'>): string => `${name} ${node}/${epoch}/${seq}`;

// Of one name are one salt and one text only.
const KEEP = 'INSERT INTO texts (name, salt, text) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING';
const PLACE = `
  INSERT INTO text_deliveries (name, node, epoch, seq, delivered) VALUES (?, ?, ?, ?, 0)
  ON CONFLICT (name) DO UPDATE SET node = excluded.node, epoch = excluded.epoch, seq = excluded.seq, delivered = 0`;
const IS_KEPT = 'SELECT 1 FROM texts WHERE name = ?';
const ERASE = `
  UPDATE texts SET salt = '', text = '' WHERE text <> '' AND name IN (SELECT name FROM erased_texts)`;
// What the server said it had stands by each, and one more, so that none is 0, which waits.
const DELIVERED = 'UPDATE text_deliveries SET delivered = ? + 1 WHERE name = ?';
const MOST_HELD = 'SELECT max(coalesce(max(delivered), 0) - 1, 0) FROM text_deliveries';
const ANEW = 'UPDATE text_deliveries SET delivered = 0 WHERE delivered > 0';
const READ = 'SELECT text FROM texts WHERE name = ?';
const IS_ERASED = 'SELECT 1 FROM erased_texts WHERE name = ?';
// The server looks each up by its event: what it has not acknowledged waits.
const NEXT = `
  SELECT d.node, d.epoch, d.seq, d.name, t.salt, t.text
  FROM text_deliveries d JOIN texts t ON t.name = d.name
  WHERE d.delivered = 0 AND t.text <> '' AND d.seq <= coalesce(
    (SELECT p.acknowledged FROM sync_position p, identity i WHERE i.node = d.node AND i.epoch = d.epoch),
    (SELECT o.delivered FROM deliveries o WHERE o.node = d.node AND o.epoch = d.epoch), 0)
  ORDER BY t.id`;

export function createTextStore(database: Database): TextStore {
  const keep = database.prepare(KEEP);
  const place = database.prepare(PLACE);
  const isKept = database.prepare<[string], number>(IS_KEPT).pluck();
  const erase = database.prepare(ERASE);
  const delivered = database.prepare(DELIVERED);
  const mostHeld = database.prepare<[], number>(MOST_HELD).pluck();
  const anew = database.prepare(ANEW);
  const read = database.prepare<[string], string>(READ).pluck();
  const isErased = database.prepare<[string], number>(IS_ERASED).pluck();
  const waiting = database.prepare<[], TextToDeliver>(NEXT);

  const next = (except: ReadonlySet<string>, limit: number): readonly TextToDeliver[] => {
    const found: TextToDeliver[] = [];
    for (const text of waiting.iterate()) {
      if (found.length === limit) break;
      if (!except.has(placeOfText(text))) found.push(text);
    }
    return found;
  };

  return {
    keep: ({ name, salt, text }, { node, epoch, seq }) => {
      keep.run(name, salt, text);
      place.run(name, node, epoch, seq);
    },
    namedAnew: (recorded) => {
      for (const event of recorded) {
        if (event.type !== 'EventRecovered') continue;
        for (const name of textsNamedBy(event)) {
          if (isKept.get(name) !== undefined) place.run(name, event.node, event.epoch, event.seq);
        }
      }
    },
    eraseAsTold: () => overwriting(database, () => erase.run().changes),
    delivered: (names, held) => {
      for (const name of names) delivered.run(held, name);
    },
    mostHeld: () => mostHeld.get() ?? 0,
    areFewer: (held) => held < (mostHeld.get() ?? 0),
    deliverAnew: () => {
      anew.run();
    },
    next: (except) => next(except, TEXTS_MAX),
    hasNext: (except) => next(except, 1).length > 0,
    read: (member) => {
      const name = textNameIn(member);
      if (name === null) return { state: 'here', text: member };
      const text = read.get(name);
      if (text !== undefined && text !== '') return { state: 'here', text };
      return { state: isErased.get(name) === undefined ? 'not_here' : 'erased' };
    },
  };
}

/** Within the work, what a row held before is overwritten with zeros in its page, not only given free (E5). */
export function overwriting<Value>(database: Database, work: () => Value): Value {
  database.pragma('secure_delete = ON');
  try {
    return work();
  } finally {
    database.pragma('secure_delete = OFF');
  }
}

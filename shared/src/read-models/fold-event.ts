import type { KnownEvent } from '../events/catalogue.ts';
import type { Event } from '../events/envelope.ts';
import { readEvent, type UnreadableEvent } from '../events/read-event.ts';
import type { Crypto } from '../lib/crypto.ts';
import { type Fold, rowsOf } from './ask.ts';
import { checkChanges, type FoldProblem, textOfKey } from './check-change.ts';
import { foldRecovered } from './fold-recovered.ts';
import { isKeyedByFork, keyInFork } from './in-fork.ts';
import { projectEvent } from './project.ts';
import type { Row, RowChange } from './row-change.ts';

/** What an event does to the read models, and what of it is put aside. */
export interface Folded {
  readonly changes: readonly RowChange[];
  readonly problems: readonly FoldProblem[];
}

/** An event that asks nothing: neither a recovery nor known from one. What most events are. */
export function foldPlain(event: Event): Folded {
  const read = readEvent(event);
  if (!read.ok) return unread(event, describeUnread(read.error));
  if (read.value.type === 'Unreadable') return unread(event, `unreadable: ${read.value.body.problem}`);
  return projected(event, read.value);
}

/** Any event (E6, S7): each counts once, whether it stands in its stream, was recorded again elsewhere, or both. */
export function* foldEvent(event: Event, deps: { readonly crypto: Crypto }): Fold<Folded> {
  if (event.type === 'EventRecovered') {
    const read = readEvent(event);
    return read.ok ? yield* foldRecovered(event, deps) : unread(event, describeUnread(read.error));
  }
  const [recovered] = yield* rowsOf('recovered_events', { park: event.park, hash: event.hash });
  return recovered ? foldArrived(event, recovered) : foldPlain(event);
}

/** What was counted as recovered has come in its own stream after all: its rows move there, its sums stay. */
function foldArrived(event: Event, recovered: Row): Folded {
  const { changes, problems } = foldPlain(event);
  const fork = String(recovered['fork']);
  const leaving = changes
    .filter(isKeyedByFork)
    .map((change): RowChange => ({ op: 'remove', table: change.table, key: keyInFork(change, fork) }));
  return { changes: [...leaving, ...changes.filter(({ op }) => op !== 'add')], problems };
}

function projected(event: Event, known: KnownEvent): Folded {
  try {
    return checkChanges(projectEvent(known));
  } catch (error) {
    return unread(event, error instanceof Error ? error.message : String(error));
  }
}

export const unread = (event: Event, error: string, waitsFor?: string): Folded => ({
  changes: [],
  problems: [
    { readModel: 'all', key: textOfKey(event.subject), error, ...(waitsFor === undefined ? {} : { waitsFor }) },
  ],
});

/** Why an event cannot be folded, in words for HQ's list. */
export function describeUnread(error: UnreadableEvent): string {
  const what = `${error.type} version ${error.version}`;
  switch (error.kind) {
    case 'unknown_type':
      return `unknown type ${what}`;
    case 'bad_body':
      return `bad body of ${what}: ${error.problem}`;
    case 'not_by_hq':
      return `${what} is for HQ alone to say: ${error.problem}`;
  }
}

import type { KnownEvent } from '../events/catalogue.ts';
import type { Event } from '../events/envelope.ts';
import { readEvent } from '../events/read-event.ts';
import type { EventRecovered } from '../events/recovery.ts';
import { base64urlToBytes } from '../lib/bytes.ts';
import type { Crypto } from '../lib/crypto.ts';
import { recoveredRun } from '../sync/recovery.ts';
import { type Fold, rowsOf, together } from './ask.ts';
import { checkChanges, textOfKey } from './check-change.ts';
import type { Folded } from './fold-event.ts';
import { type InFork, inFork, isKeyedByFork, keyInFork } from './in-fork.ts';
import { projectEvent } from './project.ts';
import type { Row, RowChange } from './row-change.ts';
import { isSmallerRow } from './row-order.ts';

/**
 * What an `EventRecovered` brings back (E6), folded as if it had happened in its place: each event by its own hash once,
 * wherever else it is met. Rows whose key has a `fork` stand beside those of the past that stands in the stream. Of
 * several who recorded one event, the smallest row of `recovered_events` names its fork, so order does not matter.
 */
export function* foldRecovered(event: Event, { crypto }: { readonly crypto: Crypto }): Fold<Folded> {
  const body = event.body as unknown as EventRecovered;
  const { node, epoch } = body.original;
  const key = (yield { ask: 'key', park: event.park, node, epoch }) as string | null;
  const run = recoveredRun(crypto, event, () => (key === null ? null : base64urlToBytes(key)));
  if (!run.ok) {
    const waits = run.error.kind === 'unknown_key' ? { waitsFor: `${node}/${epoch}` } : {};
    const subject = textOfKey(event.subject);
    return { changes: [], problems: [{ readModel: 'all', key: subject, error: run.error.problem, ...waits }] };
  }
  const where: InFork = { fork: run.value.fork, from: body.fork.from };
  // Side by side: no two of a chain are one event, and hundreds of them are asked about in two statements.
  const folded = yield* together(run.value.events.map((inner) => foldInner(inner, where, event)));
  return {
    changes: folded.flatMap(({ changes }) => changes),
    problems: folded.flatMap(({ problems }) => problems),
  };
}

function* foldInner(inner: Event, where: InFork, by: Event): Fold<Folded> {
  const read = readEvent(inner);
  if (!read.ok || read.value.type === 'Unreadable') {
    // Not noted as recovered: a program that knows the type counts it then.
    const key = textOfKey([inner.node, inner.epoch, inner.seq, where.fork]);
    const kind = read.ok ? 'unreadable' : read.error.kind;
    return { changes: [], problems: [{ readModel: 'all', key, error: `${kind}: ${inner.type} recovered` }] };
  }
  const row = recoveredRow(inner, where, by);
  const noted: RowChange = { op: 'insert', table: 'recovered_events', row };
  const { park, node, epoch, seq, hash } = inner;
  if ((yield { ask: 'standing', park, node, epoch, seq }) === hash) return { changes: [noted], problems: [] };
  const [known] = yield* rowsOf('recovered_events', { park, hash });
  const { changes, problems } = checkChanges(projectInFork(read.value, where));
  if (!known) return { changes: [noted, ...changes], problems };
  if (!isSmallerRow('recovered_events', row, known)) return { changes: [], problems: [] };
  return { changes: [noted, ...moved(changes, String(known['fork']))], problems: [] };
}

/**
 * The changes of an event in a fork. A document's change there has the actor and seq of another that stands: kept out, and
 * with it the word that publishes it, for which HQ would wait for ever (D1). What else that word published HQ says again.
 */
function projectInFork(event: KnownEvent, where: InFork): readonly RowChange[] {
  if (event.type === 'DocumentChanged' || event.type === 'DocumentPublished') return [];
  return projectEvent(event).map((change) => inFork(change, where));
}

/** Rows that were counted under another fork's name go to this one; sums were counted with them. */
function moved(changes: readonly RowChange[], before: string): readonly RowChange[] {
  const keyed = changes.filter(isKeyedByFork);
  const leaving = keyed.map(
    (change): RowChange => ({ op: 'remove', table: change.table, key: keyInFork(change, before) }),
  );
  return [...leaving, ...keyed];
}

function recoveredRow(inner: Event, { fork }: InFork, by: Event): Row {
  const { park, hash, node, epoch, seq, type, hlc } = inner;
  return { park, hash, node, epoch, seq, fork, type, hlc, by_node: by.node, by_epoch: by.epoch, by_seq: by.seq };
}

import type { Event } from '@skygate/shared/events/envelope';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { together } from '@skygate/shared/read-models/ask';
import { type FoldProblem, isOfPart, keyText } from '@skygate/shared/read-models/check-change';
import { type Folded, foldEvent, foldPlain } from '@skygate/shared/read-models/fold-event';
import { asFoldProblem } from '@skygate/shared/read-models/refold/held-problem';
import { refold, refoldKey } from '@skygate/shared/read-models/refold/refold';
import { REFOLDERS } from '@skygate/shared/read-models/refold/refolders';
import type { RowChange } from '@skygate/shared/read-models/row-change';
import { CompiledQuery } from 'kysely';
import type { Writer } from '../db/database.ts';
import { isPassingTrouble } from '../db/passing-trouble.ts';
import { runFold } from './answer-questions.ts';
import { applyRowChanges } from './apply-row-changes.ts';
import { putAside, type QuarantinedPart, takeOut } from './quarantine.ts';

export interface Folding {
  readonly tx: Writer;
  readonly crypto: Crypto;
  /** The position up to which events are in the read models when this page is. */
  readonly folded: number;
}

/**
 * Folds a page of one park. Most events ask nothing and go in together; so does what was recorded again before it came,
 * after them; and recoveries last, one by one: of their events all that stand in this page are folded by then, and two may
 * bring back the same.
 */
export async function foldPage(folding: Folding, events: readonly Event[]): Promise<void> {
  const recovered = await recoveredAmong(folding.tx, events);
  const recoveries = events.filter(({ type }) => type === 'EventRecovered');
  const others = events.filter(({ type }) => type !== 'EventRecovered');
  const plain = others.filter(({ hash }) => !recovered.has(hash));
  await takeIn(
    folding,
    plain.map((event) => ({ event, folded: foldPlain(event) })),
  );
  const arrived = others.filter(({ hash }) => recovered.has(hash));
  const folds = await runFold(folding.tx, folding.folded, together(arrived.map((event) => foldEvent(event, folding))));
  await takeIn(
    folding,
    folds.map((folded, at) => ({ event: arrived[at] as Event, folded })),
  );
  for (const event of recoveries) {
    const folded = await runFold(folding.tx, folding.folded, foldEvent(event, folding));
    await takeIn(folding, [{ event, folded }]);
  }
}

/** Tries again a part of an event that was put aside (S7). */
export async function replayPart(folding: Folding, event: Event, part: QuarantinedPart): Promise<void> {
  const { tx } = folding;
  await takeOut(tx, event, part);
  const refolder = REFOLDERS.find(({ table }) => table === part.readModel);
  if (refolder) {
    const problem = await runFold(tx, folding.folded, refoldKey(refolder, JSON.parse(part.key), folding));
    if (problem) await putAside(tx, [{ event, problems: [{ ...part, error: problem.error }] }]);
    return;
  }
  const whole = await runFold(tx, folding.folded, foldEvent(event, folding));
  await takeIn(folding, [{ event, folded: partOf(whole, part) }]);
}

interface FoldedEvent {
  readonly event: Event;
  readonly folded: Folded;
}

async function takeIn(folding: Folding, parts: readonly FoldedEvent[]): Promise<void> {
  const { tx } = folding;
  await putAside(
    tx,
    parts.map(({ event, folded: { problems } }) => ({ event, problems })),
  );
  const changes = parts.flatMap(({ folded }) => folded.changes);
  if (changes.length > 0 && (await tries(tx, () => applyAndRefold(folding, changes))) !== null) {
    // One of them does not go in: the others must all the same (S7).
    for (const { event, folded } of parts) {
      if (parts.length > 1) await takeIn(folding, [{ event, folded: { ...folded, problems: [] } }]);
      else await takeEach(folding, event, folded.changes);
    }
  }
}

async function takeEach(folding: Folding, event: Event, changes: readonly RowChange[]): Promise<void> {
  const { tx } = folding;
  const problems: FoldProblem[] = [];
  for (const change of changes) {
    const error = await tries(tx, () => applyRowChanges(tx, [change]));
    if (error !== null) problems.push({ readModel: change.table, key: keyText(change), error });
  }
  const refolded = await runFold(tx, folding.folded, refold(changes, folding));
  problems.push(...refolded.map(asFoldProblem));
  await putAside(tx, [{ event, problems }]);
}

/** The one place at the server where rows change: the events' own, then what is folded from them (S7). */
async function applyAndRefold(folding: Folding, changes: readonly RowChange[]): Promise<void> {
  const { tx, folded } = folding;
  await applyRowChanges(tx, changes);
  const [problem] = await runFold(tx, folded, refold(changes, folding));
  if (problem) throw new Error(`${problem.readModel} ${JSON.stringify(problem.key)}: ${problem.error}`);
}

/** Which of the events were recorded again by somebody before they came. */
async function recoveredAmong(tx: Writer, events: readonly Event[]): Promise<ReadonlySet<string>> {
  const [first] = events;
  if (!first) return new Set();
  const { rows } = await tx.executeQuery<{ hash: string }>(
    CompiledQuery.raw(
      'select r.hash from json_array_elements_text($2::json) h join recovered_events r on r.park = $1 and r.hash = h.value',
      [first.park, JSON.stringify(events.map(({ hash }) => hash))],
    ),
  );
  return new Set(rows.map(({ hash }) => hash));
}

/** What a quarantined read model and key have of an event. Where the whole event was put aside, that is all of it. */
function partOf(whole: Folded, part: QuarantinedPart): Folded {
  const { readModel, key } = part;
  if (readModel === 'all') return whole;
  return {
    changes: whole.changes.filter((change) => isOfPart(change, part)),
    problems: whole.problems.filter((problem) => problem.readModel === readModel && problem.key === key),
  };
}

/** Does the work or leaves all as it was. @returns what went wrong, or null */
async function tries(tx: Writer, work: () => Promise<void>): Promise<string | null> {
  await tx.executeQuery(CompiledQuery.raw('savepoint changes'));
  try {
    await work();
    await tx.executeQuery(CompiledQuery.raw('release savepoint changes'));
    return null;
  } catch (error) {
    // A lock not had or a full disk says nothing of the event: the page is tried again, and nothing put aside for it.
    if (isPassingTrouble(error)) throw error;
    await tx.executeQuery(CompiledQuery.raw('rollback to savepoint changes'));
    return error instanceof Error ? error.message : String(error);
  }
}

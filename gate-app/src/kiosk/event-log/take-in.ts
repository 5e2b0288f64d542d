import type { Event } from '@skygate/shared/events/envelope';
import { type FoldProblem, isOfPart, keyText } from '@skygate/shared/read-models/check-change';
import { type Folded, foldEvent } from '@skygate/shared/read-models/fold-event';
import { asFoldProblem } from '@skygate/shared/read-models/refold/held-problem';
import { refold, refoldKey } from '@skygate/shared/read-models/refold/refold';
import { REFOLDERS } from '@skygate/shared/read-models/refold/refolders';
import type { RowChange } from '@skygate/shared/read-models/row-change';
import Sqlite, { type Database } from 'better-sqlite3';
import type { RunFold } from '../read-models/answer-questions.ts';
import type { ApplyRowChanges } from '../read-models/apply-row-changes.ts';
import type { ProjectionDeps } from './project.ts';
import { createPutAside } from './put-aside.ts';

export interface FoldedEvent {
  readonly event: Event;
  readonly folded: Folded;
}

/** The one place at a kiosk where rows of the read models change, and where what does not go in is put aside (S7). */
export interface TakeIn {
  /** One event's. @returns what of it is in quarantine */
  one(event: Event, folded: Folded): readonly FoldProblem[];
  /** Many events' at once; each by itself if they do not go together. @returns how many have something in quarantine */
  many(parts: readonly FoldedEvent[]): number;
  /** Tries again what was put aside of an event. @param only one read model's key, or all of the event */
  again(event: Event, only: QuarantinedPart): void;
}

/** A read model's key, or `all` and the event's subject. */
export interface QuarantinedPart {
  readonly readModel: string;
  readonly key: string;
}

const WAITING = `
  SELECT read_model AS readModel, key, node, epoch, seq FROM quarantine WHERE waits_for = ? ORDER BY node, epoch, seq`;
const TAKE_OUT = 'DELETE FROM quarantine WHERE read_model = ? AND key = ? AND node = ? AND epoch = ? AND seq = ?';

interface Waiting extends QuarantinedPart {
  readonly node: string;
  readonly epoch: number;
  readonly seq: number;
}

interface TakeInDeps extends ProjectionDeps {
  readonly runFold: RunFold;
  readonly applyRowChanges: ApplyRowChanges;
}

export function createTakeIn(database: Database, deps: TakeInDeps): TakeIn {
  const { runFold } = deps;
  const { applyAndRefold, applyWhatGoes } = createApply(database, deps);
  const waiting = database.prepare<[string], Waiting>(WAITING);
  const takeOut = database.prepare(TAKE_OUT);
  const putAside = createPutAside(database);

  const one: TakeIn['one'] = (event, folded) => {
    const { changes, problems } = applyWhatGoes(folded.changes);
    const own = [...folded.problems, ...problems];
    const all = [...own, ...runFold(refold(changes, deps)).map(asFoldProblem)];
    putAside(event, all);
    releaseWaiting(changes);
    return all;
  };

  const again: TakeIn['again'] = (event, only) => {
    const { node, epoch, seq } = event;
    takeOut.run(only.readModel, only.key, node, epoch, seq);
    const refolder = REFOLDERS.find(({ table }) => table === only.readModel);
    const problem = refolder && runFold(refoldKey(refolder, JSON.parse(only.key), deps));
    if (problem) putAside(event, [asFoldProblem(problem)]);
    if (!refolder) one(event, partOf(runFold(foldEvent(event, deps)), only));
  };

  /** Recoveries that were waiting for the key that has just come (E6). */
  const releaseWaiting = (changes: readonly RowChange[]): void => {
    for (const change of changes) {
      if (change.op !== 'insert' || change.table !== 'kiosks') continue;
      for (const waitingPart of waiting.all(`${change.row['node']}/${change.row['epoch']}`)) {
        const event = deps.events.read(waitingPart, waitingPart.seq);
        if (event) again(event, waitingPart);
      }
    }
  };

  const many: TakeIn['many'] = (parts) => {
    const changes = parts.flatMap(({ folded }) => folded.changes);
    if (tries(() => applyAndRefold(changes)) !== null) {
      return parts.filter(({ event, folded }) => one(event, folded).length > 0).length;
    }
    const aside = parts.filter(({ folded }) => folded.problems.length > 0);
    for (const { event, folded } of aside) putAside(event, folded.problems);
    releaseWaiting(changes);
    return aside.length;
  };

  return { one, many, again };
}

function createApply(database: Database, deps: TakeInDeps) {
  const { applyRowChanges, runFold } = deps;
  const applyWhole = database.transaction((changes: readonly RowChange[]) => applyRowChanges(changes));
  const applyAndRefold = database.transaction((changes: readonly RowChange[]) => {
    applyRowChanges(changes);
    const [problem] = runFold(refold(changes, deps));
    if (problem) throw new RefoldError(`${problem.readModel}: ${problem.error}`);
  });
  /** All of them where that goes, else each by itself. @returns those that went in, and why the others did not */
  const applyWhatGoes = (changes: readonly RowChange[]): Folded => {
    if (tries(() => applyWhole(changes)) === null) return { changes, problems: [] };
    const applied: RowChange[] = [];
    const problems: FoldProblem[] = [];
    for (const change of changes) {
      const error = tries(() => applyWhole([change]));
      if (error === null) applied.push(change);
      else problems.push({ readModel: change.table, key: keyText(change), error });
    }
    return { changes: applied, problems };
  };

  return { applyAndRefold, applyWhatGoes };
}

/** A key of a page could not be made anew: its events are folded one by one, so that it is put aside under its own. */
class RefoldError extends Error {
  override readonly name = 'RefoldError';
}

/** What a quarantined read model and key have of an event. Where the whole event was put aside, that is all of it. */
function partOf({ changes, problems }: Folded, part: QuarantinedPart): Folded {
  const { readModel, key } = part;
  if (readModel === 'all') return { changes, problems };
  return {
    changes: changes.filter((change) => isOfPart(change, part)),
    problems: problems.filter((problem) => problem.readModel === readModel && problem.key === key),
  };
}

/** @returns what is wrong with the event; a full or failing disk is thrown: it must roll the whole transaction back */
function tries(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    const isOfTheEvent =
      !(error instanceof Sqlite.SqliteError) ||
      error.code.startsWith('SQLITE_CONSTRAINT') ||
      error.code === 'SQLITE_MISMATCH';
    if (!isOfTheEvent) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

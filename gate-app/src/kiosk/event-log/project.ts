import type { KnownEvent } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import { readEvent } from '@skygate/shared/events/read-event';
import { assert } from '@skygate/shared/lib/assert';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { type FoldProblem, keyText, textOfKey } from '@skygate/shared/read-models/check-change';
import { type Folded, foldEvent, foldPlain } from '@skygate/shared/read-models/fold-event';
import { PROJECTION_VERSION } from '@skygate/shared/read-models/projection-version';
import { type RefoldProblem, refold, refoldKey } from '@skygate/shared/read-models/refold/refold';
import { REFOLDERS } from '@skygate/shared/read-models/refold/refolders';
import type { RowChange } from '@skygate/shared/read-models/row-change';
import Sqlite, { type Database } from 'better-sqlite3';
import { createRunFold } from '../read-models/answer-questions.ts';
import { createApplyRowChanges } from '../read-models/apply-row-changes.ts';
import type { StoredEvents } from './stored-event.ts';

/** Folds events into the read models; to be called within the transaction that stores them. */
export interface Projection {
  /** An own event: it was made by this program, so not being able to read it is a bug. */
  projectOwn(event: Event): KnownEvent;
  /** Anybody's event. @returns false if something of it could not be folded and is in quarantine (E4, S7) */
  projectForeign(event: Event): boolean;
  /** Tries again what was put aside of an event. @param only one read model's key, or all of the event */
  replay(event: Event, only: { readonly readModel: string; readonly key: string }): void;
}

const QUARANTINE = `
  INSERT OR REPLACE INTO quarantine (read_model, key, node, epoch, seq, error, program, waits_for)
  VALUES (?, ?, ?, ?, ?, ?, ${PROJECTION_VERSION}, ?)`;
const WAITING = `
  SELECT read_model AS readModel, key, node, epoch, seq FROM quarantine WHERE waits_for = ? ORDER BY node, epoch, seq`;
const TAKE_OUT = 'DELETE FROM quarantine WHERE read_model = ? AND key = ? AND node = ? AND epoch = ? AND seq = ?';

interface Waiting {
  readonly readModel: string;
  readonly key: string;
  readonly node: string;
  readonly epoch: number;
  readonly seq: number;
}

export interface ProjectionDeps {
  readonly crypto: Crypto;
  readonly events: StoredEvents;
}

export function createProjection(database: Database, deps: ProjectionDeps): Projection {
  const applyRowChanges = createApplyRowChanges(database);
  const runFold = createRunFold(database, { applyRowChanges, events: deps.events });
  const quarantine = database.prepare(QUARANTINE);
  const waiting = database.prepare<[string], Waiting>(WAITING);
  const takeOut = database.prepare(TAKE_OUT);
  const applyWhole = database.transaction((changes: readonly RowChange[]) => applyRowChanges(changes));

  const putAside = ({ node, epoch, seq }: Event, problems: readonly FoldProblem[]): void => {
    for (const { readModel, key, error, waitsFor } of problems) {
      quarantine.run(readModel, key, node, epoch, seq, error.slice(0, ERROR_CHARACTERS_MAX), waitsFor ?? null);
    }
  };

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

  const replay: Projection['replay'] = (event, only) => {
    const { node, epoch, seq } = event;
    takeOut.run(only.readModel, only.key, node, epoch, seq);
    const refolder = REFOLDERS.find(({ table }) => table === only.readModel);
    const problem = refolder && runFold(refoldKey(refolder, JSON.parse(only.key), deps));
    if (problem) putAside(event, [asFoldProblem(problem)]);
    if (!refolder) take(event, partOf(runFold(foldEvent(event, deps)), only));
  };

  /** The one place at a kiosk where rows change: the event's own, then what is folded from them (S7). */
  const take = (event: Event, folded: Folded): readonly FoldProblem[] => {
    const { changes, problems } = applyWhatGoes(folded.changes);
    const own = [...folded.problems, ...problems];
    const all = [...own, ...runFold(refold(changes, deps)).map(asFoldProblem)];
    putAside(event, all);
    if (changes.some(({ table }) => table === 'kiosks')) releaseWaiting(changes);
    return all;
  };

  /** Recoveries that were waiting for the key that has just come (E6). */
  const releaseWaiting = (changes: readonly RowChange[]): void => {
    for (const change of changes) {
      if (change.op !== 'insert' || change.table !== 'kiosks') continue;
      for (const one of waiting.all(`${change.row['node']}/${change.row['epoch']}`)) {
        const event = deps.events.read(one, one.seq);
        if (event) replay(event, one);
      }
    }
  };

  return {
    projectOwn: (event) => {
      const read = readEvent(event);
      assert(read.ok, `an own ${event.type} fits its schema: ${read.ok ? '' : JSON.stringify(read.error)}`);
      // Nobody has recorded again what is only being written.
      const isRecovery = event.type === 'EventRecovered';
      const folded = isRecovery ? runFold(foldEvent(event, deps)) : foldPlain(event);
      const [problem] = isRecovery ? [] : folded.problems;
      assert(!problem, `an own ${event.type} folds: ${problem?.readModel} ${problem?.error}`);
      take(event, folded);
      return read.value;
    },
    projectForeign: (event) => take(event, runFold(foldEvent(event, deps))).length === 0,
    replay,
  };
}

const ERROR_CHARACTERS_MAX = 500;

const asFoldProblem = ({ readModel, key, error }: RefoldProblem): FoldProblem => ({
  readModel,
  key: textOfKey(JSON.stringify(key)),
  error,
});

/** What a quarantined read model and key have of an event. Where the whole event was put aside, that is all of it. */
function partOf({ changes, problems }: Folded, { readModel, key }: { readModel: string; key: string }): Folded {
  if (readModel === 'all') return { changes, problems };
  return {
    changes: changes.filter((change) => change.table === readModel && keyText(change) === key),
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

import { type SeededRandom, seededRandom } from '@skygate/shared/testing/seeded-random';
import type { ServerDeps } from '@skygate/sync-server/app';
import type { Database } from '@skygate/sync-server/db/database';
import { declareRestored } from '@skygate/sync-server/restore/begin-recovery';
import { copyTables, putTablesBack } from './copy-tables.ts';
import { dayPlanOf, PRUNING_SOON } from './faults/day-plan.ts';
import { hasImages } from './faults/image-seeds.ts';
import { isOverridden, sellBeforeReports } from './faults/sell-before-reports.ts';
import { grantLease, issueGroup, PARK } from './headquarters.ts';
import { hqActs } from './hq-deeds.ts';
import { readIncarnation } from './inspect.ts';
import { noteWhatIsLost } from './lost-with-backup.ts';
import { presentKiosks, type Run } from './run.ts';
import { forgetUndoLog } from './undo-log.ts';

const SEEDS_WITH_RESTORE = 0.3;
const restoreRandom = (seed: number): SeededRandom => seededRandom(`${seed}/restore`);

/** Whether an older backup of the server comes back in a seed. */
export const hasRestore = (seed: number): boolean =>
  !hasImages(seed) && (restoreRandom(seed).chance(SEEDS_WITH_RESTORE) || isOverridden(seed));

interface RestorePlan {
  readonly random: SeededRandom;
  readonly isFolderKept: boolean;
  /** The operator says so. */
  readonly isTold: boolean;
  readonly isWrittenOn: boolean;
  readonly takenMs: number;
  readonly backMs: number;
}

/** When a backup of the server is taken and put back; null in a seed in which that does not happen. */
export function restorePlanOf(seed: number, lengthMs: number): RestorePlan | null {
  const random = restoreRandom(seed);
  const isSure = isOverridden(seed);
  if (hasImages(seed) || (!random.chance(SEEDS_WITH_RESTORE) && !isSure)) return null;
  const isFolderKept = random.chance(0.4);
  const isTold = random.chance(0.4) || isSure;
  const isWrittenOn = random.chance(0.4);
  const takenMs = random.int(lengthMs / 2);
  return { random, isFolderKept, isTold, isWrittenOn, takenMs, backMs: takenMs + 1_000 + random.int(lengthMs / 2) };
}

/** An older backup that is put back at the server's next start. */
export interface Restore {
  /** It is not to be put back any more. */
  isTooOld(): boolean;
  putBack(): Promise<void>;
  /** How it goes on when the server is up again. */
  afterwards(): Promise<void>;
}

/**
 * Kiosks let go what the server has had for good for as long as they keep events (K4): a backup from before that lacks what
 * nobody can bring any more. Where people slept in between, that may be so.
 */
const isTooOld = (seed: number, ageMs: number): boolean =>
  dayPlanOf(seed) !== 'ordinary' && ageMs >= PRUNING_SOON.retentionMs;

/**
 * In a share of seeds a backup of the server is taken, and later put back (E8): the database alone, or with what lay in the
 * data folder then (the journal of PGlite, the notes of PostgreSQL). The operator says so, or nobody notices at first.
 */
export function planServerRestore(run: Run, lengthMs: number): void {
  // What the server alone held of a disk that an older copy replaced would be lost with it, and rightly so.
  const plan = restorePlanOf(run.seed, lengthMs);
  if (plan === null) return;
  const { random, isFolderKept, isTold, isWrittenOn, takenMs, backMs } = plan;
  const { scheduler, server, trace, faults } = run;
  // A durable server's folder has notes alone: what it kept of HQ's was in its database (E9).
  const isJournalKept = isFolderKept && !server.isDurable;
  scheduler.after(takenMs, () => {
    void run.activity.track(async () => {
      const tables = await copyTables(run.world.database);
      const folder = server.copyFolder();
      trace.add('the server is backed up');
      const takenAtMs = scheduler.nowMs();
      scheduler.after(backMs - takenMs, () => {
        run.restore = {
          isTooOld: () => isTooOld(run.seed, scheduler.nowMs() - takenAtMs),
          putBack: async () => {
            await noteWhatIsLost(run, { backup: tables, isJournalKept });
            await putTablesBack(run.world.database, tables);
            await forgetUndoLog(run.world.database);
            if (!isFolderKept) server.putFolderBack(folder);
            run.lostOfHq.isPutBack = true;
            run.network.logBeganAnew();
            run.network.endsAgainAt(await headOf(run.world.database));
            faults.restoredServer += 1;
            trace.add(`an older backup is put back, the data folder ${isFolderKept ? 'kept' : 'too'}`);
          },
          afterwards: () => goOn(run, random, { isTold, isWrittenOn }),
        };
        server.crash('server at rest');
      });
    });
  });
}

async function headOf({ reader }: Database): Promise<number> {
  const { head } = await reader.selectFrom('parks').select('head').where('park', '=', PARK).executeTakeFirstOrThrow();
  return head;
}

async function goOn(run: Run, random: SeededRandom, how: { isTold: boolean; isWrittenOn: boolean }): Promise<void> {
  const deps = run.server.deps();
  if (deps === null) return;
  if (how.isTold) {
    await declareRestored(deps, PARK, 'operator');
    run.trace.add('the operator says so');
    await sellsNothing(run, deps);
    if (isOverridden(run.seed)) await sellBeforeReports(run);
  }
  if (!how.isWrittenOn) return;
  run.lostOfHq.wroteOn ||= !how.isTold;
  for (let deeds = 1 + random.int(3); deeds > 0; deeds -= 1) await hqActs(run, random);
}

/** E8: no kiosk has said yet what it holds. */
async function sellsNothing(run: Run, deps: ServerDeps): Promise<void> {
  const till = presentKiosks(run).find(({ role }) => role === 'till');
  const holder = till?.isUp() ? readIncarnation(till.databasePath()) : null;
  const answers = [
    await issueGroup(deps, 1),
    holder === null ? 'refused' : await grantLease(deps, holder, { places: 1, lastsMs: null }),
  ];
  if (answers.every((answer) => answer === 'refused')) return;
  run.broken.push({ invariant: 'a restored server sells nothing before all have reported', found: 'it sold' });
}

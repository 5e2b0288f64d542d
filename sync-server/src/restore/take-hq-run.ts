import type { Seal } from '@skygate/shared/events/envelope';
import type { ParkId } from '@skygate/shared/lib/ids';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { PushFrame } from '@skygate/shared/protocol/push';
import { recoveryDrafts } from '@skygate/shared/sync/recovery';
import type { Reader, Writer } from '../db/database.ts';
import {
  type HqNodeDeps,
  type HqWork,
  hqEpoch,
  type KeepInJournal,
  openHqStream,
  transactAsHq,
  type WriteAsHq,
} from '../hq-node/append-hq-events.ts';
import type { Batch } from '../ingest/append-batch.ts';
import { earlier, forkRows, type HereRun, notYetRecorded, partingOf, runFromAPast } from '../ingest/fork-runs.ts';
import type { PushRefusal, Taken } from '../ingest/ingest.ts';
import { logNow } from '../ingest/log-now.ts';
import { type ReadPush, readPush } from '../ingest/read-push.ts';
import { endOf } from '../ingest/stream.ts';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';
import { beginRecovery } from './begin-recovery.ts';
import { adoptLostEpoch, extendClosedEpoch } from './extend-closed-epoch.ts';
import { type HqPast, hqPastOf, isHeld, isHqsOwn } from './hq-past.ts';
import { rowsImpliedBy } from './implied-rows.ts';

interface Delivery {
  readonly park: ParkId;
  readonly push: ReadPush;
  readonly past: HqPast;
}

/**
 * E8: takes a run of HQ's own stream back from a kiosk. Only what HQ sealed itself counts, whoever brings it. What follows
 * on a stream of HQ extends it; what contradicts one (HQ went on writing before it noticed that it had been restored) is
 * recorded again in HQ's present epoch, once. A sealed past of the open epoch that is not here proves a restore, and begins
 * the recovery. @returns up to which seq everything of the run is held
 */
export async function takeHqRun(
  deps: HqNodeDeps,
  by: AuthenticatedNode,
  frame: PushFrame,
): Promise<Result<Taken, PushRefusal>> {
  const { park } = by;
  const { reader } = deps.database;
  const read = readPush(park, frame);
  if (!read.ok) return err({ kind: 'not_a_push', detail: read.error });
  const push = read.value;
  const past = await hqPastOf(deps, reader, park, push.epoch);
  if (push.node !== past.node || !isHqsOwn(deps, past, frame.seal)) return err({ kind: 'wrong_stream' });
  if (!(await isHeld(reader, park, headOf(push)))) {
    await noticeRestore(deps, park, past, `kiosk:${by.node}`);
    const refusal = await takeBack(deps, push);
    if (refusal) return err(refusal);
  }
  return ok({ acknowledged: push.to, ...(await logNow(reader, park)) });
}

const headOf = ({ node, epoch, to, frame }: ReadPush) => ({ node, epoch, seq: to, hash: frame.seal.headHash });

/** @returns why not; null if all of the run is held now */
async function takeBack(deps: HqNodeDeps, push: ReadPush): Promise<PushRefusal | null> {
  const { park } = push;
  const hq = await openHqStream(deps, park);
  return transactAsHq(deps, park, async (tx, write, keep) => {
    // Another restore may have been noticed between the two looks.
    if ((await hqEpoch(tx, park)) !== hq.epoch) return { kind: 'gap', needFrom: push.from };
    // All kiosks of a restored park bring the same at once: another was first.
    if (await isHeld(tx, park, headOf(push))) return null;
    const now = { park, push, past: await hqPastOf(deps, tx, park, push.epoch) };
    const run = await chainFromHere(deps, tx, now);
    if (!run.ok) return run.error;
    await takeIn(deps, tx, { ...now, run: run.value, write: (work) => write(hq, work), keep });
    return null;
  });
}

/**
 * What HQ signed in its open epoch and the database does not have proves that it was restored; so does a whole epoch that
 * it does not know, unless the recovery that began since is of the same restore. Each restore is met once: the epoch that
 * is shown is closed by it.
 */
export async function noticeRestore(
  deps: HqNodeDeps,
  park: ParkId,
  past: HqPast,
  noticedBy: `kiosk:${string}`,
): Promise<void> {
  if (past.state === 'closed') return;
  const { epoch } = await openHqStream(deps, park);
  if (past.state === 'open' || past.epoch > epoch) await beginRecovery(deps, park, { closes: epoch, noticedBy });
}

/** The run with its hashes, from whichever past of HQ's here it follows on. */
async function chainFromHere(
  deps: HqNodeDeps,
  reader: Reader,
  { push, past }: Delivery,
): Promise<Result<HereRun, PushRefusal>> {
  const run = await runFromAPast(deps, reader, push);
  if (run === 'no_form') return err({ kind: 'not_a_push', detail: 'an event has no canonical form' });
  if (run !== null) return ok(run);
  if (push.from > 1) return err({ kind: 'gap', needFrom: earlier(push.from, past.headSeq) });
  return err({ kind: 'seal_refused', ...endOf(past) });
}

interface TakingIn extends Delivery {
  readonly run: HereRun;
  readonly write: (work: HqWork) => ReturnType<WriteAsHq>;
  readonly keep: KeepInJournal;
}

async function takeIn(deps: HqNodeDeps, tx: Writer, taking: TakingIn): Promise<void> {
  const { park, push, past, run, keep } = taking;
  if (past.state === 'lost') keep(await adoptLostEpoch(deps, tx, park, past));
  const seal: Seal = { ...push.frame.seal, node: push.node };
  const parting = run.fork ?? (await partingOf(tx, run.events));
  if (parting === null) {
    const batch: Batch = { events: run.events, bodies: run.bodies, seal };
    keep(await extendClosedEpoch(deps, tx, { park, batch, headSeq: past.headSeq }));
    return;
  }
  const lost = await notYetRecorded(tx, park, parting, run.events);
  if (lost.length === 0) return;
  const implied = await rowsImpliedBy(tx, park, { events: lost, nowMs: deps.clock.nowMs() });
  const rows = [...implied, ...forkRows(parting, lost)];
  await taking.write({ drafts: recoveryDrafts({ events: lost, seal }, parting), rows });
}

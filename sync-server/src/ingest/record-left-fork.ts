import { err, ok, type Result } from '@skygate/shared/lib/result';
import { recoveryDrafts } from '@skygate/shared/sync/recovery';
import type { Reader } from '../db/database.ts';
import { appendHqEvents, type HqNodeDeps, type HqWork } from '../hq-node/append-hq-events.ts';
import { earlier, forkRows, notYetRecorded, partingOf, runFromAPast } from './fork-runs.ts';
import type { PushRefusal } from './ingest.ts';
import { mayTravel } from './may-travel.ts';
import type { ReadPush } from './read-push.ts';
import { findJoint, isAuthorsSeal } from './stream.ts';

/**
 * X4, E6: a revoked kiosk has no next incarnation to record in what it wrote onto another past of a closed stream, and it
 * erases its disk. So HQ records it in its own stream, word for word under the author's own seal, each event once. Counted
 * it is like any other recovery: what is money waits for a person.
 * @param refusal why the run does not go into its stream
 * @returns null if all of the run is held now; else why not: `gap` where it follows on nothing that is here
 */
export async function recordLeftFork(
  deps: HqNodeDeps,
  push: ReadPush,
  refusal: PushRefusal,
): Promise<PushRefusal | null> {
  const joint = await findJoint(deps.database.reader, push);
  if (!joint || !isAuthorsSeal(deps.crypto, push.frame, joint.publicKey)) return refusal;
  let missing: PushRefusal | null = null;
  await appendHqEvents(deps, push.park, async (tx) => {
    const planned = await plan(deps, tx, push);
    missing = planned.ok ? null : planned.error;
    return planned.ok ? planned.value : { drafts: [] };
  });
  return missing;
}

async function plan(deps: HqNodeDeps, tx: Reader, push: ReadPush): Promise<Result<HqWork, PushRefusal>> {
  const { park, frame } = push;
  const joint = await findJoint(tx, push);
  if (!joint) return err({ kind: 'wrong_stream' });
  const run = await runFromAPast(deps, tx, push);
  if (run === 'no_form') return err({ kind: 'not_a_push', detail: 'an event has no canonical form' });
  if (run === null) {
    return push.from > 1
      ? err({ kind: 'gap', needFrom: earlier(push.from, joint.headSeq) })
      : err({ kind: 'seal_refused', lastSeq: joint.headSeq, lastHash: joint.headHash });
  }
  if (!mayTravel(run)) return err({ kind: 'too_large' });
  const parting = run.fork ?? (await partingOf(tx, run.events));
  const lost = parting === null ? [] : await notYetRecorded(tx, park, parting, run.events);
  if (parting === null || lost.length === 0) return ok({ drafts: [] });
  const drafts = recoveryDrafts({ events: lost, seal: { ...frame.seal, node: push.node } }, parting);
  return ok({ drafts, rows: forkRows(parting, lost) });
}

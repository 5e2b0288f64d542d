import { canonicalJson } from '@skygate/shared/lib/canonical-json';
import type { Json } from '@skygate/shared/lib/json';
import type { PushFrame } from '@skygate/shared/protocol/push';
import { CompiledQuery } from 'kysely';
import type { Writer } from '../db/database.ts';
import { appendHqEvents, type HqNodeDeps, type HqWork } from '../hq-node/append-hq-events.ts';
import { endOfEpoch } from '../hq-node/end-of-epoch.ts';
import { incarnationsOf } from '../hq-node/incarnations.ts';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';
import type { PastProblem } from './judge-past.ts';
import type { ReadPush } from './read-push.ts';
import { endOf, type StreamEnd } from './stream.ts';

/** How many runs are kept of one kiosk, all its epochs together, and of a park: each is a push, at most some 256 kB. */
export const RUNS_PER_NODE = 8;
export const RUNS_PER_PARK = 64;

/**
 * Ends an epoch at its last good seq and keeps the run that showed why, as it was sent (S2, E6): both in the transaction
 * of HQ's word about it. The oldest runs stay; what came when the share was full is counted.
 * @returns where the stream ends here
 */
export async function quarantineRun(
  deps: HqNodeDeps,
  by: AuthenticatedNode,
  { push, problem }: { readonly push: ReadPush; readonly problem: PastProblem },
): Promise<StreamEnd> {
  const found: { end: StreamEnd | null } = { end: null };
  await appendHqEvents(deps, push.park, async (tx): Promise<HqWork> => {
    const row = (await incarnationsOf(tx, push.park, push.node)).find(({ epoch }) => epoch === push.epoch);
    if (!row) throw new Error(`broken invariant: ${push.node}/${push.epoch} was there a moment ago`);
    found.end = endOf({ headSeq: row.head_seq, headHash: row.head_hash });
    await keepRun(deps, tx, { by, push, problem });
    return endOfEpoch(tx, row, { park: push.park, reason: problem.kind, state: 'quarantined' });
  });
  if (!found.end) throw new Error("broken invariant: HQ's work has run");
  return found.end;
}

const KEEP_RUN = `
with room as (
  select count(*) as in_park, count(*) filter (where node = $2) as of_node,
         count(*) filter (where node = $2 and epoch = $3 and run_hash = $6) as known
  from quarantined_runs where park = $1
),
kept as (
  insert into quarantined_runs (park, node, epoch, from_seq, to_seq, run_hash, reason, at_seq, by_node, by_epoch,
                                received_ms, run)
  select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
  from room where in_park < $13 and of_node < $14 and known = 0
  returning 1
)
update nodes set runs_dropped = runs_dropped + 1
where park = $1 and node = $2 and epoch = $3
  and not exists (select 1 from kept) and exists (select 1 from room where known = 0)`;

async function keepRun(
  { crypto, clock }: HqNodeDeps,
  tx: Writer,
  given: { readonly by: AuthenticatedNode; readonly push: ReadPush; readonly problem: PastProblem },
): Promise<void> {
  const { by, push, problem } = given;
  const run = textOf(push.frame);
  const about = [
    push.park,
    push.node,
    push.epoch,
    push.from,
    push.to,
    crypto.sha256Hex(run),
    problem.kind,
    problem.seq,
  ];
  const parameters = [...about, by.node, by.epoch, clock.nowMs(), run, RUNS_PER_PARK, RUNS_PER_NODE];
  await tx.executeQuery(CompiledQuery.raw(KEEP_RUN, parameters));
}

/** As it was sent. What is nested so deep that the runtime's own writer gives up goes in its canonical form. */
function textOf(frame: PushFrame): string {
  try {
    return JSON.stringify(frame);
  } catch {
    return canonicalJson(frame as unknown as Json);
  }
}

import type { NodeId } from '@skygate/shared/lib/ids';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { PushFrame } from '@skygate/shared/protocol/push';
import { CHAIN_START } from '@skygate/shared/sync/chain';
import type { HqNodeDeps } from '../hq-node/append-hq-events.ts';
import type { KioskSession } from '../plugins/node-auth.ts';
import { type Appended, appendBatch, type Batch } from './append-batch.ts';
import { type ChainedRun, chainRun } from './chain-run.ts';
import { judgeBrokenChain, judgeKnownRun, type PastProblem } from './judge-past.ts';
import { logNow } from './log-now.ts';
import { mayTravel } from './may-travel.ts';
import { quarantineRun } from './quarantine-run.ts';
import { type ReadPush, readPush } from './read-push.ts';
import { recordLeftFork } from './record-left-fork.ts';
import { endOf, findJoint, hashesOf, isAuthorsSeal, type Joint, type StreamEnd } from './stream.ts';

/** Why a push changed nothing. Facts themselves are never refused (S3): these are about the chain they come in. */
export type PushRefusal =
  | { readonly kind: 'not_a_push'; readonly detail: string }
  | { readonly kind: 'wrong_stream' }
  /** Written as its hashes are taken of it, nobody could push it on: see `mayTravel`. */
  | { readonly kind: 'too_large' }
  | { readonly kind: 'gap'; readonly needFrom: number }
  /** The seal is not the author's word for this chain. With where our stream ends, so that a relay sees where it parts. */
  | ({ readonly kind: 'seal_refused' } & StreamEnd)
  | ({ readonly kind: PastProblem['kind']; readonly seq: number } & StreamEnd)
  | ({ readonly kind: 'epoch_closed' } & StreamEnd);

export interface Taken {
  readonly acknowledged: number;
  readonly logId: string;
  /** How many of the park's events the read models have yet to take in (S5). */
  readonly behind: number;
}

/**
 * Takes a run of any sealed stream of the park in, its own author's or a relay's (S1, S2, S3).
 * Idempotent and atomic: on ok all of it is stored. @returns up to which seq the server has the stream
 */
export async function ingest(
  deps: HqNodeDeps,
  by: KioskSession,
  frame: PushFrame,
): Promise<Result<Taken, PushRefusal>> {
  const read = readPush(by.park, frame);
  if (!read.ok) return err({ kind: 'not_a_push', detail: read.error });
  const taken = await takeRun(deps, by, read.value);
  return by.isRevoked ? takeLastWord(deps, read.value, taken) : taken;
}

/**
 * X4: a revoked kiosk erases itself once all it has is held. What parts from a closed stream is recorded by HQ, and no
 * answer goes beyond what was sent: the stream's end here need not be a part of what this kiosk holds.
 */
async function takeLastWord(
  deps: HqNodeDeps,
  push: ReadPush,
  taken: Result<Taken, PushRefusal>,
): Promise<Result<Taken, PushRefusal>> {
  if (!taken.ok) {
    if (taken.error.kind !== 'epoch_closed') return taken;
    const refusal = await recordLeftFork(deps, push, taken.error);
    if (refusal) return err(refusal);
    return ok({ acknowledged: push.to, ...(await logNow(deps.database.reader, push.park)) });
  }
  return ok({ ...taken.value, acknowledged: Math.min(taken.value.acknowledged, push.to) });
}

async function takeRun(deps: HqNodeDeps, by: KioskSession, push: ReadPush): Promise<Result<Taken, PushRefusal>> {
  const { frame } = push;
  const joint = ownJoint(by, push) ?? (await findJoint(deps.database.reader, push));
  if (!joint) return err({ kind: 'wrong_stream' });
  if (push.from > joint.headSeq + 1) return err(gapOf(joint));
  if (!isAuthorsSeal(deps.crypto, frame, joint.publicKey)) return err({ kind: 'seal_refused', ...endOf(joint) });

  const run = chained(deps, push, joint);
  if (!run) return err({ kind: 'not_a_push', detail: 'an event has no canonical form' });
  if (!mayTravel(run)) return err({ kind: 'too_large' });
  if (!isSealed(run, frame)) return refuseBroken(deps, by, { push, run, joint });
  const batch: Batch = { ...run, seal: { ...frame.seal, node: push.node } };
  const appended = await appendBatch(deps.database.kysely, batch, deps.clock.nowMs());
  if (!appended) return err({ kind: 'wrong_stream' });
  if (appended.fresh === 0) return answerKnown(deps, by, { push, run, joint, appended });
  // What is acknowledged and then lost with PGlite's tail is noticed at the next start by this mark (E8).
  deps.journal?.noteHead(push.park, appended.head);
  deps.bus.publish('appended', push.park);
  return ok(takenOf(appended));
}

/** The commonest push, one's own from where the server has it, needs no look: its token was just checked against it. */
function ownJoint(by: KioskSession, { node, epoch, from }: ReadPush): Joint | null {
  if (node !== by.node || epoch !== by.epoch || from !== by.stream.headSeq + 1) return null;
  return { ...by.stream, hashBefore: by.stream.headSeq === 0 ? CHAIN_START : by.stream.headHash };
}

const takenOf = ({ headSeq, fresh, logId, behind }: Appended): Taken => ({
  acknowledged: headSeq + fresh,
  logId,
  behind,
});

// A closed epoch still takes what extends its head (E6), and nothing else.
const gapOf = (stream: Pick<Joint, 'state' | 'headSeq' | 'headHash'>): PushRefusal =>
  stream.state === 'open' ? { kind: 'gap', needFrom: stream.headSeq + 1 } : { kind: 'epoch_closed', ...endOf(stream) };

/** The run with the hashes that do not travel; null if an event has no canonical form. */
function chained(deps: HqNodeDeps, push: ReadPush, { hashBefore }: Joint): ChainedRun | null {
  try {
    return chainRun(deps.crypto, push.events, hashBefore);
  } catch {
    return null;
  }
}

/** Whether the seal is over exactly this recomputed chain. */
const isSealed = ({ events }: ChainedRun, { seal }: PushFrame): boolean =>
  events.at(-1)?.hash === seal.headHash && events.at(-1)?.hlc === seal.hlc;

interface Judging {
  readonly push: ReadPush;
  readonly run: ChainedRun;
  readonly joint: Joint;
}

const isAuthor = (by: KioskSession, { node, epoch }: { readonly node: NodeId; readonly epoch: number }): boolean =>
  by.node === node && by.epoch === epoch;

/** The author's seal stands over something else than what these words make of the past we have. */
async function refuseBroken(
  deps: HqNodeDeps,
  by: KioskSession,
  { push, run, joint }: Judging,
): Promise<Result<never, PushRefusal>> {
  if (joint.state !== 'open') return err({ kind: 'epoch_closed', ...endOf(joint) });
  const stored = await hashesOf(deps.database.reader, push, { from: push.from, to: Math.min(push.to, joint.headSeq) });
  const problem = judgeBrokenChain({ push, run, joint, stored, byAuthor: isAuthor(by, push) });
  if (!problem) return err({ kind: 'seal_refused', ...endOf(joint) });
  return err(await closed(deps, by, push, problem));
}

/** Nothing went in: all of it was known, or something is between, or the author wrote two pasts. */
async function answerKnown(
  deps: HqNodeDeps,
  by: KioskSession,
  { push, run, joint, appended }: Judging & { readonly appended: Appended },
): Promise<Result<Taken, PushRefusal>> {
  const now = { ...joint, headSeq: appended.headSeq, headHash: appended.headHash };
  if (push.from > now.headSeq + 1) return err(gapOf(now));
  const stored = await hashesOf(deps.database.reader, push, { from: push.from, to: Math.min(push.to, now.headSeq) });
  const problem = judgeKnownRun({ run, stored, headSeq: now.headSeq });
  if (!problem) return ok(takenOf(appended));
  if (now.state !== 'open') return err({ kind: 'epoch_closed', ...endOf(now) });
  return err(await closed(deps, by, push, problem));
}

async function closed(deps: HqNodeDeps, by: KioskSession, push: ReadPush, problem: PastProblem): Promise<PushRefusal> {
  const end = await quarantineRun(deps, by, { push, problem });
  return { kind: problem.kind, seq: problem.seq, ...end };
}

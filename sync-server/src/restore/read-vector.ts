import type { ParkId } from '@skygate/shared/lib/ids';
import { isHqNode } from '@skygate/shared/lib/ids';
import type { StateRequest, StreamHeadOnWire, WantedStream } from '@skygate/shared/protocol/state';
import type { Reader } from '../db/database.ts';
import type { HqNodeDeps } from '../hq-node/append-hq-events.ts';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';
import { type HqPast, hqPastOf, isHeld, isHqsOwn } from './hq-past.ts';
import { noteReport } from './note-report.ts';
import { noticeRestore } from './take-hq-run.ts';
import { noteTruncation } from './truncation.ts';

/**
 * What of a kiosk's vector the server lacks (E8). HQ's streams: a head that HQ signed and that is not here proves a
 * restore. Other kiosks' streams: what is beyond the server's head. A claim alone makes the server ask its claimant, and
 * does nothing else; who has nothing left that is wanted has reported.
 */
export async function readVector(
  deps: HqNodeDeps,
  node: AuthenticatedNode,
  { streams }: StateRequest,
): Promise<WantedStream[]> {
  const wants: WantedStream[] = [];
  for (const claim of streams.filter((stream) => isHqNode(stream.node))) {
    const want = await wantedOfHq(deps, node, claim);
    if (want) wants.push(want);
  }
  const kiosks = streams.filter((stream) => !isHqNode(stream.node));
  const held = await headsOf(deps.database.reader, node.park, kiosks);
  let ownIsMissing = false;
  for (const claim of kiosks) {
    const headSeq = held.get(`${claim.node}/${claim.epoch}`);
    const isOwn = claim.node === node.node && claim.epoch === node.epoch;
    if (isOwn) await noteTruncation(deps, node, claim);
    if (headSeq === undefined || !(await isMissing(deps.database.reader, node.park, claim, headSeq))) continue;
    // Its own events come by themselves (K3).
    if (isOwn) ownIsMissing = true;
    else wants.push({ node: claim.node, epoch: claim.epoch, from: headSeq + 1 });
  }
  if (wants.length === 0 && !ownIsMissing) await noteReport(deps, node);
  return wants;
}

/** Whether it goes beyond the stream's end here, and is no past that HQ has recorded again (X4). */
async function isMissing(
  reader: Reader,
  park: ParkId,
  { node, epoch, to: seq, headHash: hash }: StreamHeadOnWire,
  headSeq: number,
): Promise<boolean> {
  return seq > headSeq && !(await isHeld(reader, park, { node, epoch, seq, hash }));
}

async function wantedOfHq(
  deps: HqNodeDeps,
  { park, node }: AuthenticatedNode,
  claim: StreamHeadOnWire,
): Promise<WantedStream | null> {
  const { reader } = deps.database;
  const past = await hqPastOf(deps, reader, park, claim.epoch);
  if (claim.node !== past.node) return null;
  const { epoch, to: seq, headHash: hash } = claim;
  if (await isHeld(reader, park, { node: past.node, epoch, seq, hash })) return null;
  if (isProven(deps, past, claim)) await noticeRestore(deps, park, past, `kiosk:${node}`);
  const from = await continuesAt(reader, park, { past, seq });
  return { node: past.node, epoch, from };
}

const isProven = (deps: HqNodeDeps, past: HqPast, { to, headHash, seal }: StreamHeadOnWire): boolean =>
  seal !== undefined && seal.to === to && seal.headHash === headHash && isHqsOwn(deps, past, seal);

/** Where to begin to ask: behind what is here, or a good way before the end of a past that differs within it. */
async function continuesAt(
  reader: Reader,
  park: ParkId,
  { past, seq }: { readonly past: HqPast; readonly seq: number },
): Promise<number> {
  if (seq > past.headSeq) return past.headSeq + 1;
  const fork = await reader
    .selectFrom('hq_fork_events')
    .select(({ fn }) => fn.max('seq').as('seq'))
    .where('park', '=', park)
    .where('node', '=', past.node)
    .where('epoch', '=', past.epoch)
    .where('seq', '<', seq)
    .executeTakeFirst();
  return Math.max(1, fork?.seq ? Number(fork.seq) + 1 : seq - HALF_A_PUSH);
}

const HALF_A_PUSH = 250;

async function headsOf(
  reader: Reader,
  park: ParkId,
  claims: readonly StreamHeadOnWire[],
): Promise<ReadonlyMap<string, number>> {
  if (claims.length === 0) return new Map();
  const nodes = [...new Set(claims.map(({ node }) => node))];
  const rows = await reader
    .selectFrom('nodes')
    .select(['node', 'epoch', 'head_seq'])
    .where('park', '=', park)
    .where('node', 'in', nodes)
    .execute();
  return new Map(rows.map(({ node, epoch, head_seq }) => [`${node}/${epoch}`, head_seq]));
}

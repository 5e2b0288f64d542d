import { draft } from '@skygate/shared/events/catalogue';
import { bytesToBase64url } from '@skygate/shared/lib/bytes';
import { hqNodeOf, type ParkId } from '@skygate/shared/lib/ids';
import { CHAIN_START } from '@skygate/shared/sync/chain';
import { HLC_ZERO } from '@skygate/shared/sync/hlc';
import { sql } from 'kysely';
import type { Reader, Writer } from '../db/database.ts';
import { type HqNodeDeps, type HqStream, hqEpoch, hqLogKeyName, transactAsHq } from '../hq-node/append-hq-events.ts';
import { newLogId } from '../hq-node/create-park.ts';
import type { KeptRow } from '../hq-node/kept-rows.ts';

/** Who noticed that the server was restored: its operator, its own note of how far it was, its journal, or a kiosk. */
export type NoticedBy = `hq:${string}` | 'operator' | 'server' | 'journal' | `kiosk:${string}`;

/** Numbers of kiosks that were let in within the lost part stay theirs: newcomers are counted from beyond them. */
const NUMBERS_KEPT_FREE = 20;
/** Kiosks may hold people of revisions that are lost here; what HQ writes from now on is newer than any of them (P1). */
const REVISIONS_SKIPPED = 1_000;

/**
 * E8: begins a restored park anew. In one transaction: a new log id (kiosks start over), HQ's epoch closed and a new one
 * begun with its own key, `EpochClosed` first in it; the old one still takes what its own seals extend it by.
 * @param closes HQ's epoch that lost something; if it is not the open one (any more), nothing is done
 * @returns whether it began
 */
export async function beginRecovery(
  deps: HqNodeDeps,
  park: ParkId,
  { closes, noticedBy }: { readonly closes: number; readonly noticedBy: NoticedBy },
): Promise<boolean> {
  const next = await nextHqStream(deps, park);
  return transactAsHq(deps, park, async (tx, write) => {
    if ((await hqEpoch(tx, park)) !== closes || (await newestHqEpoch(tx, park)) >= next.epoch) return false;
    const ended = await hqRow(tx, park, closes);
    await skipRevisions(tx, park);
    const rows = await rowsOfNewEpoch(deps, tx, { park, next, closes, noticedBy });
    const subject = `kiosk:${ended.node}`;
    const { head_seq: lastSeq, head_hash: lastHash } = ended;
    const body = { kiosk: ended.node, kioskEpoch: closes, lastSeq, lastHash, reason: 'server_restored' as const };
    await write(next, { drafts: [draft('EpochClosed', subject, body, { actor: actorOf(noticedBy) })], rows });
    return true;
  });
}

/** As `beginRecovery`, for whatever epoch is open. */
export async function declareRestored(deps: HqNodeDeps, park: ParkId, noticedBy: NoticedBy): Promise<boolean> {
  return beginRecovery(deps, park, { closes: await hqEpoch(deps.database.reader, park), noticedBy });
}

const actorOf = (noticedBy: NoticedBy): string => (noticedBy.startsWith('hq:') ? noticedBy : 'system');

/**
 * HQ's epoch after a restore is numbered by the clock: the number that follows might have been given in the lost part, and
 * a number must never mean two pasts (E1).
 */
async function nextHqStream(deps: HqNodeDeps, park: ParkId): Promise<HqStream> {
  const newest = await newestHqEpoch(deps.database.reader, park);
  const epoch = Math.max(newest + 1, Math.floor(deps.clock.nowMs() / 1000));
  return { epoch, key: await deps.keyring.keyPair(hqLogKeyName(park, epoch)) };
}

async function newestHqEpoch(reader: Reader, park: ParkId): Promise<number> {
  const row = await reader
    .selectFrom('nodes')
    .select(({ fn }) => fn.max('epoch').as('epoch'))
    .where('park', '=', park)
    .where('role', '=', 'hq')
    .executeTakeFirst();
  return Number(row?.epoch ?? 0);
}

const hqRow = (tx: Writer, park: ParkId, epoch: number) =>
  tx
    .selectFrom('nodes')
    .select(['node', 'head_seq', 'head_hash'])
    .where('park', '=', park)
    .where('node', '=', hqNodeOf(park))
    .where('epoch', '=', epoch)
    .executeTakeFirstOrThrow();

async function skipRevisions(tx: Writer, park: ParkId): Promise<void> {
  const newest = tx
    .selectFrom('people')
    .select(({ fn }) => fn.max('revision').as('revision'))
    .where('park', '=', park);
  const skipped = sql<number>`greatest(people_revision, coalesce(${newest}, 0)) + ${REVISIONS_SKIPPED}`;
  await tx.updateTable('parks').set({ people_revision: skipped }).where('park', '=', park).execute();
}

interface NewEpoch {
  readonly park: ParkId;
  readonly next: HqStream;
  readonly closes: number;
  readonly noticedBy: NoticedBy;
}

async function rowsOfNewEpoch(deps: HqNodeDeps, tx: Writer, { park, next, closes, noticedBy }: NewEpoch) {
  const nowMs = deps.clock.nowMs();
  const publicKey = bytesToBase64url(deps.crypto.publicKeyOf(next.key.privateKey));
  const common = { park, publicKey, kid: next.key.kid, nowMs };
  const { created_ms } = await tx
    .selectFrom('parks')
    .select('created_ms')
    .where('park', '=', park)
    .executeTakeFirstOrThrow();
  const { highest } = await tx
    .selectFrom('nodes')
    .select(({ fn }) => fn.max('number').as('highest'))
    .where('park', '=', park)
    .executeTakeFirstOrThrow();
  const number = Number(highest) + NUMBERS_KEPT_FREE;
  const recovery = { park, hq_epoch: next.epoch, noticed_by: noticedBy, started_ms: nowMs, ended_ms: null };
  const rows: readonly KeptRow[] = [
    { table: 'parks', row: { park, log_id: newLogId(deps.random), created_ms } },
    { table: 'nodes', row: { ...(await keptNode(tx, park, closes)), state: 'closed' } },
    hqNodeRow({ ...common, epoch: next.epoch, state: 'open', number }),
    { table: 'park_recovery', row: recovery },
  ];
  return rows;
}

const keptNode = (tx: Writer, park: ParkId, epoch: number) =>
  tx
    .selectFrom('nodes')
    .select(['park', 'node', 'epoch', 'role', 'name', 'gate_id', 'number', 'public_key', 'key_id'])
    .select(['signing_public_key', 'state', 'head_hash', 'head_hlc', 'app_version', 'enrolled_ms'])
    .where('park', '=', park)
    .where('node', '=', hqNodeOf(park))
    .where('epoch', '=', epoch)
    .executeTakeFirstOrThrow();

/** A row of HQ's own node; its stream is empty. */
export const hqNodeRow = (hq: {
  readonly park: ParkId;
  readonly epoch: number;
  readonly state: 'open' | 'closed';
  readonly number: number;
  readonly publicKey: string;
  readonly kid: string;
  readonly nowMs: number;
}): KeptRow => ({
  table: 'nodes',
  row: {
    park: hq.park,
    node: hqNodeOf(hq.park),
    epoch: hq.epoch,
    role: 'hq',
    name: 'HQ',
    gate_id: 'hq',
    number: hq.number,
    public_key: hq.publicKey,
    key_id: hq.kid,
    signing_public_key: hq.publicKey,
    state: hq.state,
    head_hash: CHAIN_START,
    head_hlc: HLC_ZERO,
    app_version: '',
    enrolled_ms: hq.nowMs,
  },
});

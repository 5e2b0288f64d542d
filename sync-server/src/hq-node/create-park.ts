import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import { bytesToBase64url, bytesToHex } from '@skygate/shared/lib/bytes';
import { hqNodeOf, type ParkId } from '@skygate/shared/lib/ids';
import { CHAIN_START } from '@skygate/shared/sync/chain';
import { HLC_ZERO } from '@skygate/shared/sync/hlc';
import { withTransaction } from '../db/database.ts';
import { appendHqEvents, type HqNodeDeps, hqLogKeyName } from './append-hq-events.ts';
import { type KeptRow, writeKeptRow } from './kept-rows.ts';
import type { ServerKey } from './keyring.ts';

const TIMEOUT_MS = 10_000;
const FIRST_EPOCH = 1;
const TICKET_KEY = 'tickets';
const DAY_MS = 24 * 60 * 60 * 1000;
/** How long a published ticket key may sign; scanning has no end (T1). */
export const SIGNING_DAYS = 400;

export const newLogId = (random: HqNodeDeps['random']): string => bytesToHex(random.bytes(16));

/** Opens a park's log with HQ as its first node and the ticket key published in it. Doing it again changes nothing. */
export async function createPark(deps: HqNodeDeps, park: ParkId): Promise<void> {
  const { publicKey, kid } = await deps.keyring.keyPair(hqLogKeyName(park, FIRST_EPOCH));
  const nowMs = deps.clock.nowMs();
  const rows: readonly KeptRow[] = [
    { table: 'parks', row: { park, log_id: newLogId(deps.random), created_ms: nowMs } },
    {
      table: 'nodes',
      row: {
        park,
        node: hqNodeOf(park),
        epoch: FIRST_EPOCH,
        role: 'hq',
        name: 'HQ',
        gate_id: 'hq',
        number: 0,
        public_key: bytesToBase64url(publicKey),
        key_id: kid,
        signing_public_key: bytesToBase64url(publicKey),
        state: 'open',
        head_hash: CHAIN_START,
        head_hlc: HLC_ZERO,
        app_version: '',
        enrolled_ms: nowMs,
      },
    },
  ];
  if (await openLog(deps, park, rows)) await publishTicketKey(deps, park);
}

/** @returns false if the park is there already */
async function openLog(deps: HqNodeDeps, park: ParkId, rows: readonly KeptRow[]): Promise<boolean> {
  let takeBack: (() => void) | undefined;
  try {
    return await withTransaction(deps, { timeoutMs: TIMEOUT_MS }, async (tx) => {
      const known = await tx.selectFrom('parks').select('park').where('park', '=', park).executeTakeFirst();
      if (known) return false;
      for (const row of rows) await writeKeptRow(tx, row);
      await tx
        .insertInto('projection_cursors')
        .values({ park, position: 0 })
        .onConflict((c) => c.doNothing())
        .execute();
      takeBack = deps.journal?.record({ park, batch: null, rows });
      return true;
    });
  } catch (error) {
    takeBack?.();
    throw error;
  }
}

/** The key HQ signs tickets with, one an installation, published into every park (T1). */
export async function ensureHqSigningKey(deps: HqNodeDeps): Promise<ServerKey> {
  const key = await deps.keyring.keyPair(TICKET_KEY);
  const parks = await deps.database.reader.selectFrom('parks').select('park').orderBy('park').execute();
  for (const { park } of parks) await publishTicketKey(deps, park as ParkId);
  return key;
}

async function publishTicketKey(deps: HqNodeDeps, park: ParkId): Promise<void> {
  const { publicKey, kid } = await deps.keyring.keyPair(TICKET_KEY);
  const published = await deps.database.reader
    .selectFrom('signing_keys')
    .select('kid')
    .where('park', '=', park)
    .where('kid', '=', kid)
    .executeTakeFirst();
  if (published) return;
  await appendHqEvents(deps, park, async (tx) => {
    const epoch = await tx
      .selectFrom('nodes')
      .select('epoch')
      .where('park', '=', park)
      .where('node', '=', hqNodeOf(park))
      .orderBy('epoch', 'desc')
      .executeTakeFirstOrThrow();
    const known = await tx
      .selectFrom('signing_keys')
      .select('kid')
      .where('park', '=', park)
      .where('kid', '=', kid)
      .executeTakeFirst();
    if (known) return { drafts: [] };
    const holder = { node: hqNodeOf(park), epoch: epoch.epoch };
    return {
      drafts: [
        signingKeyDraft({ park, kid, publicKey: bytesToBase64url(publicKey), holder, nowMs: deps.clock.nowMs() }),
      ],
    };
  });
}

/** A key that may sign tickets of this park from now on. */
export function signingKeyDraft(key: {
  readonly park: ParkId;
  readonly kid: string;
  readonly publicKey: string;
  readonly holder: { readonly node: string; readonly epoch: number };
  readonly nowMs: number;
}): KnownDraft {
  return draft(
    'SigningKeyPublished',
    `key:${key.kid}`,
    {
      kid: key.kid,
      publicKey: key.publicKey,
      holder: key.holder.node,
      holderEpoch: key.holder.epoch,
      parks: [key.park],
      notBeforeMs: key.nowMs,
      notAfterMs: key.nowMs + SIGNING_DAYS * DAY_MS,
    },
    { actor: 'system' },
  );
}

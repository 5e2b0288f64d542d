import { bytesToBase64url, bytesToHex } from '@skygate/shared/lib/bytes';
import { hqNodeOf, type ParkId } from '@skygate/shared/lib/ids';
import { CHAIN_START } from '@skygate/shared/sync/chain';
import { HLC_ZERO } from '@skygate/shared/sync/hlc';
import { withTransaction } from '../db/database.ts';
import { type HqNodeDeps, hqLogKeyName } from './append-hq-events.ts';
import { type KeptRow, writeKeptRow } from './kept-rows.ts';
import { publishNewestTicketKey } from './ticket-keys.ts';

const TIMEOUT_MS = 10_000;
const FIRST_EPOCH = 1;

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
  if (await openLog(deps, park, rows)) await publishNewestTicketKey(deps, park);
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

import { hqNodeOf, type ParkId } from '@skygate/shared/lib/ids';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { Reader } from '../db/database.ts';
import { openRecovery, type Recovery, reportsOf } from './recovery-state.ts';

/** Why HQ neither sells nor lends places now: of `kiosks` kiosks of a restored park, `missing` have not told what they hold. */
export interface RecoveryWait {
  readonly missing: number;
  readonly kiosks: number;
}

/**
 * E8: after a restore HQ may have lent or sold places that only kiosks still know of. Until every kiosk has reported, or
 * somebody by name overrides it (C3), it sells nothing online and lends nothing. Ask under the park's lock, with the
 * read models caught up (`appendHqEvents`), so that the answer holds until the sale is in.
 */
export async function maySellOnline(tx: Reader, park: ParkId): Promise<Result<null, RecoveryWait>> {
  const recovery = await openRecovery(tx, park);
  if (recovery === null || (await isOverridden(tx, recovery))) return ok(null);
  const reports = await reportsOf(tx, recovery);
  const missing = reports.filter(({ reportedMs }) => reportedMs === null).length;
  return missing === 0 ? ok(null) : err({ missing, kiosks: reports.length });
}

/** Whether somebody took it on themselves to sell before all have reported; a later restore asks anew. */
export async function isOverridden(reader: Reader, recovery: Recovery): Promise<boolean> {
  return (await overrideOf(reader, recovery)) !== null;
}

export async function overrideOf(
  reader: Reader,
  { park, hqEpoch }: Recovery,
): Promise<{ readonly actor: string; readonly reason: string; readonly atMs: number } | null> {
  const row = await reader
    .selectFrom('capacity_overrides')
    .select(['actor', 'reason', 'wall_ms'])
    .where('park', '=', park)
    .where('node', '=', hqNodeOf(park))
    .where('epoch', '=', hqEpoch)
    .where('fork', '=', '')
    .where('kind', '=', 'sell_before_reports')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? { actor: row.actor, reason: row.reason, atMs: row.wall_ms } : null;
}

import type { ParkId } from '@skygate/shared/lib/ids';
import type { Reader } from '../db/database.ts';

/** A park whose server was restored, and of which not every kiosk has told yet what it holds (E8). */
export interface Recovery {
  readonly park: ParkId;
  /** HQ's epoch that began with the restore. */
  readonly hqEpoch: number;
  readonly noticedBy: string;
  readonly startedMs: number;
}

/** The present recovery of a park; null when there is none or it has ended. */
export async function openRecovery(reader: Reader, park: ParkId): Promise<Recovery | null> {
  const row = await reader
    .selectFrom('park_recovery')
    .select(['hq_epoch', 'noticed_by', 'started_ms'])
    .where('park', '=', park)
    .where('ended_ms', 'is', null)
    .executeTakeFirst();
  if (!row) return null;
  return { park, hqEpoch: row.hq_epoch, noticedBy: row.noticed_by, startedMs: row.started_ms };
}

/** The newest recovery of a park, also when it is over; null if there never was one. */
export async function lastRecovery(
  reader: Reader,
  park: ParkId,
): Promise<(Recovery & { readonly isOver: boolean }) | null> {
  const row = await reader
    .selectFrom('park_recovery')
    .select(['hq_epoch', 'noticed_by', 'started_ms', 'ended_ms'])
    .where('park', '=', park)
    .executeTakeFirst();
  if (!row) return null;
  const { hq_epoch: hqEpoch, noticed_by: noticedBy, started_ms: startedMs, ended_ms: endedMs } = row;
  return { park, hqEpoch, noticedBy, startedMs, isOver: endedMs !== null };
}

/** One kiosk of a recovering park. */
export interface KioskReport {
  readonly node: string;
  readonly epoch: number;
  readonly name: string;
  /** When it was last heard of at all; null if never. */
  readonly contactMs: number | null;
  /** Null while it has not reported. */
  readonly reportedMs: number | null;
}

/**
 * Every kiosk that is waited for, by number. Left out are those that were revoked, and incarnations that are over: one that
 * showed two pasts gets no token any more, so where the kiosk was let in anew, its newest one brings all that it holds (E6).
 */
export async function reportsOf(reader: Reader, { park, hqEpoch }: Recovery): Promise<readonly KioskReport[]> {
  const rows = await reader
    .selectFrom('nodes as n')
    .leftJoin('park_reports as r', (join) =>
      join
        .onRef('r.park', '=', 'n.park')
        .onRef('r.node', '=', 'n.node')
        .onRef('r.epoch', '=', 'n.epoch')
        .on('r.hq_epoch', '=', hqEpoch),
    )
    .select(['n.node', 'n.epoch', 'n.name', 'n.contact_ms', 'r.reported_ms'])
    .where('n.park', '=', park)
    .where('n.role', '<>', 'hq')
    .where('n.state', '<>', 'closed')
    .where(({ or, eb, not, exists, selectFrom }) =>
      or([
        eb('n.state', '=', 'open'),
        not(
          exists(
            selectFrom('nodes as newer')
              .select('newer.node')
              .whereRef('newer.park', '=', 'n.park')
              .whereRef('newer.node', '=', 'n.node')
              .whereRef('newer.epoch', '>', 'n.epoch'),
          ),
        ),
      ]),
    )
    .orderBy('n.number')
    .orderBy('n.epoch')
    .execute();
  return rows.map((row) => ({
    node: row.node,
    epoch: row.epoch,
    name: row.name,
    contactMs: row.contact_ms,
    reportedMs: row.reported_ms,
  }));
}

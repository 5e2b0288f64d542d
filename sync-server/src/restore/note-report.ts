import { withTransaction } from '../db/database.ts';
import type { HqNodeDeps } from '../hq-node/append-hq-events.ts';
import { type KeptRow, writeKeptRow } from '../hq-node/kept-rows.ts';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';
import { openRecovery, reportsOf } from './recovery-state.ts';

const TIMEOUT_MS = 10_000;

/** A kiosk has met the new log, and nothing is left to be taken of what it holds (E8). The last one ends the recovery. */
export async function noteReport(deps: HqNodeDeps, { park, node, epoch }: AuthenticatedNode): Promise<void> {
  if ((await openRecovery(deps.database.reader, park)) === null) return;
  await withTransaction(deps, { timeoutMs: TIMEOUT_MS }, async (tx) => {
    await tx.selectFrom('parks').select('park').where('park', '=', park).forUpdate().executeTakeFirst();
    const recovery = await openRecovery(tx, park);
    if (recovery === null) return;
    const nowMs = deps.clock.nowMs();
    const report = { park, hq_epoch: recovery.hqEpoch, node, epoch, reported_ms: nowMs };
    const rows: KeptRow[] = [{ table: 'park_reports', row: report }];
    await writeKeptRow(tx, { table: 'park_reports', row: report });
    const reports = await reportsOf(tx, recovery);
    if (reports.every(({ reportedMs }) => reportedMs !== null)) {
      const { hqEpoch, noticedBy, startedMs } = recovery;
      const ended = { park, hq_epoch: hqEpoch, noticed_by: noticedBy, started_ms: startedMs, ended_ms: nowMs };
      rows.push({ table: 'park_recovery', row: ended });
      await writeKeptRow(tx, { table: 'park_recovery', row: ended });
    }
    deps.journal?.record({ batch: null, rows });
  });
  deps.bus.publish('projected', park);
}

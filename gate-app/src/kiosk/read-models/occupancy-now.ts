import { type GateActivity, type GateTotals, occupancyOf } from '@skygate/shared/read-models/occupancy';
import type { Database } from 'better-sqlite3';
import type { CoverageView, OccupancyView } from '../../rpc-contract/status-view.ts';
import type { Ground } from '../handle-command/command-context.ts';

const TOTALS = 'SELECT gate_id, admitted, exited, unmatched FROM gate_totals WHERE park = ? AND business_date = ?';
const ACTIVITY = `
  SELECT gate_id, bucket_ms, admitted, exited FROM gate_activity WHERE park = ? AND business_date = ?
  ORDER BY bucket_ms`;

const PROVISIONALS = `
  SELECT coalesce(sum(f.people), 0) FROM ticket_facts f
  WHERE f.park = ? AND f.business_date = ? AND f.kind = 'admitted' AND f.verdict = 'provisional'
    AND (f.node, f.epoch, f.seq) NOT IN (
      SELECT a.original_node, a.original_epoch, a.original_seq FROM ticket_facts a
      WHERE a.park = ? AND a.business_date = ? AND a.kind = 'annulled')`;

/** The screens show quarters of an hour. */
const SHOWN_BUCKET_MS = 15 * 60_000;

/** How many people are in the park, by all that this kiosk knows, and how sure that is (T4). */
export function createOccupancyNow(database: Database): (ground: Ground, coverage: CoverageView) => OccupancyView {
  const readTotals = database.prepare<[string, string], GateTotals>(TOTALS);
  const readActivity = database.prepare<[string, string], GateActivity>(ACTIVITY);
  const readProvisionals = database.prepare<[string, string, string, string], number>(PROVISIONALS).pluck();
  const provisionalsOf = (park: string, date: string): number => readProvisionals.get(park, date, park, date) ?? 0;
  return ({ identity, park, businessDate, nowMs }, coverage) => {
    const totals = readTotals.all(identity.park, businessDate);
    const activity = readActivity.all(identity.park, businessDate);
    const silentGates = coverage.silent.map(({ gateId, silentMs }) => ({ gateId, silentMs: silentMs ?? 0 }));
    // Once every gate is heard again, what they did meanwhile is here too: nothing is left open.
    const openProvisionals = coverage.kind === 'partial' ? provisionalsOf(identity.park, businessDate) : 0;
    const now = occupancyOf({ totals, activity, silentGates, openProvisionals, nowMs });
    return {
      inside: now.inside,
      uncertainty: now.uncertainty,
      admittedToday: now.admitted,
      exitedToday: now.exited,
      exitsScanned: park.exitsScanned,
      capacity: park.insideMax > 0 ? park.insideMax : null,
      thisGateAdmitted: Math.max(0, totals.find(({ gate_id }) => gate_id === identity.gateId)?.admitted ?? 0),
      thisGateActivity: quartersOf(activity.filter(({ gate_id }) => gate_id === identity.gateId)),
    };
  };
}

function quartersOf(activity: readonly GateActivity[]): OccupancyView['thisGateActivity'] {
  const quarters = new Map<number, number>();
  for (const { bucket_ms, admitted } of activity) {
    const fromMs = Math.floor(bucket_ms / SHOWN_BUCKET_MS) * SHOWN_BUCKET_MS;
    quarters.set(fromMs, (quarters.get(fromMs) ?? 0) + admitted);
  }
  return [...quarters].map(([fromMs, admitted]) => ({ fromMs, admitted: Math.max(0, admitted) }));
}

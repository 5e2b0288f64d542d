import type { CaseKind } from '@skygate/shared/domain/case/fold';
import type { Database } from 'better-sqlite3';
import type { CaseNotice } from '../../rpc-contract/gate-view.ts';
import type { Ground } from '../handle-command/command-context.ts';
import type { GateNames } from './gate-names.ts';

/** Notices shown at once; the newest ones. */
const NOTICES_MAX = 3;

interface NoticeRow {
  readonly case_id: string;
  readonly kind: string;
  readonly ticket_id: string;
  readonly gate_id: string;
  readonly wall_ms: number;
  readonly people: number;
}

// Today's, nobody has closed it, and this gate let somebody in on the ticket: the contested admission or one before it.
const NOTICES = `
  SELECT c.case_id, c.kind, c.ticket_id, c.gate_id, c.wall_ms, c.people FROM cases c
  WHERE c.park = ? AND c.business_date = ?
    AND NOT EXISTS (SELECT 1 FROM case_closings x WHERE x.park = c.park AND x.case_id = c.case_id)
    AND (c.gate_id = ? OR EXISTS (
      SELECT 1 FROM ticket_facts f WHERE f.park = c.park AND f.ticket_id = c.ticket_id AND f.kind = 'admitted'
        AND f.gate_id = ? AND f.business_date = c.business_date))
  ORDER BY c.hlc DESC, c.case_id LIMIT ${NOTICES_MAX}`;

/** The cases that this gate's people can still do something about: they stand where the guests went in, today (T3). */
export function createCaseNotices(database: Database, gateNames: GateNames): (ground: Ground) => readonly CaseNotice[] {
  const read = database.prepare<[string, string, string, string], NoticeRow>(NOTICES);
  return ({ identity, park, businessDate }) => {
    if (identity.role !== 'gate') return [];
    return read.all(identity.park, businessDate, identity.gateId, identity.gateId).map((row) => ({
      caseId: row.case_id,
      kind: row.kind as CaseKind,
      ticketId: row.ticket_id,
      gate: gateNames(identity.park, park.gates, row.gate_id),
      isHere: row.gate_id === identity.gateId,
      atMs: row.wall_ms,
      people: row.people,
    }));
  };
}

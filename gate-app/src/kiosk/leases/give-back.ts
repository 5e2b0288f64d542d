import { decideReturn, isLentPastCapacity } from '@skygate/shared/domain/capacity/hand-back';
import type { Share } from '@skygate/shared/domain/capacity/shares';
import type { KnownDraft } from '@skygate/shared/events/catalogue';
import { ok, type Result } from '@skygate/shared/lib/result';
import type { Database } from 'better-sqlite3';
import type { EventLog, KioskIdentity, StoreProblem } from '../event-log/event-log.ts';
import type { TillKnowledge } from '../read-models/till-knowledge.ts';

const CAPACITY = 'SELECT places FROM capacity WHERE park = ? AND date = ? AND slot = ?';
/** HQ's tickets outside bookings, one place a person; what was voided is free or will be (C5). */
const HQ_TICKETS = `
  SELECT coalesce(sum((SELECT sum(p.value ->> 'count') FROM json_each(t.party) p)), 0) FROM tickets t
  WHERE t.park = ? AND t.date = ? AND t.slot = ? AND t.node LIKE 'hq:%'
    AND NOT EXISTS (SELECT 1 FROM bookings b WHERE b.park = t.park AND b.booking_id = t.sale_id)
    AND NOT EXISTS (SELECT 1 FROM ticket_facts f
                    WHERE f.park = t.park AND f.ticket_id = t.ticket_id AND f.kind = 'voided')`;
const BOOKED = `
  SELECT coalesce(sum(l.value ->> 'places'), 0) FROM bookings b, json_each(b.lines) l
  WHERE b.park = ? AND l.value ->> 'date' = ? AND l.value ->> 'slot' = ?
    AND NOT EXISTS (SELECT 1 FROM booking_ends e
                    WHERE e.park = b.park AND e.booking_id = b.booking_id AND e.kind IN ('cancelled', 'expired'))`;

/** Decides what of this till's shares goes back to HQ. */
export interface GiveBack {
  /** C1: the unsold rest of every slot of which more is lent than its capacity allows. */
  askedBack(identity: KioskIdentity, shares: readonly Share[]): readonly KnownDraft[];
  /** C4: the unsold rest of a day that is over for this till. */
  notNeeded(shares: readonly Share[], date: string): readonly KnownDraft[];
}

export function createGiveBack(database: Database, till: TillKnowledge): GiveBack {
  const capacity = database.prepare<[string, string, string], number>(CAPACITY).pluck();
  const hqTickets = database.prepare<[string, string, string], number>(HQ_TICKETS).pluck();
  const booked = database.prepare<[string, string, string], number>(BOOKED).pluck();
  return {
    askedBack: ({ park }, shares) =>
      shares.flatMap((share) => {
        if (share.left === 0) return [];
        const place = [park, share.date, share.slot] as const;
        const rows = till.leaseRows(park, share.date);
        const own = rows.leases.filter(({ date, slot }) => date === share.date && slot === share.slot);
        const soldByHq = (hqTickets.get(...place) ?? 0) + (booked.get(...place) ?? 0);
        const known = { capacity: capacity.get(...place) ?? null, soldByHq };
        if (!isLentPastCapacity({ ...rows, leases: own }, known)) return [];
        return decideReturn(share, { reason: 'capacity_lowered', actor: 'system' });
      }),
    notNeeded: (shares, date) =>
      shares
        .filter((share) => share.date === date)
        .flatMap((share) => decideReturn(share, { reason: 'not_needed', actor: 'system' })),
  };
}

/** Writes what goes back, as much as one command may hold; the rest the next time. @returns how many places */
export function recordReturns(
  eventLog: Pick<EventLog, 'append'>,
  drafts: readonly KnownDraft[],
): Result<number, StoreProblem> {
  const first = drafts.slice(0, 200);
  if (first.length === 0) return ok(0);
  const written = eventLog.append(first);
  if (!written.ok) return written;
  return ok(first.reduce((sum, { body }) => sum + ('places' in body ? Number(body.places) : 0), 0));
}

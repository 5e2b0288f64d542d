import { decideReturn, isLentPastCapacity } from '@skygate/shared/domain/capacity/hand-back';
import type { Share } from '@skygate/shared/domain/capacity/shares';
import type { KnownDraft } from '@skygate/shared/events/catalogue';
import { ok, type Result } from '@skygate/shared/lib/result';
import type { Hlc } from '@skygate/shared/sync/hlc';
import type { Database } from 'better-sqlite3';
import type { AppendProblem, EventLog, KioskIdentity } from '../event-log/event-log.ts';
import type { TillKnowledge } from '../read-models/till-knowledge.ts';
import { createSlotKnowledge } from './slot-knowledge.ts';

/** Decides what of this till's shares goes back to HQ. */
export interface GiveBack {
  /**
   * C1: the unsold rest of every slot of which more is lent than its capacity allows.
   * @param hlc the clock that this till's next event will carry
   */
  askedBack(identity: KioskIdentity, shares: readonly Share[], hlc: Hlc): readonly KnownDraft[];
  /** C4: the unsold rest of a day that is over for this till. */
  notNeeded(shares: readonly Share[], date: string): readonly KnownDraft[];
}

export function createGiveBack(database: Database, till: TillKnowledge): GiveBack {
  const knownOf = createSlotKnowledge(database);
  return {
    askedBack: ({ park }, shares, hlc) =>
      shares.flatMap((share) => {
        if (share.left === 0) return [];
        const rows = till.leaseRows(park, share.date);
        const own = rows.leases.filter(({ date, slot }) => date === share.date && slot === share.slot);
        const known = { ...knownOf([park, share.date, share.slot]), hlc };
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
): Result<number, AppendProblem> {
  const first = drafts.slice(0, 200);
  if (first.length === 0) return ok(0);
  const written = eventLog.append(first);
  if (!written.ok) return written;
  return ok(first.reduce((sum, { body }) => sum + ('places' in body ? Number(body.places) : 0), 0));
}

import type { KnownEvent } from '@skygate/shared/events/catalogue';
import { type Event, eventId } from '@skygate/shared/events/envelope';
import { readEvent } from '@skygate/shared/events/read-event';
import type { RecentScan } from '../../rpc-contract/gate-view.ts';

/** What this kiosk scanned last, newest first. Kept in memory; the log has it all. */
export interface RecentScans {
  list(): readonly RecentScan[];
  add(scan: RecentScan): void;
  undone(scanId: string): void;
}

export const RECENT_SCANS = 12;

export function createRecentScans(loaded: readonly RecentScan[]): RecentScans {
  let scans = loaded.slice(0, RECENT_SCANS);
  return {
    list: () => scans,
    add: (scan) => {
      scans = [scan, ...scans].slice(0, RECENT_SCANS);
    },
    undone: (scanId) => {
      scans = scans.map((scan) => (scan.scanId === scanId ? { ...scan, undone: true } : scan));
    },
  };
}

/** The scans among own events, given newest first, as they looked when they were made. */
export function scansOf(
  newest: readonly Event[],
  describe: (ticketId: string | null) => Pick<RecentScan, 'party' | 'unitNames'>,
): readonly RecentScan[] {
  const annulled = new Set<string>();
  const scans: RecentScan[] = [];
  for (const stored of newest) {
    const read = readEvent(stored);
    if (!read.ok) continue;
    if (read.value.type === 'AdmissionAnnulled') annulled.add(eventId(read.value.body.original));
    const outcome = outcomeOf(read.value);
    if (outcome === null) continue;
    const scanId = eventId(stored);
    const about = describe(outcome.ticketId);
    const overridden = read.value.type === 'AdmissionOverridden';
    scans.push({ scanId, atMs: stored.wallMs, ...outcome, ...about, undone: annulled.has(scanId), overridden });
  }
  return scans;
}

function outcomeOf(event: KnownEvent): Pick<RecentScan, 'verdict' | 'reason' | 'ticketId'> | null {
  switch (event.type) {
    case 'TicketAdmitted':
      return { verdict: event.body.verdict, reason: null, ticketId: event.body.ticketId };
    case 'AdmissionOverridden':
      return { verdict: 'admit', reason: null, ticketId: event.body.ticketId };
    case 'AdmissionRefused':
      return { verdict: 'refuse', reason: event.body.reasons[0] ?? null, ticketId: event.body.ticketId };
    case 'TicketExited':
      return event.body.ticketId === null ? null : { verdict: 'exit', reason: null, ticketId: event.body.ticketId };
    default:
      return null;
  }
}

import type { KnownEvent } from '../events/catalogue.ts';
import type { RowChange } from './row-change.ts';
import { ticketFact } from './ticket-fact.ts';

type AdmissionEvent = Extract<
  KnownEvent,
  {
    readonly type: 'TicketAdmitted' | 'AdmissionRefused' | 'AdmissionAnnulled' | 'AdmissionOverridden' | 'TicketExited';
  }
>;

/** Width of a row of `gate_activity`. */
export const ACTIVITY_BUCKET_MS = 5 * 60_000;

/** Who went in and out, and who was not let in. */
export function projectAdmission(event: AdmissionEvent): readonly RowChange[] {
  switch (event.type) {
    case 'TicketAdmitted': {
      const { ticketId, gateId, people, businessDate, verdict } = event.body;
      const fact = { gate_id: gateId, people, verdict, business_date: businessDate };
      return [
        ticketFact(event, ticketId, { kind: 'admitted', ...fact }),
        addToGate(event, { admitted: people }),
        addToActivity(event, { admitted: people }),
      ];
    }
    case 'AdmissionOverridden': {
      const { ticketId, gateId, people, businessDate } = event.body;
      const fact = { gate_id: gateId, people, business_date: businessDate };
      return [
        ticketFact(event, ticketId, { kind: 'overridden', ...fact }),
        addToGate(event, { admitted: people }),
        addToActivity(event, { admitted: people }),
      ];
    }
    case 'AdmissionAnnulled': {
      const { ticketId, gateId, people, businessDate, original } = event.body;
      const fact = { gate_id: gateId, people, business_date: businessDate };
      const { node, epoch, seq } = original;
      const of = { original_node: node, original_epoch: epoch, original_seq: seq, original_fork: '' };
      return [
        ticketFact(event, ticketId, { kind: 'annulled', ...fact, ...of }),
        // The body names the day of the admission: it is that day's sum that was wrong.
        addToGate(event, { admitted: -people }),
        addToActivity(event, { admitted: -people }),
      ];
    }
    case 'TicketExited': {
      const { ticketId, gateId, people, businessDate, unmatched } = event.body;
      const fact = { gate_id: gateId, people, business_date: businessDate };
      return [
        ...(ticketId === null ? [] : [ticketFact(event, ticketId, { kind: 'exited', ...fact })]),
        addToGate(event, { exited: people, unmatched }),
        addToActivity(event, { exited: people }),
      ];
    }
    case 'AdmissionRefused':
      return projectRefusal(event);
  }
}

function projectRefusal(event: Extract<AdmissionEvent, { readonly type: 'AdmissionRefused' }>): readonly RowChange[] {
  const { ticketId, gateId, businessDate, reasons } = event.body;
  const shown = reasons[0] ?? 'unreadable'; // the schema asks for one at least
  const fact = { gate_id: gateId, verdict: shown, business_date: businessDate };
  return [
    ...(ticketId === null ? [] : [ticketFact(event, ticketId, { kind: 'refused', ...fact })]),
    addToGate(event, { refused: 1 }),
    {
      op: 'add',
      table: 'refusals',
      key: { ...gateDay(event), reason: shown },
      deltas: { count: 1 },
    },
  ];
}

const gateDay = ({ park, body }: AdmissionEvent) => ({
  park,
  business_date: body.businessDate,
  gate_id: body.gateId,
});

const addToGate = (event: AdmissionEvent, deltas: Readonly<Record<string, number>>): RowChange => ({
  op: 'add',
  table: 'gate_totals',
  key: gateDay(event),
  deltas,
});

/**
 * By the author's clock. An annulment is counted where it happened, as the body does not say when the admission was:
 * a bucket may fall below zero, and the day's buckets still sum up to its total.
 */
const addToActivity = (event: AdmissionEvent, deltas: Readonly<Record<string, number>>): RowChange => ({
  op: 'add',
  table: 'gate_activity',
  key: { ...gateDay(event), bucket_ms: Math.floor(event.wallMs / ACTIVITY_BUCKET_MS) * ACTIVITY_BUCKET_MS },
  deltas,
});

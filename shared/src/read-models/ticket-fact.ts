import type { KnownEvent } from '../events/catalogue.ts';
import type { Row, RowChange } from './row-change.ts';

/** The columns in which one kind of fact differs from another; what is left out does not apply. */
export interface FactCells {
  readonly kind: 'admitted' | 'overridden' | 'annulled' | 'exited' | 'refused' | 'voided' | 'blocked';
  readonly gate_id?: string;
  readonly people?: number;
  /** `admit` or `provisional`; for a refused scan the reason that was shown. */
  readonly verdict?: string;
  readonly original_node?: string;
  readonly original_epoch?: number;
  readonly original_seq?: number;
  readonly original_fork?: string;
  readonly business_date?: string;
}

/** The row of `ticket_facts` that an event leaves. */
export const ticketFact = (event: KnownEvent, ticketId: string, cells: FactCells): RowChange => ({
  op: 'insert',
  table: 'ticket_facts',
  row: {
    park: event.park,
    ticket_id: ticketId,
    ...placeOf(event),
    fork: '',
    hlc: event.hlc,
    wall_ms: event.wallMs,
    trust: event.trust,
    gate_id: null,
    people: null,
    verdict: null,
    original_node: null,
    original_epoch: null,
    original_seq: null,
    original_fork: null,
    business_date: null,
    actor: event.actor,
    ...cells,
  },
});

/** Where the event is in the log (E1), as columns. */
export const placeOf = ({ node, epoch, seq }: KnownEvent): Row => ({ node, epoch, seq });

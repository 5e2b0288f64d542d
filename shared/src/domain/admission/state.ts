import type { Trust } from '../../events/envelope.ts';
import type { EventRef } from '../../events/fields.ts';
import type { Hlc } from '../../sync/hlc.ts';
import type { RefusalReason } from './events.ts';

/** Where a fact stands: its place in the log, and the past it is of (E6): empty for what stands in its stream. */
export interface FactRef extends EventRef {
  readonly fork: string;
}

/** A fact's name: two pasts of one stream have different facts at one place. */
export const factId = ({ node, epoch, seq, fork }: FactRef): string =>
  fork === '' ? `${node}/${epoch}/${seq}` : `${node}/${epoch}/${seq}~${fork}`;

interface FactPlace extends FactRef {
  readonly hlc: Hlc;
  readonly wallMs: number;
  readonly trust: Trust;
  readonly actor: string;
}

interface Passage {
  readonly gateId: string;
  readonly people: number;
  readonly businessDate: string;
}

/** One thing that happened to a ticket, from an event or from its row in `ticket_facts`. */
export type TicketFact = FactPlace &
  (
    | ({ readonly kind: 'admitted'; readonly verdict: 'admit' | 'provisional' } & Passage)
    /** By a supervisor, outside the entries that the ticket allows. */
    | ({ readonly kind: 'overridden' } & Passage)
    | ({ readonly kind: 'annulled'; readonly original: FactRef } & Passage)
    | ({ readonly kind: 'exited' } & Passage)
    | { readonly kind: 'voided' | 'blocked' }
    | { readonly kind: 'refused'; readonly gateId: string; readonly shown: RefusalReason }
  );
export type AdmittedFact = Extract<TicketFact, { readonly kind: 'admitted' }>;

interface TicketUse {
  /** Admissions that were not annulled, first first (T3). */
  readonly admissions: readonly AdmittedFact[];
  /** `factId`s of annulled admissions: one may be folded before the admission it takes back. */
  readonly annulled: ReadonlySet<string>;
  /** People let in less people let out; below zero where an exit is known and its entry is not. Never floored (T4). */
  readonly peopleInside: number;
}

/** What a ticket is worth as far as this node knows. A ticket nobody has told it of is `good` and unused. */
export type TicketState = TicketUse &
  (
    | { readonly status: 'good' }
    | { readonly status: 'blocked'; readonly blockedAtMs: number }
    /** For good: nothing leads out of it. */
    | { readonly status: 'voided'; readonly voidedAtMs: number; readonly wasBlocked: boolean }
  );

export const initialTicketState: TicketState = {
  status: 'good',
  admissions: [],
  annulled: new Set(),
  peopleInside: 0,
};

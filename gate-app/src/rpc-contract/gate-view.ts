import type { Words } from '@skygate/shared/documents/words';
import type { RefusalReason } from '@skygate/shared/domain/admission/events';
import type { CaseKind } from '@skygate/shared/domain/case/fold';
import type { Party } from '@skygate/shared/domain/ticket/events';
import type { CoverageView } from './status-view.ts';

export type Verdict = 'admit' | 'provisional' | 'refuse' | 'exit';

export interface RecentScan {
  readonly scanId: string;
  readonly atMs: number;
  readonly verdict: Verdict;
  readonly reason: RefusalReason | null;
  readonly party: Party;
  readonly unitNames: Readonly<Record<string, Words>>;
  readonly ticketId: string | null;
  readonly undone: boolean;
  /** An entry that a supervisor allowed; it is not undone by a touch. */
  readonly overridden: boolean;
}

/** An admission of today that HQ will look at, shown where its guests went in (T3, T5). It never blocks a scan. */
export interface CaseNotice {
  readonly caseId: string;
  readonly kind: CaseKind;
  readonly ticketId: string;
  /** The gate of the admission that the case is about. */
  readonly gate: Words;
  /** Whether that gate is this one. */
  readonly isHere: boolean;
  readonly atMs: number;
  readonly people: number;
}

/** What the gate shows for one scan. Times are UTC milliseconds; the ui writes them in the park's zone. */
export interface VerdictView {
  readonly scanId: string;
  readonly atMs: number;
  readonly verdict: Verdict;
  /** First reason first (T2); empty unless `refuse`. */
  readonly reasons: readonly RefusalReason[];
  /** Facts for the sentence under the reason: `{ validFromMs, validUntilMs, parks, gate, atMs ... }`. */
  readonly facts: VerdictFacts;
  readonly ticketId: string | null;
  readonly product: Words | null;
  readonly party: Party;
  readonly unitNames: Readonly<Record<string, Words>>;
  /** What staff must look at: the ui turns the green frame amber. */
  readonly notes: readonly ('accompanied_child' | 'check_age' | 'senior' | 'reduced_price')[];
  /** The visit date and start time (`day` for the whole day); null if no ticket was read. */
  readonly date: string | null;
  readonly slot: string | null;
  readonly validUntilMs: number | null;
  readonly entriesUsed: number;
  readonly entriesAllowed: number;
  readonly coverage: CoverageView;
  readonly canUndo: boolean;
  /** A supervisor may let these people in all the same. */
  readonly canOverride: boolean;
  /** Time in the kiosk from the code's arrival to the durable verdict, in milliseconds. */
  readonly tookMs: number;
}

export interface VerdictFacts {
  readonly validFromMs?: number;
  readonly validUntilMs?: number;
  /** The visit date of a ticket for another day. */
  readonly date?: string;
  readonly slot?: string;
  /** Names of the parks the ticket is for. */
  readonly parks?: readonly string[];
  /** The earlier admission that used the ticket up. */
  readonly usedAtMs?: number;
  readonly usedAtGate?: Words;
  readonly voidedAtMs?: number;
  /** Names of the gates that take the ticket's product, with `wrong_gate`. */
  readonly allowedGates?: readonly Words[];
  readonly silentGates?: readonly Words[];
  /** With `provisional`: the clock cannot be trusted, so no date was judged (H2). */
  readonly clockUnsure?: boolean;
}

export interface TicketHistory {
  readonly ticketId: string;
  readonly product: Words | null;
  readonly party: Party;
  readonly unitNames: Readonly<Record<string, Words>>;
  readonly validFromMs: number | null;
  readonly validUntilMs: number | null;
  readonly entries: readonly {
    readonly kind: 'issued' | 'admitted' | 'overridden' | 'annulled' | 'exited' | 'voided' | 'blocked' | 'refused';
    readonly atMs: number;
    readonly kiosk: string;
    readonly gateId: string | null;
    readonly people: number;
    readonly reason: RefusalReason | null;
  }[];
}

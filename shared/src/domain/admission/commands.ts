import type { CatalogueProduct } from '../../documents/catalogue-document.ts';
import type { Trust } from '../../events/envelope.ts';
import type { EventRef } from '../../events/fields.ts';
import type { Result } from '../../lib/result.ts';
import type { ParsedTicketCode, TicketCodeError } from '../ticket/ticket-code.ts';
import type { TicketFact } from './state.ts';
import type { KnownSigningKey, KnownTicket } from './ticket-key.ts';

/** A code was held up to a gate. */
export interface ScanTicket {
  readonly direction: 'entry' | 'exit';
  /** `parseTicketCode` of the scanned text. */
  readonly code: Result<ParsedTicketCode, TicketCodeError>;
  /** SHA-256 of the scanned text. */
  readonly codeHash: string;
  readonly actor: string;
  readonly cause: string | null;
}

/** All that the gate knows at the moment of the scan: plain data, read before deciding. */
export interface GateKnowledge {
  readonly park: string;
  readonly gateId: string;
  readonly nowMs: number;
  readonly trust: Trust;
  readonly businessDate: string;
  /** Whether this park scans exits: only then can it be told that the people of a ticket are still inside. */
  readonly exitsScanned: boolean;
  /** Gates whose admissions are not known up to now. */
  readonly silentGates: readonly { readonly gateId: string }[];
  /** How many more people may come in; null where nothing limits it. */
  readonly placesInside: number | null;
  /** The key that the code names, if this kiosk knows it. */
  readonly signingKey: KnownSigningKey | undefined;
  /** The ticket's `TicketIssued`, if it has come here. A ticket sold offline at another till has not: that is fine. */
  readonly ticket: KnownTicket | undefined;
  /** What is known to have happened to the ticket, in any order. */
  readonly facts: readonly TicketFact[];
  /** The ticket's product in the catalogue; one that is no longer there is no reason to refuse. */
  readonly product: CatalogueProduct | undefined;
}

/** An admission is to be taken back. */
export interface AnnulAdmission {
  readonly ticketId: string;
  readonly original: EventRef;
  readonly reason: 'undo' | 'no_passage';
  readonly actor: string;
  readonly cause: string | null;
}

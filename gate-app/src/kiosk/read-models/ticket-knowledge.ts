import { knownTicketFromRow, signingKeyFromRows, ticketFactFromRow } from '@skygate/shared/domain/admission/known-rows';
import type { TicketFact } from '@skygate/shared/domain/admission/state';
import type { KnownSigningKey, KnownTicket } from '@skygate/shared/domain/admission/ticket-key';
import type { Row } from '@skygate/shared/read-models/row-change';
import { TABLES, type TableName } from '@skygate/shared/read-models/tables';
import type { Database } from 'better-sqlite3';

/** What this kiosk knows of one ticket and of the key that signed it: each one range of one index. */
export interface TicketKnowledge {
  ticket(park: string, ticketId: string): KnownTicket | undefined;
  facts(park: string, ticketId: string): readonly TicketFact[];
  signingKey(park: string, kid: string): KnownSigningKey | undefined;
  /** Ticket numbers with this ending, at most `count`. */
  byEnding(park: string, ending: string, count: number): readonly string[];
  /** The reason shown for a refused scan is kept with its fact. */
  refusalShown(park: string, fact: TicketFact, ticketId: string): string | null;
}

const columnsOf = (table: TableName): string => [...TABLES[table].key, ...TABLES[table].columns].join(', ');

const TICKET = `SELECT ${columnsOf('tickets')} FROM tickets WHERE park = ? AND ticket_id = ?`;
const FACTS = `SELECT ${columnsOf('ticket_facts')} FROM ticket_facts WHERE park = ? AND ticket_id = ?`;
const KEY = `SELECT ${columnsOf('signing_keys')} FROM signing_keys WHERE park = ? AND kid = ?`;
const REVOCATION = `
  SELECT ${columnsOf('signing_key_revocations')} FROM signing_key_revocations WHERE park = ? AND kid = ?`;
const BY_ENDING = `
  SELECT ticket_id FROM tickets WHERE park = ? AND substr(ticket_id, -6) = ? ORDER BY ticket_id LIMIT ?`;
const REFUSAL_SHOWN = `
  SELECT verdict FROM ticket_facts WHERE park = ? AND ticket_id = ? AND node = ? AND epoch = ? AND seq = ?`;

export function createTicketKnowledge(database: Database): TicketKnowledge {
  const ticket = database.prepare<[string, string], Row>(TICKET);
  const facts = database.prepare<[string, string], Row>(FACTS);
  const key = database.prepare<[string, string], Row>(KEY);
  const revocation = database.prepare<[string, string], Row>(REVOCATION);
  const byEnding = database.prepare<[string, string, number], string>(BY_ENDING).pluck();
  const refusalShown = database.prepare<[string, string, string, number, number], string | null>(REFUSAL_SHOWN).pluck();
  return {
    ticket: (park, ticketId) => {
      const row = ticket.get(park, ticketId);
      return row ? knownTicketFromRow(row) : undefined;
    },
    facts: (park, ticketId) => facts.all(park, ticketId).map(ticketFactFromRow),
    signingKey: (park, kid) => {
      const row = key.get(park, kid);
      return row ? signingKeyFromRows(row, revocation.get(park, kid)) : undefined;
    },
    byEnding: (park, ending, count) => byEnding.all(park, ending, count),
    refusalShown: (park, { node, epoch, seq }, ticketId) => refusalShown.get(park, ticketId, node, epoch, seq) ?? null,
  };
}

import type { Crypto } from '@skygate/shared/lib/crypto';
import { TICKETS_AT_ONCE } from '@skygate/shared/read-models/refold/entry-limits';
import { refoldTickets } from '@skygate/shared/read-models/refold/refold-tickets';
import type { Database } from 'better-sqlite3';
import { createPutHeldAside } from '../event-log/put-aside.ts';
import type { RunFold } from './answer-questions.ts';

/** Tickets that are to be folded anew because their products' entry limit is another one now (T3). Each call within a transaction. */
export interface TicketRefolds {
  /** The tickets of these products, from the first on. */
  note(park: string, products: readonly string[]): void;
  /** Whether any are left. */
  areDue(): boolean;
  /** Folds the next ones and keeps how far it came: no scan waits for all that a park may have sold. */
  some(): void;
}

const NOTE = `
  INSERT INTO entry_limit_refolds (park, product_id, after_ticket) VALUES (?, ?, '')
  ON CONFLICT (park, product_id) DO UPDATE SET after_ticket = ''`;
const DUE = 'SELECT park, product_id, after_ticket FROM entry_limit_refolds ORDER BY park, product_id LIMIT 1';
/** Bounded by the tickets that are looked at. One that was let in once has no other case by another limit. */
const NEXT = `
  SELECT t.ticket_id, 1 < (SELECT count(*) FROM ticket_facts f
                           WHERE f.park = t.park AND f.ticket_id = t.ticket_id AND f.kind = 'admitted') AS again
  FROM tickets t WHERE t.park = ? AND t.product_id = ? AND t.ticket_id > ? ORDER BY t.ticket_id LIMIT ?`;
const GO_ON = 'UPDATE entry_limit_refolds SET after_ticket = ? WHERE park = ? AND product_id = ?';
const DONE = 'DELETE FROM entry_limit_refolds WHERE park = ? AND product_id = ?';

interface Due {
  readonly park: string;
  readonly product_id: string;
  readonly after_ticket: string;
}

interface NextTicket {
  readonly ticket_id: string;
  /** 1 where it was let in more than once. */
  readonly again: number;
}

export function createTicketRefolds(
  database: Database,
  { runFold, crypto }: { readonly runFold: RunFold; readonly crypto: Crypto },
): TicketRefolds {
  const note = database.prepare<[string, string]>(NOTE);
  const due = database.prepare<[], Due>(DUE);
  const next = database.prepare<[string, string, string, number], NextTicket>(NEXT);
  const goOn = database.prepare<[string, string, string]>(GO_ON);
  const done = database.prepare<[string, string]>(DONE);
  const putAside = createPutHeldAside(database);

  /** @returns how many tickets it looked at */
  const ofProduct = ({ park, product_id, after_ticket }: Due, limit: number): number => {
    const tickets = next.all(park, product_id, after_ticket, limit);
    const keys = tickets.filter(({ again }) => again === 1).map(({ ticket_id }) => ({ park, ticket_id }));
    // One that cannot be made keeps the cases that it has, as at the server.
    putAside(runFold(refoldTickets(keys, { crypto })));
    const last = tickets.at(-1);
    if (last === undefined || tickets.length < limit) done.run(park, product_id);
    else goOn.run(last.ticket_id, park, product_id);
    return tickets.length;
  };

  return {
    note: (park, products) => {
      for (const productId of products) note.run(park, productId);
    },
    areDue: () => due.get() !== undefined,
    some: () => {
      let left = TICKETS_AT_ONCE;
      for (let product = due.get(); product !== undefined && left > 0; product = due.get()) {
        left -= ofProduct(product, left);
      }
    },
  };
}

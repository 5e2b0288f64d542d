import type { SaleEntry } from '../book.ts';
import { countBy, factsOf, textOf } from '../facts.ts';
import type { Check, FinalState } from '../invariants.ts';

type Receipt = NonNullable<SaleEntry['receipt']>;

/** What a guest was told is sold is in the log once, with its tickets, and nothing else is. */
export const confirmedSales: Check = (state, report) => {
  const { book, server, forgotten } = state;
  const facts = factsOf(server);
  const sales = countBy(facts, (event) => (event.type === 'SaleCompleted' ? textOf(event, 'saleId') : null));
  const tickets = countBy(facts, (event) => (event.type === 'TicketIssued' ? textOf(event, 'ticketId') : null));
  const counting = new Set(receiptsThatCount(state));
  for (const receipt of receiptsOf(book)) {
    // A sale and its tickets are one transaction: they are there together, or gone together.
    const expected = counting.has(receipt) ? 1 : 0;
    const times = sales.get(receipt.saleId) ?? 0;
    if (times !== expected) report(`sale ${receipt.saleId} ${times} times`);
    for (const ticketId of receipt.ticketIds) {
      const issued = tickets.get(ticketId) ?? 0;
      if (issued !== expected) report(`ticket ${ticketId} ${issued} times`);
    }
  }
  // A restored disk forgets which commands were carried out: asked again, it sells again.
  const known = new Set(receiptsOf(book).map(({ saleId }) => saleId));
  const unknown = [...sales.keys()].filter((saleId) => !known.has(saleId));
  if (unknown.length > forgotten.unanswered) report(`nobody knows of ${unknown.length} sales: ${unknown.join()}`);
};

const receiptsOf = ({ sales }: FinalState['book']): readonly Receipt[] =>
  [...sales.values()].flatMap(({ receipt }) => (receipt === null ? [] : [receipt]));

/** All that guests hold, but what an older copy of a disk took with it, or an older backup of who had erased itself. */
export function receiptsThatCount({ book, server, forgotten, lostOfWiped }: FinalState): readonly Receipt[] {
  const held = new Set(
    factsOf(server).flatMap((fact) => (fact.type === 'SaleCompleted' ? [textOf(fact, 'saleId')] : [])),
  );
  return receiptsOf(book).filter(
    ({ saleId }) => held.has(saleId) || !(forgotten.sales.has(saleId) || lostOfWiped.sales.has(saleId)),
  );
}

import { casesRefolder } from '@skygate/shared/read-models/refold/cases';
import { TICKETS_AT_ONCE } from '@skygate/shared/read-models/refold/entry-limits';
import { refoldKeys } from '@skygate/shared/read-models/refold/refold';
import { CompiledQuery } from 'kysely';
import type { Writer } from '../db/database.ts';
import { runFold } from './answer-questions.ts';
import type { Caught } from './catch-up.ts';
import { foldSlice, type Slice, type SliceDeps } from './fold-slice.ts';

/** T3: the tickets of these products are to be folded anew; some at a time, since a park may have sold any number. */
export async function noteChangedLimits(tx: Writer, park: string, products: readonly string[]): Promise<void> {
  const rows = products.map((product_id) => ({ park, product_id, after_ticket: '' }));
  await tx
    .insertInto('entry_limit_refolds')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['park', 'product_id']).doUpdateSet({ after_ticket: '' }))
    .execute();
}

/** Folds the next tickets of a product whose entry limit changed, in a transaction of its own. */
export async function refoldSomeTickets(deps: SliceDeps, park: string): Promise<Caught> {
  const due = await deps.database.reader
    .selectFrom('entry_limit_refolds')
    .select('product_id')
    .where('park', '=', park)
    .limit(1)
    .executeTakeFirst();
  if (!due) return { moved: false, more: false };
  // One that cannot be folded in time even by itself keeps the cases that it has.
  return foldSlice(deps, { park, most: TICKETS_AT_ONCE }, refoldTickets);
}

/** All of them, in the transaction that folds a whole log anew. */
export async function refoldAllTickets(folding: Omit<Slice, 'limit' | 'refolds'>, park: string): Promise<void> {
  while ((await refoldTickets({ ...folding, limit: TICKETS_AT_ONCE, refolds: true }, park)).more);
}

async function refoldTickets({ tx, crypto, folded, limit, refolds }: Slice, park: string): Promise<Caught> {
  const due = await tx
    .selectFrom('entry_limit_refolds')
    .select(['product_id', 'after_ticket'])
    .where('park', '=', park)
    .orderBy('product_id')
    .limit(1)
    .executeTakeFirst();
  if (!due) return { moved: false, more: false };
  const tickets = await ticketsAfter(tx, [park, due.product_id, due.after_ticket, limit]);
  const keys = tickets.map((ticket_id) => ({ park, ticket_id }));
  if (refolds) await runFold(tx, folded, refoldKeys(casesRefolder, keys, { crypto }));
  const last = tickets.at(-1);
  const ofProduct = { park, product_id: due.product_id };
  if (last === undefined) await done(tx, ofProduct);
  else await goOnAfter(tx, ofProduct, last);
  return { moved: tickets.length > 0, more: true };
}

/** A ticket that was let in once has no case by any limit. */
const TICKETS_AFTER = `
select t.ticket_id from tickets t
join ticket_facts f on f.park = t.park and f.ticket_id = t.ticket_id and f.kind = 'admitted'
where t.park = $1 and t.product_id = $2 and t.ticket_id > $3
group by t.ticket_id having count(*) > 1 order by t.ticket_id limit $4`;

async function ticketsAfter(tx: Writer, values: readonly [string, string, string, number]): Promise<readonly string[]> {
  const { rows } = await tx.executeQuery<{ ticket_id: string }>(CompiledQuery.raw(TICKETS_AFTER, [...values]));
  return rows.map(({ ticket_id }) => ticket_id);
}

interface OfProduct {
  readonly park: string;
  readonly product_id: string;
}

async function done(tx: Writer, { park, product_id }: OfProduct): Promise<void> {
  await tx.deleteFrom('entry_limit_refolds').where('park', '=', park).where('product_id', '=', product_id).execute();
}

async function goOnAfter(tx: Writer, { park, product_id }: OfProduct, after_ticket: string): Promise<void> {
  await tx
    .updateTable('entry_limit_refolds')
    .set({ after_ticket })
    .where('park', '=', park)
    .where('product_id', '=', product_id)
    .execute();
}

import { TICKETS_AT_ONCE } from '@skygate/shared/read-models/refold/entry-limits';
import { passTickets, refoldTickets } from '@skygate/shared/read-models/refold/refold-tickets';
import { CompiledQuery } from 'kysely';
import type { Writer } from '../db/database.ts';
import { runFold } from './answer-questions.ts';
import type { Caught } from './catch-up.ts';
import { foldSlice, putSliceAside, type Slice, type SliceDeps } from './fold-slice.ts';

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
  // One that cannot be folded in time even by itself keeps the cases that it has, till the next start.
  return foldSlice(deps, { park, most: TICKETS_AT_ONCE }, refoldNext);
}

/** All of them, in the transaction that folds a whole log anew. */
export async function refoldAllTickets(folding: Omit<Slice, 'limit' | 'refolds'>, park: string): Promise<void> {
  while ((await refoldNext({ ...folding, limit: TICKETS_AT_ONCE, refolds: true }, park)).more);
}

async function refoldNext(slice: Slice, park: string): Promise<Caught> {
  const { tx, crypto, folded, limit, refolds } = slice;
  const due = await tx
    .selectFrom('entry_limit_refolds')
    .select(['product_id', 'after_ticket'])
    .where('park', '=', park)
    .orderBy('product_id')
    .limit(1)
    .executeTakeFirst();
  if (!due) return { moved: false, more: false };
  const tickets = await ticketsAfter(tx, [park, due.product_id, due.after_ticket, limit]);
  const keys = tickets.filter(({ again }) => again).map(({ ticket_id }) => ({ park, ticket_id }));
  const problems = await runFold(tx, folded, refolds ? refoldTickets(keys, { crypto }) : passTickets(keys));
  await putSliceAside(slice, park, problems);
  const last = tickets.at(-1);
  const ofProduct = { park, product_id: due.product_id };
  if (last === undefined || tickets.length < limit) await done(tx, ofProduct);
  else await goOnAfter(tx, ofProduct, last.ticket_id);
  return { moved: keys.length > 0, more: true };
}

/** Bounded by the tickets that are looked at. One that was let in once has no other case by another limit. */
const TICKETS_AFTER = `
select t.ticket_id, 1 < (
  select count(*) from (
    select 1 from ticket_facts f where f.park = t.park and f.ticket_id = t.ticket_id and f.kind = 'admitted' limit 2) two
) as again
from tickets t where t.park = $1 and t.product_id = $2 and t.ticket_id > $3 order by t.ticket_id limit $4`;

interface NextTicket {
  readonly ticket_id: string;
  /** It was let in more than once. */
  readonly again: boolean;
}

async function ticketsAfter(
  tx: Writer,
  values: readonly [string, string, string, number],
): Promise<readonly NextTicket[]> {
  const { rows } = await tx.executeQuery<NextTicket>(CompiledQuery.raw(TICKETS_AFTER, [...values]));
  return rows;
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

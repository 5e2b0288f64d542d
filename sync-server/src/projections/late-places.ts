import { type AskedPlace, type AskedPlaces, nextPlaces, type Question } from '@skygate/shared/read-models/ask';
import type { DueFacts } from '@skygate/shared/read-models/refold/refold-late-facts';
import { CompiledQuery } from 'kysely';
import type { Writer } from '../db/database.ts';

// By seq alone: it is each event's own in its stream, and in the order of the index nothing is sorted, however much is left.
const STANDING_PLACES = `
select seq, hash from events
where park = $1 and node = $2 and epoch = $3 and type = any(array(select json_array_elements_text($4::json))) and hlc > $5
  and seq between $6 and $9 and (seq > $6 or hash > $7) and position <= $10
order by seq limit $8`;

const RECOVERED_PLACES = `
select seq, hash from recovered_events
where park = $1 and node = $2 and epoch = $3 and type = any(array(select json_array_elements_text($4::json))) and hlc > $5
  and seq between $6 and $9 and (seq, hash) > ($6::bigint, $7::text)
order by seq, hash limit $8`;

/** Each by its index; the lesser is never null where one of them is not. */
const BEYOND = `
select least(
  (select min(seq) from events where park = $1 and node = $2 and epoch = $3 and seq > $4),
  (select min(seq) from recovered_events where park = $1 and node = $2 and epoch = $3 and seq > $4)) as seq`;

/** Answers where the next facts of an incarnation stand, or stood in another past of it (X4, E6). */
export async function placesOf(
  tx: Writer,
  folded: number,
  { park, node, epoch, types, afterHlc, after, limit, within }: Extract<Question, { readonly ask: 'places' }>,
): Promise<AskedPlaces> {
  const to = Math.min(after.seq + within, Number.MAX_SAFE_INTEGER);
  const values = [park, node, epoch, JSON.stringify(types), afterHlc, after.seq, after.hash, limit + 1, to];
  const standing = await tx.executeQuery<AskedPlace>(CompiledQuery.raw(STANDING_PLACES, [...values, folded]));
  const recovered = await tx.executeQuery<AskedPlace>(CompiledQuery.raw(RECOVERED_PLACES, values));
  const beyond = await tx.executeQuery<{ seq: number | null }>(CompiledQuery.raw(BEYOND, [park, node, epoch, to]));
  return nextPlaces([standing.rows, recovered.rows], { limit, beyond: beyond.rows[0]?.seq ?? null });
}

/** X4: facts of a revoked kiosk after a place are to be looked at; some at a time, since it may have dated any number so. */
export async function noteLateFacts(tx: Writer, { park, node, epoch, after }: DueFacts): Promise<void> {
  const place = { after_seq: after.seq, after_hash: after.hash };
  await tx
    .insertInto('late_fact_refolds')
    .values({ park, node, epoch, ...place })
    .onConflict((conflict) => conflict.columns(['park', 'node', 'epoch']).doUpdateSet(place))
    .execute();
}

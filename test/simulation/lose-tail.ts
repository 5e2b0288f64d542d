import { CHAIN_START } from '@skygate/shared/sync/chain';
import { HLC_ZERO } from '@skygate/shared/sync/hlc';
import type { Database } from '@skygate/sync-server/db/database';
import { CompiledQuery } from 'kysely';
import { PARK } from './headquarters.ts';
import { TABLE_NAMES } from './state-hash.ts';

/** In order; $1 is the last position that is left, $2 the park. */
const FORGET: readonly string[] = [
  'delete from events where park = $2 and position > $1',
  'delete from seals where park = $2 and position > $1',
  `delete from nodes n where n.park = $2 and n.role <> 'hq' and not exists (
     select 1 from events e where e.park = n.park and e.position <= $1 and e.type = 'KioskEnrolled'
     and e.body::jsonb ->> 'kiosk' = n.node)`,
  `update enrolment_codes c set used_public_key = null, used_node = null, used_epoch = null
   where c.park = $2 and $1 >= 0 and not exists (select 1 from nodes n where n.park = c.park and n.node = c.used_node)`,
  `update nodes n set head_seq = 0, head_hash = '${CHAIN_START}', head_hlc = '${HLC_ZERO}' where n.park = $2 and $1 >= 0`,
  `update nodes n set head_seq = e.seq, head_hash = e.hash, head_hlc = e.hlc
   from (select distinct on (node, epoch) node, epoch, seq, hash, hlc from events where park = $2 and position <= $1
         order by node, epoch, seq desc) e
   where n.park = $2 and n.node = e.node and n.epoch = e.epoch`,
  // Whenever they came, the journal has them (E9).
  'delete from texts where park = $2 and $1 >= 0',
  'update parks set head = $1 where park = $2',
  'update projection_cursors set position = 0 where park = $2 and $1 >= 0',
  // With the read models: whoever wrote the odd events may never bring them again.
  'delete from quarantine where park = $2 and $1 >= 0',
];

/**
 * What a power cut may do to PGlite, which does not flush: the last commits are gone. The log is cut behind a batch,
 * with all that followed from it; the read models begin anew. @returns how many events were lost
 */
export async function loseTail(database: Database, most: number): Promise<number> {
  const { head } = await database.reader
    .selectFrom('parks')
    .select('head')
    .where('park', '=', PARK)
    .executeTakeFirstOrThrow();
  const cut = await database.reader
    .selectFrom('seals')
    .select((select) => select.fn.max('position').as('position'))
    .where('park', '=', PARK)
    .where('position', '<=', head - most)
    .executeTakeFirst();
  const left = Number(cut?.position ?? 0);
  if (left === 0 || left >= head) return 0;
  for (const sql of FORGET) await database.kysely.executeQuery(CompiledQuery.raw(sql, [left, PARK]));
  await database.kysely.executeQuery(CompiledQuery.raw(`truncate ${TABLE_NAMES.join(', ')}`));
  return head - left;
}

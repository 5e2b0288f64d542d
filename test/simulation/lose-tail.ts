import type { Database } from '@skygate/sync-server/db/database';
import { CompiledQuery } from 'kysely';
import { PARK } from './headquarters.ts';
import { TABLE_NAMES } from './state-hash.ts';
import { takeBackSince, transactionOf } from './undo-log.ts';

/** Read models are made anew from what is left, with what they put aside: whoever wrote odd events may never bring them again. */
const BEGIN_ANEW: readonly string[] = [
  `truncate ${TABLE_NAMES.join(', ')}, quarantine`,
  'update projection_cursors set position = 0',
];

/** How much a power cut takes. */
export interface Tail {
  /** Events, at most. */
  readonly most: number;
  /** Behind the last batch that stays, or only before the first one that goes: what was written beside the log in between. */
  readonly cut: 'behind the last' | 'before the first';
}

/**
 * What a power cut may do to PGlite, which does not flush: the last commits are gone, of the log and of every table beside
 * it, as they were in that moment; the read models begin anew. @returns how many events were lost
 */
export async function loseTail(database: Database, { most, cut }: Tail): Promise<number> {
  const { head } = await database.reader
    .selectFrom('parks')
    .select('head')
    .where('park', '=', PARK)
    .executeTakeFirstOrThrow();
  const last = await sealAt(database, 'max', ['<=', head - most]);
  const first = await sealAt(database, 'min', ['>', last]);
  if (last === 0 || first === 0) return 0;
  const kept = cut === 'behind the last' ? await transactionOf(database, PARK, last) : null;
  const since = kept === null ? await transactionOf(database, PARK, first) : kept + 1;
  if (since === null) return 0;
  await takeBackSince(database, since);
  for (const sql of BEGIN_ANEW) await database.kysely.executeQuery(CompiledQuery.raw(sql));
  return head - last;
}

/** The position of the last or first seal there; 0 if there is none. */
async function sealAt(database: Database, end: 'min' | 'max', where: readonly ['<=' | '>', number]): Promise<number> {
  const row = await database.reader
    .selectFrom('seals')
    .select((select) => select.fn[end]('position').as('position'))
    .where('park', '=', PARK)
    .where('position', ...where)
    .executeTakeFirst();
  return Number(row?.position ?? 0);
}

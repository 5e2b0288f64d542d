import type { Reader } from '../db/database.ts';

/**
 * Ids of the ticket keys that a node may still sign with, which end when it does (X4, T1). One key may stand in the log under
 * two names: a machine was let in, the server lost that and let it in anew with the same keys, and then the first enrolment
 * came back (E8). So a key is also whose it was let in with, whoever's it is in the read models; and of a name as which
 * nobody ever came, one that another kiosk is here with goes on.
 * @param epoch up to this incarnation; later keys are the next one's
 */
export async function liveTicketKeysOf(
  reader: Reader,
  park: string,
  { node, epoch = Number.MAX_SAFE_INTEGER }: { readonly node: string; readonly epoch?: number },
): Promise<readonly string[]> {
  const rows = await reader
    .selectFrom('signing_keys as k')
    .leftJoin('signing_key_revocations as r', (join) =>
      join.onRef('r.park', '=', 'k.park').onRef('r.kid', '=', 'k.kid'),
    )
    .select(['k.kid', 'k.public_key'])
    .where('k.park', '=', park)
    .where('r.kid', 'is', null)
    .where(({ or, and, eb, exists, selectFrom }) =>
      or([
        and([eb('k.holder', '=', node), eb('k.holder_epoch', '<=', epoch)]),
        exists(
          selectFrom('nodes as n')
            .select('n.node')
            .whereRef('n.park', '=', 'k.park')
            .whereRef('n.signing_public_key', '=', 'k.public_key')
            .where('n.node', '=', node)
            .where('n.epoch', '<=', epoch),
        ),
      ]),
    )
    .orderBy('k.kid')
    .execute();
  if (rows.length === 0 || (await everCame(reader, park, node))) return rows.map(({ kid }) => kid);
  const used = await keysInUse(reader, park, node);
  return rows.filter((row) => !used.has(row.public_key)).map(({ kid }) => kid);
}

async function everCame(reader: Reader, park: string, node: string): Promise<boolean> {
  const row = await reader
    .selectFrom('nodes')
    .select('node')
    .where('park', '=', park)
    .where('node', '=', node)
    .where(({ or, eb }) => or([eb('head_seq', '>', 0), eb('contact_ms', 'is not', null)]))
    .executeTakeFirst();
  return row !== undefined;
}

/** Ticket keys that open kiosks of other names came with. */
async function keysInUse(reader: Reader, park: string, node: string): Promise<ReadonlySet<string>> {
  const rows = await reader
    .selectFrom('nodes')
    .select('signing_public_key')
    .where('park', '=', park)
    .where('node', '<>', node)
    .where('role', '<>', 'hq')
    .where('state', '=', 'open')
    .execute();
  return new Set(rows.map((row) => row.signing_public_key));
}

import type { RevocationAnswer } from '@skygate/shared/hq-api/revocation';
import type { Reader } from '../../db/database.ts';
import { liveTicketKeysOf } from '../../hq-node/live-ticket-keys.ts';
import { textsShown } from '../texts/texts-shown.ts';
import { newestIncarnation } from './revoke.ts';

/** What revoking a kiosk would do or did, for the person who decides; undefined if there is no such kiosk. */
export async function revocationOf(
  reader: Reader,
  { park, node, nowMs }: { readonly park: string; readonly node: string; readonly nowMs: number },
): Promise<RevocationAnswer | undefined> {
  const kiosk = await newestIncarnation(reader, park, node);
  if (!kiosk) return undefined;
  const { epoch } = kiosk;
  const of = { park, node, epoch };
  return {
    node,
    epoch,
    name: kiosk.name,
    role: kiosk.role as RevocationAnswer['role'],
    revoked: await revokedAt(reader, of),
    wipedMs: await wipedAt(reader, of),
    contactMs: kiosk.contact_ms,
    received: kiosk.head_seq,
    waiting: kiosk.waiting,
    toldMs: kiosk.telemetry_ms,
    leasedPlaces: await leasedPlaces(reader, of),
    ticketsSigned: await ticketsSigned(reader, park, node),
    liveKeys: (await liveTicketKeysOf(reader, park, { node })).length,
    hasOpenShift: await hasOpenShift(reader, of),
    serverMs: nowMs,
  };
}

interface Incarnation {
  readonly park: string;
  readonly node: string;
  readonly epoch: number;
}

async function revokedAt(reader: Reader, { park, node, epoch }: Incarnation): Promise<RevocationAnswer['revoked']> {
  const row = await reader
    .selectFrom('kiosk_revocations')
    .select(['revoked_ms', 'reason'])
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  if (!row) return null;
  const show = await textsShown(reader, park, [row.reason]);
  return { atMs: row.revoked_ms, reason: show(row.reason) };
}

async function wipedAt(reader: Reader, { park, node, epoch }: Incarnation): Promise<number | null> {
  const row = await reader
    .selectFrom('wiped_kiosks')
    .select('wiped_ms')
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
  return row?.wiped_ms ?? null;
}

/** Places of its leases that it has neither sold, nor given away, nor returned. */
async function leasedPlaces(reader: Reader, { park, node, epoch }: Incarnation): Promise<number> {
  const rows = await reader
    .selectFrom('leases as l')
    .leftJoin('lease_use as u', (join) =>
      join
        .onRef('u.park', '=', 'l.park')
        .onRef('u.lease_id', '=', 'l.lease_id')
        .onRef('u.node', '=', 'l.node')
        .onRef('u.epoch', '=', 'l.epoch'),
    )
    .innerJoin('nodes as n', (join) =>
      join.onRef('n.park', '=', 'l.park').onRef('n.node', '=', 'l.node').onRef('n.epoch', '=', 'l.epoch'),
    )
    .select(['l.places', 'u.used', 'u.returned', 'u.given'])
    .where('l.park', '=', park)
    .where('l.node', '=', node)
    .where('l.epoch', '=', epoch)
    // A lease is over once the holder's own clock, as its seals show it, has passed its end (C2).
    .whereRef('n.head_hlc', '<', 'l.ends_hlc')
    .execute();
  return rows.reduce(
    (sum, row) => sum + Math.max(0, row.places - (row.used ?? 0) - (row.returned ?? 0) - (row.given ?? 0)),
    0,
  );
}

async function ticketsSigned(reader: Reader, park: string, node: string): Promise<number> {
  const row = await reader
    .selectFrom('tickets as t')
    .innerJoin('signing_keys as k', (join) => join.onRef('k.park', '=', 't.park').onRef('k.kid', '=', 't.kid'))
    .select((select) => select.fn.countAll().as('count'))
    .where('t.park', '=', park)
    .where('k.holder', '=', node)
    .where('t.forked', '=', 0)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

async function hasOpenShift(reader: Reader, { park, node, epoch }: Incarnation): Promise<boolean> {
  const row = await reader
    .selectFrom('shifts as s')
    .leftJoin('shift_closings as c', (join) =>
      join.onRef('c.park', '=', 's.park').onRef('c.shift_id', '=', 's.shift_id'),
    )
    .select('s.shift_id')
    .where('s.park', '=', park)
    .where('s.node', '=', node)
    .where('s.epoch', '=', epoch)
    .where('c.shift_id', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

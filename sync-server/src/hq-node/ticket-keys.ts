import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import { assert } from '@skygate/shared/lib/assert';
import { bytesToBase64url } from '@skygate/shared/lib/bytes';
import { hqNodeOf, type ParkId } from '@skygate/shared/lib/ids';
import type { Reader, Writer } from '../db/database.ts';
import { appendHqEvents, type HqNodeDeps, type HqWork, hqEpoch } from './append-hq-events.ts';
import type { ServerKey } from './keyring.ts';

// HQ's own ticket keys (T1): one row of them an installation, numbered from 1, each published into every park. Which one
// signs is said park by park, once its gates know it; the ones before it stay good for scanning.

const FIRST = 1;
const DAY_MS = 24 * 60 * 60 * 1000;
/** How long a published ticket key may sign; scanning has no end (T1). */
export const SIGNING_DAYS = 400;

/** The keyring's name of HQ's ticket key of this number. */
const keyNameOf = (number: number): string => (number === FIRST ? 'tickets' : `tickets/${number}`);

/** The number of the newest of HQ's ticket keys. */
export async function newestTicketKeyNumber(reader: Reader): Promise<number> {
  const rows = await reader.selectFrom('server_keys').select('name').where('name', 'like', 'tickets/%').execute();
  return Math.max(FIRST, ...rows.map(({ name }) => Number(name.slice('tickets/'.length))));
}

export const ticketKeyOf = (deps: Pick<HqNodeDeps, 'keyring'>, number: number): Promise<ServerKey> =>
  deps.keyring.keyPair(keyNameOf(number));

/** The number of the key that was put to use last in this park; `keyInUse` says which one signs. */
export async function signingNumberOf(reader: Reader, park: string): Promise<number> {
  const row = await reader.selectFrom('ticket_key_use').select('number').where('park', '=', park).executeTakeFirst();
  return row?.number ?? FIRST;
}

/** Makes sure that every park knows the key HQ signs its tickets with. @returns the newest key */
export async function ensureHqSigningKey(deps: HqNodeDeps): Promise<ServerKey> {
  const newest = await newestTicketKeyNumber(deps.database.reader);
  const parks = await deps.database.reader.selectFrom('parks').select('park').orderBy('park').execute();
  for (const { park } of parks) {
    // Not the keys before: one that was given up elsewhere must not become good here.
    const first = await signingNumberOf(deps.database.reader, park);
    for (let number = first; number <= newest; number += 1) await publishTicketKey(deps, park as ParkId, number);
  }
  return ticketKeyOf(deps, newest);
}

/** A park that is opened after a rotation begins with the newest key. */
export async function publishNewestTicketKey(deps: HqNodeDeps, park: ParkId): Promise<void> {
  const number = await newestTicketKeyNumber(deps.database.reader);
  await publishTicketKey(deps, park, number);
  if (number === FIRST) return;
  const row = { park, number, since_ms: deps.clock.nowMs(), actor: 'system', forced: null };
  await appendHqEvents(deps, park, async () => ({ drafts: [], rows: [{ table: 'ticket_key_use', row }] }));
}

/** The next key, made and published into every park: both are live from now on, and the old one goes on signing (T1). */
export async function publishNextTicketKey(deps: HqNodeDeps): Promise<ServerKey> {
  const number = (await newestTicketKeyNumber(deps.database.reader)) + 1;
  await ticketKeyOf(deps, number);
  return ensureHqSigningKey(deps);
}

/** Publishes HQ's key of this number into a park that does not know it. */
export async function publishTicketKey(deps: HqNodeDeps, park: ParkId, number: number): Promise<void> {
  const { publicKey, kid } = await ticketKeyOf(deps, number);
  if (await isPublished(deps.database.reader, park, kid)) return;
  const epoch = await hqEpoch(deps.database.reader, park);
  await appendHqEvents(deps, park, async (tx: Writer): Promise<HqWork> => {
    if (await isPublished(tx, park, kid)) return { drafts: [] };
    const holder = { node: hqNodeOf(park), epoch };
    const nowMs = deps.clock.nowMs();
    return { drafts: [signingKeyDraft({ park, kid, publicKey: bytesToBase64url(publicKey), holder, nowMs })] };
  });
}

async function isPublished(reader: Reader, park: string, kid: string): Promise<boolean> {
  const row = await reader
    .selectFrom('signing_keys')
    .select('kid')
    .where('park', '=', park)
    .where('kid', '=', kid)
    .executeTakeFirst();
  return row !== undefined;
}

/** The number of HQ's ticket key with this id; null if it is none of HQ's. */
export async function numberOfKid(deps: HqNodeDeps, kid: string): Promise<number | null> {
  const newest = await newestTicketKeyNumber(deps.database.reader);
  assert(newest < 10_000, 'the keys of an installation are few');
  for (let number = newest; number >= FIRST; number -= 1) {
    if ((await ticketKeyOf(deps, number)).kid === kid) return number;
  }
  return null;
}

/** A key that may sign tickets of this park from now on. */
export function signingKeyDraft(key: {
  readonly park: ParkId;
  readonly kid: string;
  readonly publicKey: string;
  readonly holder: { readonly node: string; readonly epoch: number };
  readonly nowMs: number;
}): KnownDraft {
  return draft(
    'SigningKeyPublished',
    `key:${key.kid}`,
    {
      kid: key.kid,
      publicKey: key.publicKey,
      holder: key.holder.node,
      holderEpoch: key.holder.epoch,
      parks: [key.park],
      notBeforeMs: key.nowMs,
      notAfterMs: key.nowMs + SIGNING_DAYS * DAY_MS,
    },
    { actor: 'system' },
  );
}

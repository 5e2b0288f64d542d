import { KEY_STATES, type KeyItem, type KeyState, type KeysAnswer } from '@skygate/shared/hq-api/keys';
import { isHqNode, type ParkId } from '@skygate/shared/lib/ids';
import type { Reader } from '../../db/database.ts';
import type { HqNodeDeps } from '../../hq-node/append-hq-events.ts';
import { keyInUse } from '../../hq-node/signing-key-in-use.ts';
import { newestTicketKeyNumber, signingNumberOf, ticketKeyOf } from '../../hq-node/ticket-keys.ts';
import { textsShown } from '../texts/texts-shown.ts';
import { gatesBehindKey } from './gates-behind.ts';

/** The ticket keys of a park: who holds them, since when, and what they have signed (T1). */
export async function keysOf(deps: HqNodeDeps, park: ParkId): Promise<KeysAnswer> {
  const { reader } = deps.database;
  const nowMs = deps.clock.nowMs();
  const used = await keyInUse(deps, reader, park);
  const number = used?.number ?? (await signingNumberOf(reader, park));
  const signing = used?.key.kid ?? null;
  const rows = await keyRows(reader, park);
  const signed = await ticketsByKey(reader, park);
  const newestOf = new Map<string, string>();
  for (const row of rows) {
    if (!isHqNode(row.holder) && row.revoked_ms === null && !newestOf.has(row.holder))
      newestOf.set(row.holder, row.kid);
  }
  const coming = await kidsAfter(deps, number);
  const show = await textsShown(
    reader,
    park,
    rows.map(({ reason }) => reason),
  );
  const keys = rows.map((row): KeyItem => {
    const isHq = isHqNode(row.holder);
    const isSigning = isHq ? row.kid === signing : newestOf.get(row.holder) === row.kid;
    return {
      kid: row.kid,
      holder: row.holder,
      holderName: isHq ? 'HQ' : (row.name ?? row.holder),
      isHq,
      sinceMs: row.not_before_ms,
      untilMs: row.not_after_ms,
      tickets: signed.get(row.kid) ?? 0,
      state: stateOf({
        isRevoked: row.revoked_ms !== null,
        isOver: row.not_after_ms <= nowMs,
        isSigning,
        isNext: coming.has(row.kid),
      }),
      revoked:
        row.revoked_ms === null
          ? null
          : {
              atMs: row.revoked_ms,
              reason: show(row.reason ?? ''),
              epoch: row.revoked_epoch ?? 1,
              lastSeq: row.last_seq ?? 0,
            },
    };
  });
  const next = keys.find(({ isHq, state }) => isHq && state === 'next');
  return {
    keys: keys.toSorted(
      (one, other) =>
        Number(other.isHq) - Number(one.isHq) ||
        KEY_STATES.indexOf(one.state) - KEY_STATES.indexOf(other.state) ||
        other.sinceMs - one.sinceMs,
    ),
    gatesBehind: next ? [...(await gatesBehindKey(reader, park, next.kid))] : [],
    forced: await forcedReason(reader, park),
    serverMs: nowMs,
  };
}

function stateOf(key: { isRevoked: boolean; isOver: boolean; isSigning: boolean; isNext: boolean }): KeyState {
  if (key.isRevoked) return 'revoked';
  if (key.isOver) return 'over';
  if (key.isSigning) return 'signing';
  return key.isNext ? 'next' : 'old';
}

/** HQ's keys that are newer than the one it signs with here. */
async function kidsAfter(deps: HqNodeDeps, number: number): Promise<ReadonlySet<string>> {
  const newest = await newestTicketKeyNumber(deps.database.reader);
  const kids = new Set<string>();
  for (let next = number + 1; next <= newest; next += 1) kids.add((await ticketKeyOf(deps, next)).kid);
  return kids;
}

/** Newest first. */
const keyRows = (reader: Reader, park: string) =>
  reader
    .selectFrom('signing_keys as k')
    .leftJoin('signing_key_revocations as r', (join) =>
      join.onRef('r.park', '=', 'k.park').onRef('r.kid', '=', 'k.kid'),
    )
    .leftJoin('nodes as n', (join) =>
      join.onRef('n.park', '=', 'k.park').onRef('n.node', '=', 'k.holder').onRef('n.epoch', '=', 'k.holder_epoch'),
    )
    .select([
      'k.kid',
      'k.holder',
      'k.not_before_ms',
      'k.not_after_ms',
      'n.name',
      'r.revoked_ms',
      'r.reason',
      'r.holder_epoch as revoked_epoch',
      'r.last_seq',
    ])
    .where('k.park', '=', park)
    .orderBy('k.not_before_ms', 'desc')
    .orderBy('k.kid')
    .execute();

async function ticketsByKey(reader: Reader, park: string): Promise<ReadonlyMap<string, number>> {
  const rows = await reader
    .selectFrom('tickets')
    .select((select) => ['kid', select.fn.countAll().as('count')])
    .where('park', '=', park)
    .groupBy('kid')
    .execute();
  return new Map(rows.map((row) => [row.kid, Number(row.count)]));
}

async function forcedReason(reader: Reader, park: string): Promise<string | null> {
  const row = await reader.selectFrom('ticket_key_use').select('forced').where('park', '=', park).executeTakeFirst();
  return row?.forced ?? null;
}

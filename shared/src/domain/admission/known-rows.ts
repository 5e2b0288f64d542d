import { TRUST_LEVELS, type Trust } from '../../events/envelope.ts';
import { assert } from '../../lib/assert.ts';
import { base64urlToBytes } from '../../lib/bytes.ts';
import type { Cell, Row } from '../../read-models/row-change.ts';
import type { Party } from '../ticket/events.ts';
import type { RefusalReason } from './events.ts';
import type { TicketFact } from './state.ts';
import type { KnownSigningKey, KnownTicket } from './ticket-key.ts';

// The rows that a scan reads, as the rules take them. Both databases have the same columns (read-models/tables.ts);
// PostgreSQL hands out its 64-bit integers as texts.

/** A row of `tickets`. */
export const knownTicketFromRow = (row: Row): KnownTicket => ({
  claims: {
    ticketId: text(row, 'ticket_id'),
    productId: text(row, 'product_id'),
    party: JSON.parse(text(row, 'party')) as Party,
    parks: JSON.parse(text(row, 'parks')) as string[],
    date: text(row, 'date'),
    slot: text(row, 'slot'),
    issuedMs: integer(row, 'issued_ms'),
    notBeforeMs: integer(row, 'not_before_ms'),
    expiresMs: integer(row, 'expires_ms'),
    flags: integer(row, 'flags'),
  },
  kid: text(row, 'kid'),
  ...placeOf(row),
  isForked: integer(row, 'forked') === 1,
});

/** A row of `ticket_facts`. */
export function ticketFactFromRow(row: Row): TicketFact {
  const kind = text(row, 'kind') as TicketFact['kind'];
  const place = {
    ...factPlaceOf(row),
    hlc: text(row, 'hlc'),
    wallMs: integer(row, 'wall_ms'),
    trust: trustOf(row),
    actor: text(row, 'actor'),
  };
  switch (kind) {
    case 'admitted':
      return { ...place, ...passageOf(row), kind, verdict: row['verdict'] === 'provisional' ? 'provisional' : 'admit' };
    case 'annulled':
      return { ...place, ...passageOf(row), kind, original: factPlaceOf(row, 'original_') };
    case 'overridden':
    case 'exited':
      return { ...place, ...passageOf(row), kind };
    case 'refused':
      return { ...place, kind, gateId: text(row, 'gate_id'), shown: text(row, 'verdict') as RefusalReason };
    default:
      return { ...place, kind };
  }
}

/** A row of `signing_keys` and, if there is one, its row of `signing_key_revocations`. */
export function signingKeyFromRows(key: Row, revocation: Row | undefined): KnownSigningKey {
  const publicKey = base64urlToBytes(text(key, 'public_key'));
  assert(publicKey !== null, 'a stored public key is base64url');
  return {
    kid: text(key, 'kid'),
    publicKey,
    holder: text(key, 'holder'),
    holderEpoch: integer(key, 'holder_epoch'),
    parks: JSON.parse(text(key, 'parks')) as string[],
    revoked: revocation
      ? { epoch: integer(revocation, 'holder_epoch'), lastSeq: integer(revocation, 'last_seq') }
      : null,
  };
}

const placeOf = (row: Row, prefix = '') => ({
  node: text(row, `${prefix}node`),
  epoch: integer(row, `${prefix}epoch`),
  seq: integer(row, `${prefix}seq`),
});

const factPlaceOf = (row: Row, prefix = '') => ({ ...placeOf(row, prefix), fork: text(row, `${prefix}fork`) });

const passageOf = (row: Row) => ({
  gateId: text(row, 'gate_id'),
  people: integer(row, 'people'),
  businessDate: text(row, 'business_date'),
});

function trustOf(row: Row): Trust {
  const trust = text(row, 'trust');
  return TRUST_LEVELS.find((level) => level === trust) ?? 'none';
}

function text(row: Row, column: string): string {
  const cell = cellOf(row, column);
  assert(typeof cell === 'string', `column ${column} holds a text`);
  return cell;
}

function integer(row: Row, column: string): number {
  const value = Number(cellOf(row, column));
  assert(Number.isSafeInteger(value), `column ${column} holds an integer`);
  return value;
}

function cellOf(row: Row, column: string): Cell {
  const cell = row[column];
  assert(cell !== undefined && cell !== null, `column ${column} is filled`);
  return cell;
}

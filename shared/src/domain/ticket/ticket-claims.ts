import Type from 'typebox';
import { schemaProblem } from '../../events/read-event.ts';
import { idFromBytes, idToBytes } from '../../lib/ids.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Party, ticketIssuedV1 } from './events.ts';

/** What a ticket code says: the body of `TicketIssued` without the sale, the key and the code itself. */
export const ticketClaimsField = Type.Omit(ticketIssuedV1, ['saleId', 'kid', 'code']);
export type TicketClaims = Type.Static<typeof ticketClaimsField>;

/** Bits of `flags` (T1). */
export const TEST_TICKET = 1;
export const UNPAID = 2;

// RFC 8392: the registered claims, and the first key of the private range for all that is ours. One private key with a
// list is as short as it gets: each further key of that range would cost five bytes.
const EXPIRES = 4;
const NOT_BEFORE = 5;
const ISSUED = 6;
const TICKET_ID = 7;
const SKYGATE = -65537;

/** People of one ticket. */
const PEOPLE_MAX = 1000;

const DAY_MS = 86_400_000;
const DAY_SLOT = 'day';

/** The claims as the CBOR map of a CWT. Times are cut to whole seconds. @throws if the claims break their schema */
export function claimsToMap(claims: TicketClaims): Map<number, unknown> {
  const problem = schemaProblem(ticketClaimsField, claims) ?? dateProblem(claims.date) ?? partyProblem(claims.party);
  if (problem !== null) throw new Error(`broken invariant: ticket claims: ${problem}`);
  return new Map<number, unknown>([
    [EXPIRES, Math.floor(claims.expiresMs / 1000)],
    [NOT_BEFORE, Math.floor(claims.notBeforeMs / 1000)],
    [ISSUED, Math.floor(claims.issuedMs / 1000)],
    [TICKET_ID, idToBytes(claims.ticketId)],
    [
      SKYGATE,
      [
        claims.productId,
        claims.party.flatMap(({ unitId, count }) => [unitId, count]),
        claims.parks,
        dateToDays(claims.date),
        slotToCbor(claims),
        claims.flags,
      ],
    ],
  ]);
}

/** The claims of a decoded CWT, or what is wrong with them. Claims it does not know are ignored (RFC 8392). */
export function claimsFromMap(map: unknown): Result<TicketClaims, string> {
  if (!(map instanceof Map)) return err('the claims are no map');
  const ours: unknown = map.get(SKYGATE);
  const ticketId: unknown = map.get(TICKET_ID);
  if (!Array.isArray(ours)) return err('the ticket claim is missing');
  if (!(ticketId instanceof Uint8Array)) return err('the ticket number is missing');
  const [productId, party, parks, days, slot, flags] = ours as unknown[];
  const claims = {
    ticketId: idFromBytes(ticketId.length === 10 ? ticketId : new Uint8Array()),
    productId,
    party: partyFromCbor(party),
    parks,
    date: daysToDate(days),
    slot: slotFromCbor(slot, productId),
    issuedMs: secondsToMs(map.get(ISSUED)),
    notBeforeMs: secondsToMs(map.get(NOT_BEFORE)),
    expiresMs: secondsToMs(map.get(EXPIRES)),
    flags,
  };
  const problem = schemaProblem(ticketClaimsField, claims) ?? partyProblem(claims.party as Party);
  return problem === null ? ok(claims as TicketClaims) : err(problem);
}

/** The claims as they come back from a code: with times in whole seconds. */
export const claimsAsSigned = (claims: TicketClaims): TicketClaims => ({
  ...claims,
  issuedMs: wholeSeconds(claims.issuedMs),
  notBeforeMs: wholeSeconds(claims.notBeforeMs),
  expiresMs: wholeSeconds(claims.expiresMs),
});

const wholeSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000;

const secondsToMs = (seconds: unknown): number | null => (typeof seconds === 'number' ? seconds * 1000 : null);

const dateToDays = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;

function daysToDate(days: unknown): string | null {
  if (typeof days !== 'number' || !Number.isInteger(days) || Math.abs(days) > 3_000_000) return null;
  return new Date(days * DAY_MS).toISOString().slice(0, 10);
}

const dateProblem = (date: string): string | null =>
  daysToDate(dateToDays(date)) === date ? null : `${date} is not in the calendar`;

/** One ticket lets in as many as one admission can record. */
const partyProblem = (party: Party): string | null =>
  party.reduce((sum, { count }) => sum + count, 0) > PEOPLE_MAX ? `it is for more than ${PEOPLE_MAX} people` : null;

/** The usual slots in a byte or three: null for the whole day, minutes of the day for a start of the same product. */
function slotToCbor({ slot, productId }: TicketClaims): string | number | null {
  if (slot === DAY_SLOT) return null;
  const [product, time = ''] = slot.split('@');
  const [hours, minutes] = time.split(':').map(Number);
  return product === productId ? (hours ?? 0) * 60 + (minutes ?? 0) : slot;
}

function slotFromCbor(slot: unknown, productId: unknown): unknown {
  if (slot === null) return DAY_SLOT;
  if (typeof slot !== 'number') return slot;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${productId}@${two(Math.floor(slot / 60))}:${two(slot % 60)}`;
}

function partyFromCbor(list: unknown): Party | null {
  if (!Array.isArray(list) || list.length % 2 !== 0) return null;
  const items = list as unknown[];
  const pairs = Array.from({ length: items.length / 2 }, (_, index) => ({
    unitId: items[index * 2],
    count: items[index * 2 + 1],
  }));
  return pairs as Party;
}

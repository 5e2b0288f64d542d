import { canonicalJson } from '../../lib/canonical-json.ts';
import type { Crypto } from '../../lib/crypto.ts';
import { claimsAsSigned, type TicketClaims } from '../ticket/ticket-claims.ts';
import { type ParsedTicketCode, ticketCodeVerifies } from '../ticket/ticket-code.ts';

/** A key that may sign tickets (`SigningKeyPublished`), with its revocation if there is one. */
export interface KnownSigningKey {
  readonly kid: string;
  readonly publicKey: Uint8Array;
  /** The node that signs with it. */
  readonly holder: string;
  /** The first incarnation of that node that could sign with it. */
  readonly holderEpoch: number;
  /** Parks it may sign for: a till of one park cannot let people into another. */
  readonly parks: readonly string[];
  readonly revoked: { readonly epoch: number; readonly lastSeq: number } | null;
}

/** A ticket whose `TicketIssued` is known here, and where in the log it stands. */
export interface KnownTicket {
  readonly claims: TicketClaims;
  readonly kid: string;
  readonly node: string;
  readonly epoch: number;
  readonly seq: number;
  /** It does not stand in its stream, but was recorded again out of another past of it (E6). */
  readonly isForked: boolean;
}

export type TicketKeyVerdict = 'good' | 'bad_signature' | 'unknown_key' | 'revoked_key';

/**
 * Whether the key that a code names really signed it and still counts (T1). Any number of keys live side by side: the
 * code says which. A key's period is no matter here, it bounds signing and not scanning.
 */
export function decideTicketKey(
  crypto: Crypto,
  parsed: ParsedTicketCode,
  known: { readonly signingKey: KnownSigningKey | undefined; readonly ticket: KnownTicket | undefined },
): TicketKeyVerdict {
  const { signingKey, ticket } = known;
  if (!signingKey || signingKey.kid !== parsed.kid) return 'unknown_key';
  if (!ticketCodeVerifies(crypto, parsed, signingKey.publicKey)) return 'bad_signature';
  if (signingKey.revoked === null) return 'good';
  return ticket && issuedBefore(signingKey, signingKey.revoked, ticket) && saysTheSame(parsed, ticket)
    ? 'good'
    : 'revoked_key';
}

/**
 * Whether its issue stands in the holder's stream, up to the revoked place. Who stole the till can go on from any event of
 * it in another past, and in the streams of its earlier incarnations, and has all that recorded: that proves nothing.
 */
function issuedBefore(
  key: KnownSigningKey,
  revoked: { readonly epoch: number; readonly lastSeq: number },
  ticket: KnownTicket,
): boolean {
  if (ticket.node !== key.holder || ticket.isForked) return false;
  if (ticket.epoch < key.holderEpoch || ticket.epoch > revoked.epoch) return false;
  return ticket.epoch < revoked.epoch || ticket.seq <= revoked.lastSeq;
}

/** Who stole the key could sign a better ticket under the number of a good one. */
const saysTheSame = (parsed: ParsedTicketCode, ticket: KnownTicket): boolean =>
  parsed.kid === ticket.kid && canonicalJson(parsed.claims) === canonicalJson(claimsAsSigned(ticket.claims));

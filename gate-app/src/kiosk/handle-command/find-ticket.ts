import { REFUSAL_REASONS } from '@skygate/shared/domain/admission/events';
import { compareFacts } from '@skygate/shared/domain/admission/evolve';
import type { TicketFact } from '@skygate/shared/domain/admission/state';
import type { KnownTicket } from '@skygate/shared/domain/admission/ticket-key';
import type { TicketClaims } from '@skygate/shared/domain/ticket/ticket-claims';
import { parseTicketCode } from '@skygate/shared/domain/ticket/ticket-code';
import { parseTicketId } from '@skygate/shared/lib/ids';
import type { TicketHistory } from '../../rpc-contract/gate-view.ts';
import type { Reply } from '../../rpc-contract/kiosk-api.ts';
import type { KioskNames } from '../read-models/kiosk-names.ts';
import type { TicketKnowledge } from '../read-models/ticket-knowledge.ts';
import { type Actor, actorFor, type CommandContext, problem, refused, said } from './command-context.ts';
import { productOf, unitNamesOf } from './words-for.ts';

export interface FindTicketContext extends CommandContext {
  readonly tickets: TicketKnowledge;
  readonly kioskNames: KioskNames;
}

const FOUND_MAX = 20;
const ENDING = /^[0-9A-HJKMNP-TV-Z]{6}$/;

/** What is known of a ticket, by its whole number, the last six characters of it, or its code. */
export function findTicket(
  context: FindTicketContext,
  input: { readonly query: string },
): Reply<readonly TicketHistory[]> {
  const actor = actorFor(context, 'look_up');
  if (!actor.ok) return refused(actor.error);
  const code = parseTicketCode(input.query);
  const ids = code.ok ? [code.value.claims.ticketId] : idsOf(context, actor.value, input.query);
  const claims = code.ok ? code.value.claims : null;
  const found = ids.flatMap((ticketId) => historyOf(context, actor.value, { ticketId, claims }) ?? []);
  return found.length > 0 ? said(found) : refused(problem('ticket_not_found'));
}

function idsOf({ tickets }: FindTicketContext, { identity }: Actor, query: string): readonly string[] {
  // As people write a number that was read out to them: with blanks and dashes, in either case.
  const number = query.slice(0, 100).replaceAll(/[\s-]/g, '').toUpperCase();
  if (ENDING.test(number)) return tickets.byEnding(identity.park, number, FOUND_MAX);
  return parseTicketId(number).ok ? [number] : [];
}

function historyOf(
  { tickets, kioskNames }: FindTicketContext,
  { identity, catalogue }: Actor,
  asked: { readonly ticketId: string; readonly claims: TicketClaims | null },
): TicketHistory | null {
  const { ticketId } = asked;
  const { park } = identity;
  const ticket = tickets.ticket(park, ticketId);
  const facts = tickets.facts(park, ticketId).toSorted(compareFacts);
  const claims = ticket?.claims ?? asked.claims;
  if (claims === null && facts.length === 0) return null;
  const party = claims?.party ?? [];
  const entries = facts.map((fact) => ({
    ...entryOf(fact),
    kiosk: kioskNames(park, fact),
    reason: REFUSAL_REASONS.find((reason) => reason === tickets.refusalShown(park, fact, ticketId)) ?? null,
  }));
  return {
    ticketId,
    product: claims === null ? null : (productOf(catalogue, claims.productId)?.name ?? null),
    party,
    unitNames: unitNamesOf(catalogue, claims?.productId ?? null, party),
    validFromMs: claims?.notBeforeMs ?? null,
    validUntilMs: claims?.expiresMs ?? null,
    entries: [...(ticket ? [issued(ticket, kioskNames(park, ticket))] : []), ...entries],
  };
}

type Entry = TicketHistory['entries'][number];

const issued = ({ claims }: KnownTicket, kiosk: string): Entry => ({
  kind: 'issued',
  atMs: claims.issuedMs,
  kiosk,
  gateId: null,
  people: claims.party.reduce((sum, { count }) => sum + count, 0),
  reason: null,
});

const entryOf = (fact: TicketFact): Pick<Entry, 'kind' | 'atMs' | 'gateId' | 'people'> => ({
  kind: fact.kind,
  atMs: fact.wallMs,
  gateId: 'gateId' in fact ? fact.gateId : null,
  people: 'people' in fact ? fact.people : 0,
});

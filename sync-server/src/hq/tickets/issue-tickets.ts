import type { CatalogueProduct } from '@skygate/shared/documents/catalogue-document';
import { placesLeft } from '@skygate/shared/domain/capacity/decide';
import { slotsOf, ticketWindow } from '@skygate/shared/domain/pricing/slots';
import type { Party } from '@skygate/shared/domain/ticket/events';
import { claimsAsSigned } from '@skygate/shared/domain/ticket/ticket-claims';
import { signTicketCode } from '@skygate/shared/domain/ticket/ticket-code';
import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import type { IssuedTicketsAnswer, IssueTicketsBody } from '@skygate/shared/hq-api/tickets';
import { idFromBytes, type ParkId } from '@skygate/shared/lib/ids';
import { isDate } from '@skygate/shared/lib/local-time';
import { PUSH_EVENTS_MAX } from '@skygate/shared/protocol/limits';
import type { Writer } from '../../db/database.ts';
import type { ServerKey } from '../../hq-node/keyring.ts';
import { readyToSign } from '../../hq-node/signing-key-in-use.ts';
import { dayPlacesOf } from '../capacity/capacity-state.ts';
import { productNamed } from '../catalogue/patch-product.ts';
import { appendOrRefuse } from '../hq-append.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem, noTicketKey } from '../hq-problem.ts';
import { requireReports } from '../recovery/require-reports.ts';

export interface IssueAsk extends IssueTicketsBody {
  readonly park: ParkId;
  readonly actor: string;
}

type Issued = IssuedTicketsAnswer['tickets'][number];

/** A batch is pulled whole, and a page of it stays within what kiosks take (S2). */
const BATCH = Math.min(250, PUSH_EVENTS_MAX);

/** Signs tickets with HQ's key and writes them to the park's log, batch by batch. @throws Problem that names the field */
export async function issueTickets(deps: HqDeps, ask: IssueAsk): Promise<readonly Issued[]> {
  const window = await checkedWindow(deps, ask);
  const signingKey = await readyToSign(deps, ask.park);
  const parties = ask.tickets.flatMap(({ party, count }) => Array.from({ length: count }, () => party));
  const issued: Issued[] = [];
  for (let from = 0; from < parties.length; from += BATCH) {
    const rest = parties.slice(from);
    let batch: readonly (Issued & { readonly event: KnownDraft })[] = [];
    await appendOrRefuse(deps, ask.park, async (tx) => {
      await requireReports(tx, ask.park);
      // All that is still to come: either the places are there for everything, or the first batch is refused.
      await requirePlaces(tx, { ...ask, nowMs: deps.clock.nowMs() }, rest);
      // Asked for each batch: what an earlier key signs once it is revoked is refused at every gate.
      const key = await signingKey(tx);
      if (!key) throw noTicketKey();
      batch = rest.slice(0, BATCH).map((party) => ticketOf(deps, ask, { party, key, ...window }));
      return { drafts: batch.map(({ event }) => event) };
    });
    issued.push(...batch.map(({ ticketId, code }) => ({ ticketId, code })));
  }
  return issued;
}

interface Window {
  readonly notBeforeMs: number;
  readonly expiresMs: number;
}

async function checkedWindow(deps: HqDeps, { park, productId, date, slot, tickets }: IssueAsk): Promise<Window> {
  const { reader } = deps.database;
  const { value: document } = await deps.documents.load(reader, park, 'park');
  const { value: catalogue } = await deps.documents.load(reader, park, 'catalogue');
  const product = productNamed(catalogue, productId);
  if (!document || !product) throw hqProblem('invalid', `body /productId ${productId} is no product of ${park}`);
  if (!isDate(date)) throw hqProblem('invalid', `body /date ${date} is not in the calendar`);
  if (!slotsOf(productId, product).includes(slot)) {
    throw hqProblem(
      'invalid',
      `body /slot ${slot} is no slot of ${productId}; it has: ${slotsOf(productId, product).join(', ')}`,
    );
  }
  for (const [index, { party }] of tickets.entries()) requireUnits(product, party, index);
  return ticketWindow(product, { date, slot }, document);
}

function requireUnits(product: CatalogueProduct, party: Party, index: number): void {
  // A person is counted under a unit, or under what a unit's party calls its people.
  const names = new Set(
    Object.entries(product.units).flatMap(([unitId, unit]) => [unitId, ...Object.keys(unit.party)]),
  );
  const stranger = party.find(({ unitId }) => !names.has(unitId));
  if (stranger) throw hqProblem('invalid', `body /tickets/${index}/party ${stranger.unitId} is no unit of the product`);
}

/** C1: tickets of HQ take places too, where the date and slot have a capacity. @throws Problem 409 */
async function requirePlaces(
  tx: Writer,
  { park, date, slot, nowMs }: IssueAsk & { readonly nowMs: number },
  parties: readonly Party[],
): Promise<void> {
  const state = (await dayPlacesOf(tx, { park, date, nowMs })).stateOf(slot);
  if (state.capacity === null) return;
  const asked = parties.flat().reduce((sum, { count }) => sum + count, 0);
  const left = placesLeft(state);
  if (asked > left)
    throw hqProblem('no_places', `body /tickets take ${asked} places, ${left} left of ${slot} on ${date}`, { left });
}

interface ToSign extends Window {
  readonly party: Party;
  readonly key: ServerKey;
}

function ticketOf(
  deps: HqDeps,
  { park, productId, date, slot, actor }: IssueAsk,
  { party, key, notBeforeMs, expiresMs }: ToSign,
): Issued & { readonly event: KnownDraft } {
  const ticketId = idFromBytes(deps.random.bytes(10));
  const claims = claimsAsSigned({
    ticketId,
    productId,
    party,
    parks: [park],
    date,
    slot,
    issuedMs: deps.clock.nowMs(),
    notBeforeMs,
    expiresMs,
    flags: 0,
  });
  const code = signTicketCode(deps.crypto, claims, key);
  const body = { ...claims, saleId: null, kid: key.kid, code };
  return { ticketId, code, event: draft('TicketIssued', `ticket:${ticketId}`, body, { actor }) };
}

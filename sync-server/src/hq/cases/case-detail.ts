import { compareFacts } from '@skygate/shared/domain/admission/evolve';
import { ticketFactFromRow } from '@skygate/shared/domain/admission/known-rows';
import { factId, type TicketFact } from '@skygate/shared/domain/admission/state';
import { caseIdOf, foundCases, reentryNotes } from '@skygate/shared/domain/case/fold';
import type { SaleLine } from '@skygate/shared/domain/sale/events';
import type { Party } from '@skygate/shared/domain/ticket/events';
import type { CaseAnswer, CaseScan } from '@skygate/shared/hq-api/cases';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { isHqNode } from '@skygate/shared/lib/ids';
import type { Reader } from '../../db/database.ts';
import { caseOf } from './cases-of.ts';

/** A ticket is scanned a few times a day; what is more is somebody playing with it. */
const SCANS_MAX = 200;

/** A case with all that happened to its ticket on one time line; undefined if there is no such case. */
export async function caseDetail(
  { reader, crypto, nowMs }: { readonly reader: Reader; readonly crypto: Crypto; readonly nowMs: number },
  park: string,
  caseId: string,
): Promise<CaseAnswer | undefined> {
  const found = await caseOf(reader, park, caseId);
  if (!found) return undefined;
  const { ticketId } = found;
  const facts = (await factRows(reader, park, ticketId)).map(ticketFactFromRow).toSorted(compareFacts);
  const ticket = await ticketRow(reader, park, ticketId);
  const entriesAllowed = await entryLimitOf(reader, park, ticket?.product_id ?? null);
  const cases = new Map(
    foundCases(facts, entriesAllowed).map(({ admission }) => [
      factId(admission),
      caseIdOf(crypto, ticketId, admission),
    ]),
  );
  const reentered = reentryNotes(facts);
  const shown = facts.slice(-SCANS_MAX);
  const scans = await Promise.all(
    shown.map(async (fact) => ({
      ...scanOf(fact),
      ...(await recordOf(reader, park, fact)),
      caseId: cases.get(factId(fact)) ?? null,
      reentered: reentered.has(factId(fact)),
    })),
  );
  const party: Party = ticket ? JSON.parse(ticket.party) : [];
  return { case: found, party, entriesAllowed, stake: await stakeOf(reader, park, ticket), scans, serverMs: nowMs };
}

const factRows = (reader: Reader, park: string, ticketId: string) =>
  reader.selectFrom('ticket_facts').selectAll().where('park', '=', park).where('ticket_id', '=', ticketId).execute();

const ticketRow = (reader: Reader, park: string, ticketId: string) =>
  reader
    .selectFrom('tickets')
    .select(['sale_id', 'product_id', 'party', 'node', 'epoch', 'seq'])
    .where('park', '=', park)
    .where('ticket_id', '=', ticketId)
    .executeTakeFirst();

type TicketRow = NonNullable<Awaited<ReturnType<typeof ticketRow>>>;

async function entryLimitOf(reader: Reader, park: string, productId: string | null): Promise<number> {
  if (productId === null) return 1;
  const row = await reader
    .selectFrom('entry_limits')
    .select('entries_allowed')
    .where('park', '=', park)
    .where('product_id', '=', productId)
    .executeTakeFirst();
  return row?.entries_allowed ?? 1;
}

const scanOf = (fact: TicketFact) => ({
  node: fact.node,
  epoch: fact.epoch,
  seq: fact.seq,
  fork: fact.fork,
  kind: fact.kind,
  gateId: 'gateId' in fact ? fact.gateId : null,
  people: 'people' in fact ? fact.people : 0,
  verdict: fact.kind === 'admitted' ? fact.verdict : fact.kind === 'refused' ? fact.shown : null,
  trust: fact.trust,
  hlc: fact.hlc,
  atMs: fact.wallMs,
  actor: fact.actor,
});

/** What HQ knows of how the fact came: by whom, when, from what clock, and which gates were silent then. */
async function recordOf(
  reader: Reader,
  park: string,
  fact: TicketFact,
): Promise<Pick<CaseScan, 'kiosk' | 'receivedMs' | 'skewMs' | 'silentGates'>> {
  const node = await reader
    .selectFrom('nodes')
    .select(['name', 'skew_ms'])
    .where('park', '=', park)
    .where('node', '=', fact.node)
    .where('epoch', '=', fact.epoch)
    .executeTakeFirst();
  // The place in the stream is another event's where the fact is of a lost past.
  const event = fact.fork === '' ? await eventAt(reader, park, fact) : undefined;
  const reading = await reader
    .selectFrom('clock_readings')
    .select('skew_ms')
    .where('park', '=', park)
    .where('node', '=', fact.node)
    .where('epoch', '=', fact.epoch)
    .where('told_ms', '<=', event?.received_ms ?? fact.wallMs)
    .orderBy('told_ms', 'desc')
    .executeTakeFirst();
  return {
    kiosk: isHqNode(fact.node) ? 'HQ' : (node?.name ?? fact.node),
    receivedMs: event?.received_ms ?? null,
    skewMs: isHqNode(fact.node) ? 0 : (reading?.skew_ms ?? node?.skew_ms ?? null),
    silentGates: fact.kind === 'admitted' && event ? silentGatesIn(event.body) : [],
  };
}

const eventAt = (reader: Reader, park: string, { node, epoch, seq }: TicketFact) =>
  reader
    .selectFrom('events')
    .select(['received_ms', 'body'])
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .where('seq', '=', seq)
    .executeTakeFirst();

function silentGatesIn(body: string): string[] {
  const { silentGates } = JSON.parse(body) as { silentGates?: unknown };
  return Array.isArray(silentGates) ? silentGates.map(String) : [];
}

/**
 * What was paid for this one ticket. A sale's tickets follow it in the log in the order of its lines, as many as each
 * line sold (M1).
 */
async function stakeOf(reader: Reader, park: string, ticket: TicketRow | undefined): Promise<CaseAnswer['stake']> {
  if (!ticket || ticket.sale_id === null) return null;
  const sale = await reader
    .selectFrom('sales')
    .select(['number', 'currency', 'lines', 'node', 'epoch', 'seq'])
    .where('park', '=', park)
    .where('sale_id', '=', ticket.sale_id)
    .executeTakeFirst();
  if (!sale || sale.node !== ticket.node || sale.epoch !== ticket.epoch) return null;
  const lines = JSON.parse(sale.lines) as SaleLine[];
  let nth = ticket.seq - sale.seq - 1;
  for (const line of lines) {
    if (nth < line.quantity) {
      return { amountMinor: line.unitPriceMinor, currency: sale.currency, sale: sale.number };
    }
    nth -= line.quantity;
  }
  return null;
}

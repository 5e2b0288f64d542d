import { signTicketCode } from '@skygate/shared/domain/ticket/ticket-code';
import { draft } from '@skygate/shared/events/catalogue';
import { idFromBytes } from '@skygate/shared/lib/ids';
import type { NodeKey } from '@skygate/shared/sync/chain';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { createNodeCrypto } from '@skygate/sync-server/node-crypto';
import type { TimedDraft } from './stream-writer.ts';

// What kiosks have to tell after a day without a network: gates their scans, tills their sales with their tickets.

const DAY_START_MS = Date.parse('2026-11-21T03:00:00Z');
const TODAY = '2026-11-21';
const DAY_MS = 86_400_000;
const SCAN_GAP_MS_MAX = 4_000;
/** A sale and its tickets: five events, so that a batch ends with a whole sale (M1). */
const TICKETS_A_SALE = 4;
const REFUSED_SHARE = 0.1;
const crypto = createNodeCrypto();

/** An endless day of one kiosk. */
export function dayOf(role: 'gate' | 'till', { name, key }: { readonly name: string; readonly key: NodeKey }) {
  const random = seededRandom(name);
  const newId = () => idFromBytes(random.bytes(10));
  let wallMs = DAY_START_MS;
  let sales = 0;
  const scan = (): TimedDraft => {
    wallMs += random.int(SCAN_GAP_MS_MAX);
    const ticketId = newId();
    const place = { ticketId, gateId: name, businessDate: TODAY };
    const by = { actor: `staff:g${random.int(3)}` };
    const subject = `ticket:${ticketId}`;
    if (random.chance(REFUSED_SHARE)) {
      const codeHash = crypto.sha256Hex(ticketId);
      const refused = { ...place, reasons: ['already_admitted' as const], codeHash };
      return { draft: draft('AdmissionRefused', subject, refused, by), wallMs };
    }
    const admitted = { ...place, people: 1 + random.int(5), verdict: 'admit' as const, silentGates: [] };
    return { draft: draft('TicketAdmitted', subject, admitted, by), wallMs };
  };
  const sell = (): readonly TimedDraft[] => {
    wallMs += random.int(5 * SCAN_GAP_MS_MAX);
    sales += 1;
    const saleId = newId();
    const by = { actor: 'staff:c1', cause: newId() };
    const line = { productId: 'day-ticket', unitId: 'adult', quantity: TICKETS_A_SALE, unitPriceMinor: 50_000 };
    const totalMinor = TICKETS_A_SALE * line.unitPriceMinor;
    const sale = {
      saleId,
      number: `2-${String(sales).padStart(4, '0')}`,
      shiftId: '0000000000SHFT01',
      businessDate: TODAY,
      currency: 'KGS',
      lines: [{ ...line, totalMinor, date: TODAY, slot: 'day', placesEach: 1 }],
      totalMinor,
      payments: [{ method: 'cash' as const, amountMinor: totalMinor, tenderedMinor: totalMinor, changeMinor: 0 }],
      leaseUses: [{ leaseId: '00000000000000AA', date: TODAY, slot: 'day', places: TICKETS_A_SALE }],
    };
    const tickets = Array.from({ length: TICKETS_A_SALE }, () => {
      const claims = {
        ticketId: newId(),
        productId: line.productId,
        party: [{ unitId: line.unitId, count: 1 }],
        parks: ['ala-archa'],
        date: TODAY,
        slot: 'day',
        issuedMs: Math.floor(wallMs / 1000) * 1000,
        notBeforeMs: DAY_START_MS,
        expiresMs: DAY_START_MS + DAY_MS,
        flags: 0,
      };
      const body = { ...claims, saleId, kid: key.kid, code: signTicketCode(crypto, claims, key) };
      return { draft: draft('TicketIssued', `ticket:${claims.ticketId}`, body, by), wallMs };
    });
    return [{ draft: draft('SaleCompleted', `sale:${saleId}`, sale, by), wallMs }, ...tickets];
  };
  return (count: number): readonly TimedDraft[] => {
    const drafts: TimedDraft[] = [];
    while (drafts.length < count) drafts.push(...(role === 'gate' ? [scan()] : sell()));
    return drafts;
  };
}

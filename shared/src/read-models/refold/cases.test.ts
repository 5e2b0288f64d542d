import * as nodeCrypto from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseIdOf } from '../../domain/case/fold.ts';
import { draft, type KnownEvent } from '../../events/catalogue.ts';
import type { NodeId, ParkId } from '../../lib/ids.ts';
import { cryptoFromNode } from '../../testing/crypto-from-node.ts';
import { memoryTables } from '../../testing/memory-tables.ts';
import { placedEvent } from '../../testing/placed-event.ts';

const crypto = cryptoFromNode(nodeCrypto);
const TICKET = '0123456789ABCDEF';
const [NORTH, SOUTH, TILL, HQ] = [
  'k-0000000000000001',
  'k-0000000000000002',
  'k-0000000000000003',
  'hq:ala-too',
] as const;

const by = { actor: 'staff:aigul' };
const subject = `ticket:${TICKET}`;
const passage = { ticketId: TICKET, gateId: 'north', people: 2, businessDate: '2026-11-21' };
const admitted = (node: string, seq: number, atMs: number): KnownEvent =>
  placedEvent(node, seq, atMs, draft('TicketAdmitted', subject, { ...passage, verdict: 'admit', silentGates: [] }, by));
const annulled = (node: string, seq: number, atMs: number, original: number): KnownEvent =>
  placedEvent(
    node,
    seq,
    atMs,
    draft(
      'AdmissionAnnulled',
      subject,
      { ...passage, original: { node: node as NodeId, epoch: 1, seq: original }, reason: 'undo' },
      by,
    ),
  );
const voided = (seq: number, atMs: number): KnownEvent =>
  placedEvent(HQ, seq, atMs, draft('TicketVoided', subject, { ticketId: TICKET, reason: 'refund' }, by));
const issued: KnownEvent = placedEvent(
  TILL,
  1,
  500,
  draft(
    'TicketIssued',
    subject,
    {
      ticketId: TICKET,
      saleId: null,
      productId: 'twice',
      party: [{ unitId: 'adult', count: 2 }],
      parks: ['ala-too' as ParkId],
      date: '2026-11-21',
      slot: 'day',
      issuedMs: 500,
      notBeforeMs: 0,
      expiresMs: 9000,
      kid: '0000000000000001',
      flags: 0,
      code: 'SG1:0000000000000000000000',
    },
    by,
  ),
);
const caseId = (node: string, seq: number) => caseIdOf(crypto, TICKET, { node, epoch: 1, seq, fork: '' });
const closed: KnownEvent = placedEvent(
  HQ,
  9,
  9999,
  draft('CaseClosed', subject, { caseId: caseId(SOUTH, 1), ticketId: TICKET, outcome: 'accepted', reason: 'ok' }, by),
);

function tablesOf(events: readonly KnownEvent[], entriesAllowed?: number) {
  const tables = memoryTables(crypto);
  if (entriesAllowed !== undefined) {
    const row = { park: 'ala-too', product_id: 'twice', entries_allowed: entriesAllowed };
    tables.apply([{ op: 'replace', table: 'entry_limits', key: { park: 'ala-too' }, rows: [row] }]);
  }
  for (const event of events) tables.take(event);
  return tables;
}
const casesOf = (events: readonly KnownEvent[], entriesAllowed?: number) =>
  tablesOf(events, entriesAllowed)
    .rows('cases')
    .map((row) => [row['kind'], row['node'], row['seq'], row['case_id']]);

describe('T3, T5: the cases of a ticket', () => {
  const two = [admitted(NORTH, 1, 1000), admitted(SOUTH, 1, 2000)];

  it('follow from its facts, each with the id that every node gives it', () => {
    expect(casesOf(two)).toEqual([['contested', SOUTH, 1, caseId(SOUTH, 1)]]);
    expect(casesOf([...two, voided(1, 1500)])).toEqual([['admitted_after_void', SOUTH, 1, caseId(SOUTH, 1)]]);
    expect(casesOf([...two, annulled(NORTH, 2, 3000, 1)])).toEqual([]);
  });

  it("follow the product's entry limit as the catalogue says it, once the ticket's issue is known", () => {
    expect(casesOf([...two, issued], 2)).toEqual([]);
    expect(casesOf([issued, ...two], 2)).toEqual([]);
    expect(casesOf(two, 2)).toHaveLength(1);
    expect(casesOf([issued, ...two], 1)).toHaveLength(1);
  });

  it('may be closed before they are known of', () => {
    const early = tablesOf([closed, ...two]);
    const late = tablesOf([...two, closed]);
    expect(early.rows('case_closings')).toEqual(late.rows('case_closings'));
    expect(early.rows('case_closings')[0]?.['case_id']).toBe(early.rows('cases')[0]?.['case_id']);
  });

  it('are the same on every node, in any order of arrival', () => {
    const all = [
      ...two,
      issued,
      admitted(SOUTH, 2, 2500),
      annulled(SOUTH, 3, 2600, 2),
      admitted(NORTH, 2, 4000),
      admitted(NORTH, 3, 5000),
      voided(1, 4500),
      closed,
    ];
    const expected = tablesOf(all, 2);
    expect(expected.rows('cases').map(({ kind, seq }) => [kind, seq])).toEqual(
      expect.arrayContaining([
        ['contested', 2],
        ['admitted_after_void', 3],
      ]),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (arrived) => {
        const tables = tablesOf(arrived, 2);
        for (const table of ['cases', 'case_closings', 'ticket_facts'] as const) {
          expect(tables.rows(table)).toEqual(expected.rows(table));
        }
      }),
    );
  });
});

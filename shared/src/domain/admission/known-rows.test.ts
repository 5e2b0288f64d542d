import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KnownEvent } from '../../events/catalogue.ts';
import type { Event } from '../../events/envelope.ts';
import { readEvent } from '../../events/read-event.ts';
import { bytesToBase64url } from '../../lib/bytes.ts';
import { projectEvent } from '../../read-models/project.ts';
import type { Row } from '../../read-models/row-change.ts';
import { knownTicketFromRow, signingKeyFromRows, ticketFactFromRow } from './known-rows.ts';

function shipped(type: string): KnownEvent {
  const file = join(import.meta.dirname, `../../events/golden/${type}.1.json`);
  const { event } = JSON.parse(readFileSync(file, 'utf8')) as { event: Event };
  const read = readEvent(event);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

/** The row that the event leaves in a table. */
function rowOf(type: string, table: string): Row {
  for (const change of projectEvent(shipped(type))) {
    if (change.op === 'insert' && change.table === table) return change.row;
  }
  throw new Error(`${type} leaves no row in ${table}`);
}

const place = ({ node, epoch, seq, hlc, wallMs, trust, actor }: KnownEvent) => ({
  node,
  epoch,
  seq,
  fork: '',
  hlc,
  wallMs,
  trust,
  actor,
});
const passage = { gateId: 'north', people: 5, businessDate: '2026-11-21' };

describe('what a gate reads back of what was projected', () => {
  it('a ticket, with all that its code says', () => {
    const event = shipped('TicketIssued');
    const { saleId: _saleId, code: _code, kid, ...claims } = event.body as Record<string, unknown>;
    const { node, epoch, seq } = event;
    const known = { claims, kid, node, epoch, seq };
    const row = rowOf('TicketIssued', 'tickets');
    expect(knownTicketFromRow(row)).toEqual({ ...known, isForked: false });
    expect(knownTicketFromRow({ ...row, forked: 1 })).toEqual({ ...known, isForked: true });
  });

  it.each([
    ['TicketAdmitted', { kind: 'admitted', ...passage, verdict: 'provisional' }],
    ['TicketExited', { kind: 'exited', ...passage }],
    ['AdmissionRefused', { kind: 'refused', gateId: 'north', shown: 'expired' }],
    ['TicketVoided', { kind: 'voided' }],
    ['TicketBlocked', { kind: 'blocked' }],
    [
      'AdmissionAnnulled',
      { kind: 'annulled', ...passage, original: { node: 'k-0123456789ABCDEF', epoch: 1, seq: 9, fork: '' } },
    ],
  ])('%s as a fact', (type, fact) => {
    expect(ticketFactFromRow(rowOf(type, 'ticket_facts'))).toEqual({ ...place(shipped(type)), ...fact });
  });

  it('a signing key, live and revoked', () => {
    const row = rowOf('SigningKeyPublished', 'signing_keys');
    const key = signingKeyFromRows(row, undefined);
    expect(key).toMatchObject({ holder: 'k-0123456789ABCDEF', parks: ['ala-too'], revoked: null });
    expect(bytesToBase64url(key.publicKey)).toBe(row['public_key']);
    expect(signingKeyFromRows(row, rowOf('SigningKeyRevoked', 'signing_key_revocations')).revoked).toEqual({
      epoch: 1,
      lastSeq: 412,
    });
  });

  it('takes 64-bit integers as PostgreSQL writes them', () => {
    const row = rowOf('TicketIssued', 'tickets');
    const asText = { ...row, seq: '1', issued_ms: String(row['issued_ms']) };
    expect(knownTicketFromRow(asText)).toEqual(knownTicketFromRow(row));
  });

  it('stops at a row that no projection wrote', () => {
    const row = rowOf('TicketAdmitted', 'ticket_facts');
    expect(() => ticketFactFromRow({ ...row, gate_id: null })).toThrow('gate_id is filled');
    expect(() => ticketFactFromRow({ ...row, people: 'five' })).toThrow('people holds an integer');
  });
});

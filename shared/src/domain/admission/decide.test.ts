import * as nodeCrypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CatalogueProduct, CatalogueUnit } from '../../documents/catalogue-document.ts';
import { bodySchema } from '../../events/catalogue.ts';
import { schemaProblem } from '../../events/read-event.ts';
import { nodeKeyFrom } from '../../sync/chain.ts';
import { hlcOf } from '../../sync/hlc.ts';
import { cryptoFromNode } from '../../testing/crypto-from-node.ts';
import { TEST_TICKET, type TicketClaims, UNPAID } from '../ticket/ticket-claims.ts';
import { parseTicketCode, signTicketCode } from '../ticket/ticket-code.ts';
import type { GateKnowledge, ScanTicket } from './commands.ts';
import { decideAnnulment, decideScan, type ScanDecision } from './decide.ts';
import type { TicketFact } from './state.ts';
import type { KnownSigningKey } from './ticket-key.ts';

const crypto = cryptoFromNode(nodeCrypto);
const TILL = 'k-0000000000000002';
const GATE = 'k-0000000000000001';
const key = nodeKeyFrom(crypto, new Uint8Array(32).fill(1));
const NOON = 1_795_262_400_000;
const HOUR = 3_600_000;

const FAMILY: TicketClaims = {
  ticketId: '0123456789ABCDEF',
  productId: 'family',
  party: [
    { unitId: 'adult', count: 2 },
    { unitId: 'child', count: 3 },
  ],
  parks: ['ala-too'],
  date: '2026-11-21',
  slot: 'day',
  issuedMs: NOON - 3 * HOUR,
  notBeforeMs: NOON - 8 * HOUR,
  expiresMs: NOON + 8 * HOUR,
  flags: 0,
};

const signingKey: KnownSigningKey = {
  kid: key.kid,
  publicKey: crypto.publicKeyOf(key.privateKey),
  holder: TILL,
  holderEpoch: 1,
  parks: ['ala-too', 'karakol'],
  revoked: null,
};

const words = { ru: '', ky: '', en: '' };
const unit = (note: CatalogueUnit['note']): CatalogueUnit => ({
  name: words,
  hint: words,
  order: 0,
  party: {},
  placesEach: 1,
  note,
  priceMinor: 0,
  prices: {},
});
const product: CatalogueProduct = {
  name: words,
  kind: 'day',
  active: true,
  order: 0,
  entriesAllowed: 1,
  gates: {},
  startTimes: {},
  earlyMinutes: 0,
  lateMinutes: 0,
  whenGateSilent: 'provisional',
  units: { adult: unit('none'), child: unit('accompanied_child') },
};

const GATE_KNOWS: GateKnowledge = {
  park: 'ala-too',
  gateId: 'north',
  nowMs: NOON,
  trust: 'server',
  businessDate: '2026-11-21',
  exitsScanned: true,
  silentGates: [],
  placesInside: null,
  signingKey,
  ticket: undefined,
  facts: [],
  product,
};
const SILENT = [{ gateId: 'south' }];

let seq = 0;
const place = (hour: number) => {
  seq += 1;
  const wallMs = NOON + hour * HOUR;
  return {
    node: GATE,
    epoch: 1,
    seq,
    fork: '',
    hlc: hlcOf(wallMs, 0),
    wallMs,
    trust: 'server',
    actor: 'staff:a',
  } as const;
};
const passage = { gateId: 'south', people: 5, businessDate: '2026-11-21' };
const admitted = (hour: number): Extract<TicketFact, { kind: 'admitted' }> => ({
  ...place(hour),
  ...passage,
  kind: 'admitted',
  verdict: 'admit',
});
const exited = (hour: number): TicketFact => ({ ...place(hour), ...passage, kind: 'exited' });
const voided = (hour: number): TicketFact => ({ ...place(hour), kind: 'voided' });
const blocked = (hour: number): TicketFact => ({ ...place(hour), kind: 'blocked' });

interface Scan {
  readonly claims?: Partial<TicketClaims>;
  readonly text?: string;
  readonly direction?: 'entry' | 'exit';
}
const codeOf = (claims: Partial<TicketClaims> = {}) => signTicketCode(crypto, { ...FAMILY, ...claims }, key);

/** given what the gate knows, when this is scanned, then ... */
const given = (knows: Partial<GateKnowledge> = {}) => ({
  when: ({ claims, text, direction = 'entry' }: Scan = {}): ScanDecision => {
    const code = text ?? codeOf(claims);
    const command: ScanTicket = {
      direction,
      code: parseTicketCode(code),
      codeHash: crypto.sha256Hex(code),
      actor: 'staff:gate-1',
      cause: 'scan-1',
    };
    const decision = decideScan(crypto, command, { ...GATE_KNOWS, ...knows });
    for (const { type, version, body } of decision.drafts) {
      expect(schemaProblem(bodySchema(type, version) ?? {}, body)).toBeNull();
    }
    return decision;
  },
});

describe('entry', () => {
  it('admits a family whose sale nobody has told this gate of: the signature is enough', () => {
    const decision = given().when();
    expect(decision).toMatchObject({
      verdict: 'admit',
      reasons: [],
      people: 5,
      notes: ['accompanied_child'],
      entriesUsed: 1,
      entriesAllowed: 1,
      facts: { validUntilMs: FAMILY.expiresMs },
    });
    expect(decision.drafts).toEqual([
      {
        type: 'TicketAdmitted',
        version: 1,
        subject: 'ticket:0123456789ABCDEF',
        cause: 'scan-1',
        actor: 'staff:gate-1',
        body: {
          ticketId: '0123456789ABCDEF',
          gateId: 'north',
          people: 5,
          businessDate: '2026-11-21',
          verdict: 'admit',
          silentGates: [],
        },
      },
    ]);
  });

  it('refuses the second scan and says when and where the first was', () => {
    const decision = given({ facts: [admitted(-1)] }).when();
    expect(decision).toMatchObject({
      verdict: 'refuse',
      reasons: ['already_admitted'],
      facts: { usedAtMs: NOON - HOUR, usedAtGate: 'south' },
      entriesUsed: 1,
    });
    expect(decision.drafts).toMatchObject([
      { type: 'AdmissionRefused', body: { reasons: ['already_admitted'], codeHash: crypto.sha256Hex(codeOf()) } },
    ]);
  });

  it.each<[string, Partial<GateKnowledge>, Scan]>([
    ['unreadable', {}, { text: 'SG1:ABC' }],
    ['foreign', {}, { text: 'https://example.org' }],
    ['unknown_key', { signingKey: undefined }, {}],
    ['revoked_key', { signingKey: { ...signingKey, revoked: { epoch: 1, lastSeq: 9 } } }, {}],
    ['wrong_park', { park: 'osh' }, {}],
    ['test_ticket', {}, { claims: { flags: TEST_TICKET } }],
    ['voided', { facts: [voided(-1)] }, {}],
    ['blocked', { facts: [blocked(-1)] }, {}],
    ['unpaid', {}, { claims: { flags: UNPAID } }],
    ['not_yet_valid', {}, { claims: { notBeforeMs: NOON + 1000 } }],
    ['expired', {}, { claims: { expiresMs: NOON } }],
    ['wrong_gate', { product: { ...product, gates: { south: true, north: false } } }, {}],
    ['already_admitted', { facts: [admitted(-1)] }, {}],
    ['gate_silent', { silentGates: SILENT, product: { ...product, whenGateSilent: 'refuse' } }, {}],
    ['park_full', { placesInside: 4 }, {}],
  ])('T2: refuses as %s, and as nothing else', (reason, knows, scan) => {
    expect(given(knows).when(scan)).toMatchObject({ verdict: 'refuse', reasons: [reason] });
  });

  it('T2: records every reason, in the order in which they win', () => {
    const decision = given({
      signingKey: undefined,
      park: 'osh',
      facts: [blocked(-5), admitted(-4), voided(-3)],
      product: { ...product, gates: { east: true }, whenGateSilent: 'refuse' },
      silentGates: SILENT,
      placesInside: 0,
    }).when({ claims: { flags: TEST_TICKET | UNPAID, expiresMs: NOON - HOUR } });
    expect(decision.reasons).toEqual([
      'unknown_key',
      'wrong_park',
      'test_ticket',
      'voided',
      'blocked',
      'unpaid',
      'expired',
      'wrong_gate',
      'already_admitted',
      'gate_silent',
      'park_full',
    ]);
    expect(decision.drafts).toMatchObject([{ body: { reasons: decision.reasons } }]);
    expect(decision.facts).toEqual({
      parks: ['ala-too'],
      voidedAtMs: NOON - 3 * HOUR,
      validFromMs: FAMILY.notBeforeMs,
      validUntilMs: NOON - HOUR,
      date: '2026-11-21',
      slot: 'day',
      allowedGates: ['east'],
      usedAtMs: NOON - 4 * HOUR,
      usedAtGate: 'south',
      silentGates: ['south'],
    });
  });

  it('believes nothing that a badly signed code says, not even its number', () => {
    const forged = signTicketCode(crypto, FAMILY, { privateKey: new Uint8Array(32).fill(9), kid: key.kid });
    const decision = given({ park: 'osh' }).when({ text: forged });
    expect(decision).toMatchObject({ verdict: 'refuse', reasons: ['bad_signature'], claims: null, people: 0 });
    expect(decision.drafts).toMatchObject([{ subject: 'gate:north', body: { ticketId: null } }]);
  });

  it('admits from the first to the last moment of the window, both tolerances being in it', () => {
    expect(given({ nowMs: FAMILY.notBeforeMs }).when().verdict).toBe('admit');
    expect(given({ nowMs: FAMILY.expiresMs - 1 }).when().verdict).toBe('admit');
    expect(given({ nowMs: FAMILY.notBeforeMs - 1 }).when().facts).toMatchObject({ validFromMs: FAMILY.notBeforeMs });
  });

  it('H2: judges no date by a clock that nobody trusts, and says so', () => {
    const decision = given({ trust: 'none', nowMs: 0 }).when();
    expect(decision).toMatchObject({ verdict: 'provisional', facts: { clockUnsure: true } });
    expect(decision.drafts).toMatchObject([{ body: { verdict: 'provisional', silentGates: [] } }]);
  });

  it('is provisional while a gate is silent, and records which', () => {
    const decision = given({ silentGates: SILENT }).when();
    expect(decision).toMatchObject({ verdict: 'provisional', facts: { silentGates: ['south'] } });
    expect(decision.drafts).toMatchObject([{ body: { silentGates: ['south'] } }]);
  });

  it('can be recorded however many gates are silent', () => {
    const many = Array.from({ length: 500 }, (_, index) => ({ gateId: `gate-${index}` }));
    expect(given({ silentGates: many }).when().verdict).toBe('provisional');
  });

  it('does not refuse for a product that is no longer in the catalogue', () => {
    expect(given({ product: undefined }).when()).toMatchObject({ verdict: 'admit', entriesAllowed: 1, notes: [] });
    expect(given({ product: undefined, facts: [admitted(-1)] }).when().reasons).toEqual(['already_admitted']);
  });

  it('lets a till sign for its own parks only', () => {
    const abroad = { ...signingKey, parks: ['karakol'] };
    const decision = given({ signingKey: abroad }).when({ claims: { parks: ['ala-too', 'karakol'] } });
    expect(decision).toMatchObject({ reasons: ['wrong_park'], facts: { parks: ['karakol'] } });
  });
});

describe('coming back', () => {
  const twice = { ...product, entriesAllowed: 2 };

  it('is allowed after an exit, as often as the product says', () => {
    expect(given({ product: twice, facts: [admitted(-3), exited(-2)] }).when()).toMatchObject({
      verdict: 'admit',
      entriesUsed: 2,
      entriesAllowed: 2,
    });
    const used = [admitted(-3), exited(-2), admitted(-1), exited(-0.5)];
    expect(given({ product: twice, facts: used }).when().reasons).toEqual(['already_admitted']);
  });

  it('is refused while the people are inside, where exits are scanned', () => {
    expect(given({ product: twice, facts: [admitted(-3)] }).when().reasons).toEqual(['already_admitted']);
    expect(given({ product: twice, facts: [admitted(-3)], exitsScanned: false }).when().verdict).toBe('admit');
  });

  it('is not allowed by an exit alone', () => {
    expect(given({ facts: [admitted(-3), exited(-2)] }).when().reasons).toEqual(['already_admitted']);
  });
});

describe('T4: exit', () => {
  it('subtracts the people of the ticket, all accounted for by their entry', () => {
    const decision = given({ facts: [admitted(-1)] }).when({ direction: 'exit' });
    expect(decision.verdict).toBe('exit');
    expect(decision.drafts).toMatchObject([{ type: 'TicketExited', body: { people: 5, unmatched: 0 } }]);
  });

  it.each<[string, Partial<GateKnowledge>, Scan, number]>([
    ['that nobody saw come in', {}, {}, 5],
    ['of whom some are known', { facts: [{ ...admitted(-1), people: 2 }] }, {}, 3],
    ['that left already', { facts: [admitted(-2), exited(-1)] }, {}, 5],
    ['with a voided ticket', { facts: [admitted(-2), voided(-1)] }, {}, 0],
    ['after closing time', { facts: [admitted(-2)] }, { claims: { expiresMs: NOON - HOUR } }, 0],
    ['at another park', { park: 'osh' }, {}, 5],
    ['signed by a key not known here', { signingKey: undefined, facts: [admitted(-1)] }, {}, 0],
    ['while gates are silent', { silentGates: SILENT, product: { ...product, whenGateSilent: 'refuse' } }, {}, 5],
  ])('lets people out %s', (_, knows, scan, unmatched) => {
    const decision = given(knows).when({ ...scan, direction: 'exit' });
    expect(decision).toMatchObject({ verdict: 'exit', reasons: [], people: 5 });
    expect(decision.drafts).toMatchObject([{ type: 'TicketExited', body: { people: 5, unmatched } }]);
  });

  it('counts nobody out on a code that is no ticket', () => {
    expect(given().when({ direction: 'exit', text: 'WIFI:S:guest;;' })).toMatchObject({
      verdict: 'refuse',
      reasons: ['foreign'],
      people: 0,
    });
  });
});

describe('undo', () => {
  const first = admitted(-2);
  const undo = (original: { node: string; epoch: number; seq: number }, facts: readonly TicketFact[]) =>
    decideAnnulment({ ticketId: FAMILY.ticketId, original, reason: 'undo', actor: 'staff:gate-1', cause: null }, facts);
  const annulment: TicketFact = { ...place(-1), ...passage, kind: 'annulled', original: first };

  it('takes an admission back at its own gate and on its own day', () => {
    const decision = undo(first, [first]);
    expect(decision).toMatchObject({
      ok: true,
      value: {
        type: 'AdmissionAnnulled',
        body: {
          original: { node: GATE, epoch: 1, seq: first.seq },
          gateId: 'south',
          people: 5,
          businessDate: '2026-11-21',
          reason: 'undo',
        },
      },
    });
    expect(decision.ok && schemaProblem(bodySchema('AdmissionAnnulled', 1) ?? {}, decision.value.body)).toBeNull();
  });

  it('lets the ticket in again', () => {
    expect(given({ facts: [first, annulment] }).when()).toMatchObject({ verdict: 'admit', entriesUsed: 1 });
  });

  it('is refused the second time, and for an admission nobody knows', () => {
    expect(undo(first, [first, annulment])).toEqual({ ok: false, error: 'already_annulled' });
    expect(undo({ ...first, seq: 999 }, [first])).toEqual({ ok: false, error: 'unknown_admission' });
  });
});

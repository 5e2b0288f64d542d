import * as nodeCrypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actorOf, readChange } from '@skygate/shared/documents/automerge-change';
import { DOCUMENT_IDS } from '@skygate/shared/documents/events';
import { documentJson, emptyDocument, FIRST_CHANGE, FIRST_CHANGE_HASH } from '@skygate/shared/documents/held-document';
import { type CapacityState, placesLeft } from '@skygate/shared/domain/capacity/decide';
import { sharesOf } from '@skygate/shared/domain/capacity/shares';
import { caseIdOf } from '@skygate/shared/domain/case/fold';
import type { Event, Seal } from '@skygate/shared/events/envelope';
import { base64urlToBytes, bytesToBase64url, bytesToUtf8, utf8ToBytes } from '@skygate/shared/lib/bytes';
import { canonicalJson } from '@skygate/shared/lib/canonical-json';
import type { NodeId } from '@skygate/shared/lib/ids';
import type { Json } from '@skygate/shared/lib/json';
import { enrolmentProofText } from '@skygate/shared/protocol/enrol';
import { eventToWire } from '@skygate/shared/protocol/wire-event';
import { lineOf, stateHashOf } from '@skygate/shared/read-models/state-hash';
import { chainEvent, nodeKeyFrom, sealBytes, sealHead } from '@skygate/shared/sync/chain';
import { hlcOf, hlcTick } from '@skygate/shared/sync/hlc';
import { logRootOf } from '@skygate/shared/sync/log-root';
import { readWireEvent } from '@skygate/shared/sync/unreadable';
import { cryptoFromNode } from '@skygate/shared/testing/crypto-from-node';
import { describe, expect, it } from 'vitest';

// The examples of docs/sync.md, so that nobody implements from a wrong page.

const crypto = cryptoFromNode(nodeCrypto);
const ROOT = join(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/sync.md'), 'utf8');
const golden = (name: string): { readonly event: Event; readonly seal: Seal } =>
  JSON.parse(readFileSync(join(ROOT, `shared/src/events/golden/${name}.json`), 'utf8'));

const key = nodeKeyFrom(crypto, new Uint8Array(32).fill(0x42));
const publicKey = bytesToBase64url(crypto.publicKeyOf(key.privateKey));
const NODE = 'k-0123456789ABCDEF' as NodeId;

const isOnThePage = (...texts: readonly string[]): void => {
  for (const text of texts) expect(page).toContain(text);
};

describe('docs/sync.md', () => {
  it('E2: hashes an event as the page writes it out', () => {
    const { event } = golden('ShiftOpened.1');
    const { body, hash, ...envelope } = event;
    isOnThePage(publicKey, key.kid);
    isOnThePage(canonicalJson(body), event.bodyHash, canonicalJson(envelope as unknown as Json), hash);
    isOnThePage(JSON.stringify(eventToWire(event)));
  });

  it('E2: chains the next event to it', () => {
    const first = golden('ShiftOpened.1').event;
    const body = { shiftId: '7WQ4Z1C9MX3K6TVE', amountMinor: -20000, reason: 'bank' };
    const clock = { seq: 2, hlc: hlcTick(first.hlc, first.wallMs) };
    const second = chainEvent(crypto, { ...first, ...clock, type: 'CashMoved', body }, first.hash);
    isOnThePage(JSON.stringify(body), second.hlc, second.bodyHash, second.prev, second.hash);
  });

  it('E3: seals it', () => {
    const { event, seal } = golden('ShiftOpened.1');
    expect(sealHead(crypto, key, event)).toEqual(seal);
    isOnThePage(bytesToUtf8(sealBytes(seal)), seal.signature);
  });

  it('H1: ticks', () => {
    const last = hlcOf(1_795_262_400_000, 3);
    isOnThePage(last, hlcTick(last, 0), hlcTick(last, 1_795_262_400_001));
    expect(hlcTick(hlcOf(1_795_262_400_000, 0xffff), 1_795_262_400_000)).toBe('01a1fdfa46010000');
  });

  it('S2: hashes an unreadable event by its words', () => {
    const { event } = golden('Unreadable.1');
    const bytes = String(event.body['bytes']);
    isOnThePage(bytes, Buffer.from(bytes, 'base64url').toString(), event.bodyHash, event.hash);
  });

  it('S2: counts characters and writes odd numbers as the page says', () => {
    const wire = (subject: string): unknown[] => [...eventToWire(golden('ShiftOpened.1').event).with(5, subject)];
    const typeOf = (subject: string) => readWireEvent(wire(subject))?.[3];
    expect([typeOf('😀'.repeat(120)), typeOf('😀'.repeat(121))]).toEqual(['ShiftOpened', 'Unreadable']);
    const written = (text: string): string => canonicalJson(JSON.parse(text));
    expect(written('[1.0, 1e2, -0]')).toBe('[1,100,0]');
    expect(written('{"a":1,"a":2}')).toBe('{"a":2}');
    for (const [number, as] of [
      ['9007199254740993', '9007199254740992'],
      ['1e21', '1e+21'],
    ] as const) {
      expect(written(number)).toBe(as);
      isOnThePage(`\`${number}\` is \`${as}\``);
    }
    for (const without of ['[1e400]', '["\\ud800"]']) expect(() => written(without)).toThrow();
  });

  it('S1: proves the key that enrols', () => {
    const signing = bytesToBase64url(crypto.publicKeyOf(new Uint8Array(32).fill(0x43)));
    const proof = crypto.sign(key.privateKey, utf8ToBytes(enrolmentProofText('ABCD2345', publicKey, signing)));
    isOnThePage(signing, bytesToBase64url(proof));
  });

  it('S7, T3, D1: names states, cases and actors', () => {
    const row = { park: 'ala-too', date: '2026-11-21', slot: 'day', places: 500, change_order: '...' };
    isOnThePage(
      stateHashOf(crypto, () => []),
      lineOf('capacity', row),
    );
    isOnThePage(caseIdOf(crypto, '3KX9Q7M2VN4T8WZC', { node: NODE, epoch: 1, seq: 1, fork: '' }));
    const author = { node: NODE, epoch: 1 };
    isOnThePage(actorOf(crypto, author, 'catalogue'), actorOf(crypto, author, 'catalogue', 2));
  });

  it('D1: begins every document from the change that is printed', () => {
    for (const id of DOCUMENT_IDS) {
      const bytes = base64urlToBytes(FIRST_CHANGE[id]) ?? new Uint8Array();
      expect(readChange(bytes)).toMatchObject({ ok: true, value: { hash: FIRST_CHANGE_HASH[id], deps: [] } });
      isOnThePage(FIRST_CHANGE[id], FIRST_CHANGE_HASH[id]);
      isOnThePage(`\`${canonicalJson(documentJson(emptyDocument(id)) as Json)}\``);
    }
  });

  it('X5: roots a log', () => {
    const head = {
      node: NODE,
      epoch: 1,
      seq: 2,
      hash: '85477d9efc886845f615fa0b7f3d9189557b783edf3659551880381b6ec1d9de',
    };
    isOnThePage(JSON.stringify([Object.values(head)]), logRootOf(crypto, [head]));
  });

  it('C1: counts the places of the worked example', () => {
    const ends = hlcOf(2_000, 0);
    const slot = { date: '2026-11-21', slot: 'day', ends_hlc: ends };
    const byHq = { from_lease: null, from_node: '', from_epoch: 0 };
    const state = (seals: Readonly<Record<string, string>>, soldOfGiven: number): CapacityState => ({
      capacity: 500,
      leases: [
        { ...slot, ...byHq, lease_id: 'LA', node: 'A', epoch: 1, places: 200 },
        { ...slot, ...byHq, lease_id: 'LB', node: 'B', epoch: 1, places: 100 },
        { ...slot, lease_id: 'LG', node: 'B', epoch: 1, places: 30, from_lease: 'LA', from_node: 'A', from_epoch: 1 },
      ],
      uses: [
        { lease_id: 'LA', node: 'A', epoch: 1, used: 150, returned: 0, given: 30 },
        { lease_id: 'LB', node: 'B', epoch: 1, used: 60, returned: 10, given: 0 },
        { lease_id: 'LG', node: 'B', epoch: 1, used: soldOfGiven, returned: 0, given: 0 },
      ],
      takenBack: new Set(),
      soldElsewhere: 20,
      overridden: 0,
      returnedByVoid: 0,
      heldUntil: (node) => seals[node] ?? null,
      fenceLimit: hlcOf(10_000, 0),
    });
    const open = state({}, 0);
    const leftOf = (node: string) => sharesOf(open, { node, epoch: 1, hlc: hlcOf(0, 0) }).map(({ left }) => left);
    expect([placesLeft(open), leftOf('A'), leftOf('B')]).toEqual([190, [20], [60]]);
    expect(placesLeft(state({ A: ends, B: ends }, 10))).toBe(260);
    expect(placesLeft(state({ B: ends }, 10))).toBe(240);
    isOnThePage('left = 500 - (200 + 90 + 20) = 190', 'left = 500 - (160 + 60 + 20) = 260');
    isOnThePage('left = 500 - (180 + 60 + 20) = 240');
  });
});

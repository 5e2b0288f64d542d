import * as nodeCrypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { schemaProblem } from '../events/read-event.ts';
import { bytesToBase64url } from '../lib/bytes.ts';
import type { NodeId } from '../lib/ids.ts';
import { cryptoFromNode } from '../testing/crypto-from-node.ts';
import { actorOf, bodyOfChange, changeOfEvent, type DocumentChange, readChange } from './automerge-change.ts';
import type { CatalogueDocument, CatalogueProduct, CatalogueUnit } from './catalogue-document.ts';
import { documentFromJson } from './document-from-json.ts';
import { documentHistory } from './document-history.ts';
import { documentProblem } from './document-problem.ts';
import { setDatePrice, setProductName, setUnitPrice } from './edits.ts';
import { CHANGE_BYTES_MAX, documentChangedV2 } from './events.ts';
import { applyChanges, documentJson, editDocument, emptyDocument, FIRST_CHANGE } from './held-document.ts';
import type { ParkDocument } from './park-document.ts';

const crypto = cryptoFromNode(nodeCrypto);
const HQ = { node: 'hq:ala-archa' as NodeId, epoch: 1 };
const TILL = { node: 'k-0000000000000001' as NodeId, epoch: 3 };
const hqActor = actorOf(crypto, HQ, 'catalogue');
const tillActor = actorOf(crypto, TILL, 'catalogue');
const words = (text: string) => ({ ru: text, ky: text, en: text });

const product = (): CatalogueProduct => ({
  name: words('Day ticket'),
  kind: 'day',
  active: true,
  order: 1,
  entriesAllowed: 1,
  gates: {},
  startTimes: {},
  earlyMinutes: 0,
  lateMinutes: 0,
  whenGateSilent: 'provisional',
  units: {
    adult: {
      name: words('Adult'),
      hint: words(''),
      order: 1,
      party: { adult: 1 },
      placesEach: 1,
      note: 'none',
      priceMinor: 40_000,
      prices: {},
    },
  },
});
const park = (): ParkDocument => ({
  name: words('Ala-Archa'),
  timeZone: 'Asia/Bishkek',
  currency: 'KGS',
  cutOffHour: 4,
  insideMax: 500,
  exitsScanned: true,
  hours: Object.fromEntries(
    ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, { opens: '09:00', closes: '22:00' }]),
  ) as ParkDocument['hours'],
  gates: { main: { name: words('Main gate') } },
});

function catalogueOf(productIds: readonly string[] = ['day-ticket']) {
  const products = Object.fromEntries(productIds.map((id) => [id, product()]));
  const made = documentFromJson('catalogue', { products }, { actor: hqActor, timeMs: 1_000_000 });
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

function edited(
  held: ReturnType<typeof catalogueOf>['held'],
  actor: string,
  edit: (draft: CatalogueDocument) => void,
): { held: typeof held; change: DocumentChange } {
  const result = editDocument(held, { actor, timeMs: 2_000_000 }, edit);
  if (!result.ok || !result.value.change) throw new Error(result.ok ? 'nothing changed' : result.error);
  return { held: result.value.held, change: result.value.change };
}

const setPrice = (price: number) => (draft: CatalogueDocument) => {
  setUnitPrice(draft, { productId: 'day-ticket', unitId: 'adult' }, price);
};
const setName = (name: string) => (draft: CatalogueDocument) => {
  setProductName(draft, { productId: 'day-ticket', language: 'en' }, name);
};

describe('a document and its changes', () => {
  it('D1: has one fixed first change, the same bytes and hash for ever', () => {
    const hashes = (['park', 'catalogue'] as const).map((id) => {
      const read = readChange(Buffer.from(FIRST_CHANGE[id], 'base64url'));
      return read.ok ? [read.value.hash, read.value.actor] : read.error;
    });
    expect(hashes).toEqual([
      ['0932bd2223635117af3fced112a872b5a27904614370a5145d4c7abd07edd961', '0'.repeat(32)],
      ['e288790d26ca03ee0a4789ca531ac7ac0d5f6ae443b37e567e88d4c87548b9f6', '0'.repeat(32)],
    ]);
    expect(documentJson(emptyDocument('catalogue'))).toEqual({ products: {} });
    expect(emptyDocument('catalogue').value).toEqual({ products: {} });
    expect(emptyDocument('park').value).toBeNull();
  });

  it('D1: names its actor by node, epoch and document', () => {
    expect(tillActor).toMatch(/^[0-9a-f]{32}$/);
    const others = [actorOf(crypto, { ...TILL, epoch: 4 }, 'catalogue'), actorOf(crypto, TILL, 'park'), hqActor];
    expect(new Set([tillActor, ...others]).size).toBe(4);
  });

  it('makes a park and a catalogue out of JSON by ordinary changes that another node can take', () => {
    const { changes } = catalogueOf(['day-ticket', 'rides']);
    const there = applyChanges(emptyDocument('catalogue'), changes);
    expect(changes).toHaveLength(2);
    expect(there.held.value).toEqual({ products: { 'day-ticket': product(), rides: product() } });
    const made = documentFromJson('park', park(), { actor: hqActor, timeMs: 0 });
    expect(made.ok && applyChanges(emptyDocument('park'), made.value.changes).held.value).toEqual(park());
  });

  it('merges a price changed here with a name changed there', () => {
    const { held } = catalogueOf();
    const here = edited(held, tillActor, setPrice(45_000));
    const there = edited(held, hqActor, setName('Whole day'));
    const merged = [applyChanges(here.held, [there.change]), applyChanges(there.held, [here.change])];
    for (const { held: one, refused } of merged) {
      expect(refused).toEqual([]);
      expect(one.value?.products['day-ticket']?.name.en).toBe('Whole day');
      expect(one.value?.products['day-ticket']?.units['adult']?.priceMinor).toBe(45_000);
    }
  });

  it('ends with one of two whole names, the same at both nodes, when one name is changed twice', () => {
    const { held } = catalogueOf();
    const here = edited(held, tillActor, setName('Morning'));
    const there = edited(held, hqActor, setName('Whole day'));
    const names = [applyChanges(here.held, [there.change]).held, applyChanges(there.held, [here.change]).held].map(
      (one) => one.value?.products['day-ticket']?.name.en,
    );
    expect(names[0]).toBe(names[1]);
    expect(['Morning', 'Whole day']).toContain(names[0]);
  });

  it('takes changes in any order and more than once; one whose predecessor is missing waits', () => {
    const { held, changes } = catalogueOf(['day-ticket', 'rides']);
    const first = edited(held, tillActor, setPrice(1));
    const second = edited(first.held, tillActor, setPrice(2));
    const waiting = applyChanges(emptyDocument('catalogue'), [second.change, first.change]).held;
    expect(waiting.value).toEqual({ products: {} });
    expect(waiting.missing.length).toBeGreaterThan(0);
    const whole = applyChanges(waiting, [...changes, second.change].reverse()).held;
    expect(whole.missing).toEqual([]);
    expect(whole.value).toEqual(second.held.value);
  });

  it('writes nothing for an edit that changes nothing', () => {
    const { held } = catalogueOf();
    const same = editDocument(held, { actor: tillActor, timeMs: 0 }, setPrice(40_000));
    expect(same.ok && same.value.change).toBeNull();
  });

  it('adds and takes back the price of a date', () => {
    const at = { productId: 'day-ticket', unitId: 'adult', date: '2026-12-31' };
    const { held } = catalogueOf();
    const added = edited(held, tillActor, (draft) => setDatePrice(draft, at, 60_000));
    expect(added.held.value?.products['day-ticket']?.units['adult']?.prices).toEqual({ '2026-12-31': 60_000 });
    const back = edited(added.held, tillActor, (draft) => setDatePrice(draft, at, null));
    expect(applyChanges(added.held, [back.change]).held.value).toEqual(held.value);
  });
});

const unit = ({ units }: CatalogueProduct): CatalogueUnit => units['adult'] as CatalogueUnit;
const withParty = (one: CatalogueProduct, party: CatalogueUnit['party']): CatalogueProduct => ({
  ...one,
  units: { adult: { ...unit(one), party } },
});
const people = (units: number, each: number): CatalogueUnit['party'] =>
  Object.fromEntries(Array.from({ length: units }, (_, index) => [`u${index}`, each]));

describe('a document that is not right', () => {
  it('refuses an edit that breaks the schema and keeps what it had', () => {
    const { held } = catalogueOf();
    const refused = editDocument(held, { actor: tillActor, timeMs: 0 }, setPrice(-1));
    expect(refused).toEqual({ ok: false, error: expect.stringContaining('priceMinor') });
    expect(held.value?.products['day-ticket']?.units['adult']?.priceMinor).toBe(40_000);
  });

  it('keeps the last valid state of a batch that ends invalid, and says why', () => {
    const members = (prefix: string) => (draft: CatalogueDocument) => {
      const unit = draft.products['day-ticket']?.units['adult'];
      for (let index = 0; index < 12; index += 1) if (unit) unit.party[`${prefix}${index}`] = 1;
    };
    const { held, changes } = catalogueOf();
    const here = edited(held, tillActor, members('a'));
    const there = edited(held, hqActor, members('b'));
    const merged = applyChanges(emptyDocument('catalogue'), [...changes, here.change, there.change]);
    expect(merged.refused).toEqual([]);
    expect(merged.held.problem).toContain('/products/day-ticket/units/adult/party names 25 units');
    expect(merged.held.value).toEqual(here.held.value);
    const repaired = editDocument(merged.held, { actor: hqActor, timeMs: 0 }, (draft) => {
      const unit = draft.products['day-ticket']?.units['adult'];
      if (unit) unit.party = { adult: 1 };
    });
    expect(repaired.ok && repaired.value.held.problem).toBeNull();
    expect(repaired.ok && repaired.value.held.value?.products['day-ticket']?.units['adult']?.party).toEqual({
      adult: 1,
    });
  });

  const LONG = 'x'.repeat(65);
  it.each<[string, (product: CatalogueProduct) => CatalogueDocument['products']]>([
    ['/products/xxx', (one) => ({ [LONG]: one })],
    ['/products/a/gates/xxx', (one) => ({ a: { ...one, gates: { [LONG]: true } } })],
    ['/products/a/units/xxx', (one) => ({ a: { ...one, units: { [LONG]: unit(one) } } })],
    ['/products/a/units/adult/party/xxx', (one) => ({ a: withParty(one, { [LONG]: 1 }) })],
    ['/products/a/units/adult/party comes to 1100 people', (one) => ({ a: withParty(one, people(11, 100)) })],
  ])('D1: is not valid where its sale would not fit an event: %s', (problem, products) => {
    const made = documentFromJson('catalogue', { products: products(product()) }, { actor: hqActor, timeMs: 0 });
    expect(made).toMatchObject({ ok: false, error: expect.stringContaining(problem) });
    // And where it comes in as a change of somebody whose program did not look.
    expect(documentProblem('catalogue', { products: products(product()) })).toContain(problem);
  });

  it('D1: holds the longest names that a sale has room for', () => {
    const products = { ['p'.repeat(64)]: withParty(product(), people(10, 100)) };
    expect(documentProblem('catalogue', { products })).toBeNull();
    const [change] = catalogueOf().changes;
    const about = `product:${'p'.repeat(64)}`;
    expect(change && schemaProblem(documentChangedV2, bodyOfChange('catalogue', change, about))).toBeNull();
  });

  it('D1: a change too large is refused when it is made and when it is read', () => {
    const { held } = catalogueOf();
    const large = editDocument(held, { actor: tillActor, timeMs: 0 }, (draft) => {
      // Names that do not compress.
      for (let index = 0; index < 700; index += 1) {
        draft.products[`p${index}`] = { ...product(), name: words(crypto.sha256Hex(`${index}`).repeat(1)) };
        const name = draft.products[`p${index}`]?.name;
        if (name) name.ky = crypto.sha256Hex(`ky${index}`);
        if (name) name.en = crypto.sha256Hex(`en${index}`);
      }
    });
    expect(large).toEqual({ ok: false, error: expect.stringContaining('are allowed') });
    expect(readChange(new Uint8Array(CHANGE_BYTES_MAX + 1)).ok).toBe(false);
  });

  it('refuses bytes that are no change, another hash and another author', () => {
    const { held } = catalogueOf();
    const { change } = edited(held, tillActor, setPrice(5));
    const body = bodyOfChange('catalogue', change, 'product:day-ticket');
    expect(changeOfEvent(crypto, body, TILL)).toEqual({ ok: true, value: change });
    expect(changeOfEvent(crypto, body, HQ).ok).toBe(false);
    expect(changeOfEvent(crypto, { ...body, documentId: 'park' }, TILL).ok).toBe(false);
    expect(changeOfEvent(crypto, { ...body, changeHash: '0'.repeat(64) }, TILL).ok).toBe(false);
    expect(changeOfEvent(crypto, { ...body, change: bytesToBase64url(change.bytes.slice(0, 20)) }, TILL).ok).toBe(
      false,
    );
    expect(changeOfEvent(crypto, { ...body, change: '!' }, TILL).ok).toBe(false);
  });

  it('lets a bad change block nothing but itself', () => {
    const { held } = catalogueOf();
    const good = edited(held, tillActor, setPrice(7));
    const bad = { ...good.change, bytes: new Uint8Array([1, 2, 3]), hash: 'bad' };
    const applied = applyChanges(held, [bad, good.change]);
    expect(applied.refused).toEqual([{ hash: 'bad', problem: expect.any(String) }]);
    expect(applied.held.value?.products['day-ticket']?.units['adult']?.priceMinor).toBe(7);
  });

  it.each([
    ['a zone that does not exist', 'park', { ...park(), timeZone: 'Mars/Olympus' }],
    ['a currency that is none', 'park', { ...park(), currency: 'som' }],
    ['a key that is no name', 'catalogue', { products: { 'no name!': product() } }],
    [
      'a long name on a timed product',
      'catalogue',
      { products: { ['p'.repeat(42)]: { ...product(), kind: 'timed' } } },
    ],
    ['something else altogether', 'catalogue', { products: 5 }],
  ] as const)('says what is wrong with %s', (_, documentId, value) => {
    expect(documentProblem(documentId, value)).toEqual(expect.any(String));
  });
});

describe('the history of a document', () => {
  it('says for each change which values became which, as its author saw them', () => {
    const { held, changes } = catalogueOf();
    const here = edited(held, tillActor, setPrice(45_000));
    const there = edited(held, hqActor, setPrice(50_000));
    const merged = applyChanges(here.held, [there.change]).held;
    const later = edited(merged, hqActor, setName('Whole day'));
    const broken = { ...later.change, bytes: new Uint8Array([1, 2, 3]) };
    const history = documentHistory('catalogue', [broken, later.change, there.change, here.change, ...changes]);
    const path = 'products.day-ticket.units.adult.priceMinor';
    expect(history.get(here.change.hash)).toEqual([{ path, from: '40000', to: '45000' }]);
    expect(history.get(there.change.hash)).toEqual([{ path, from: '40000', to: '50000' }]);
    expect(history.get(later.change.hash)).toEqual([
      { path: 'products.day-ticket.name.en', from: 'Day ticket', to: 'Whole day' },
    ]);
    expect(history.get(changes[0]?.hash ?? '')).toContainEqual({ path, from: '', to: '40000' });
  });

  it('shows what an edit over a merged conflict replaced, and what was deleted', () => {
    const { held, changes } = catalogueOf();
    const here = edited(held, tillActor, setPrice(45_000));
    const there = edited(held, hqActor, setPrice(50_000));
    const settled = edited(applyChanges(here.held, [there.change]).held, hqActor, setPrice(48_000));
    const gone = edited(settled.held, hqActor, (draft) => {
      delete draft.products['day-ticket'];
    });
    const history = documentHistory('catalogue', [...changes, here.change, there.change, settled.change, gone.change]);
    expect(history.get(settled.change.hash)?.[0]?.from.split(' | ').sort()).toEqual(['45000', '50000']);
    expect(history.get(gone.change.hash)).toEqual([{ path: 'products.day-ticket', from: '{}', to: '' }]);
  });
});

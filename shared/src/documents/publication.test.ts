import * as nodeCrypto from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodeId } from '../lib/ids.ts';
import { cryptoFromNode } from '../testing/crypto-from-node.ts';
import { actorOf, type DocumentChange } from './automerge-change.ts';
import type { CatalogueDocument } from './catalogue-document.ts';
import { documentFromJson } from './document-from-json.ts';
import { applyChanges, documentJson, editDocument, type HeldDocument } from './held-document.ts';
import { writerProblem } from './may-edit.ts';
import { type CandidateChange, decideFurther, decidePublication, publishedState, stateHashOf } from './publication.ts';

const crypto = cryptoFromNode(nodeCrypto);
const words = (text: string) => ({ ru: text, ky: text, en: text });
const nodes = ['hq:a', 'k-0000000000000001', 'k-0000000000000002', 'k-0000000000000003'] as const;
const actors = nodes.map((node) => actorOf(crypto, { node: node as NodeId, epoch: 1 }, 'catalogue'));
const unit = {
  name: words('Adult'),
  hint: words(''),
  order: 1,
  party: { adult: 1 },
  placesEach: 1,
  note: 'none' as const,
  priceMinor: 1,
  prices: {},
};
const catalogue: CatalogueDocument = {
  products: {
    day: {
      name: words('Day'),
      kind: 'day',
      active: true,
      order: 1,
      entriesAllowed: 1,
      gates: {},
      startTimes: {},
      earlyMinutes: 0,
      lateMinutes: 0,
      whenGateSilent: 'provisional',
      units: { adult: unit, child: { ...unit, party: { child: 1 } } },
    },
  },
};

const start = (() => {
  const made = documentFromJson('catalogue', catalogue, { actor: actors[0] ?? '', timeMs: 0 });
  if (!made.ok) throw new Error(made.error);
  return made.value;
})();

type Edit = (draft: CatalogueDocument) => void;
const setPrice =
  (unitId: string, price: number): Edit =>
  (draft) => {
    const found = draft.products['day']?.units[unitId];
    if (found) found.priceMinor = price;
  };
/** Alone each is valid, together they leave a unit that brings nobody in. */
const removeFromParty =
  (name: string, other: string): Edit =>
  (draft) => {
    const party = draft.products['day']?.units['adult']?.party;
    if (!party) return;
    delete party[name];
    if (Object.keys(party).length === 0) party[other] = 1;
  };
function edited(held: HeldDocument<'catalogue'>, actor: number, edit: Edit) {
  const made = editDocument(held, { actor: actors[actor] ?? '', timeMs: 0 }, edit);
  if (!made.ok) throw new Error(made.error);
  return made.value;
}
const fine = (change: DocumentChange): CandidateChange => ({ change, problem: null });
const decided = (before: readonly string[], candidates: readonly CandidateChange[]) => {
  const result = decidePublication({ documentId: 'catalogue', generation: 1 }, before, candidates);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};
const publicationOf = ({ held, heads, published }: ReturnType<typeof decided>) => ({
  documentId: 'catalogue' as const,
  generation: 1,
  heads: [...heads],
  stateHash: stateHashOf(crypto, documentJson(held)),
  changes: published.size,
});

/** A change by another that removes the last of a party, over one that does so as well. */
function clash() {
  const both = edited(start.held, 0, (draft) => {
    const party = draft.products['day']?.units['adult']?.party;
    if (party) party['guest'] = 1;
  });
  const one = edited(both.held, 1, removeFromParty('guest', 'adult'));
  const other = edited(both.held, 2, removeFromParty('adult', 'guest'));
  return { base: [...start.changes, both.change as DocumentChange], one, other };
}

interface Step {
  readonly actor: number;
  readonly unit: string;
  readonly price: number;
  readonly clash: boolean;
  readonly merge: boolean;
}

/** What nodes wrote that now and then took in what the others had: with two edits that go together badly. */
function written(steps: readonly Step[]) {
  const { base, one, other } = clash();
  const begun = applyChanges(start.held, base).held;
  const helds = actors.map(() => begun);
  const changes = [...base];
  const bad = [one.change, other.change] as DocumentChange[];
  for (const { actor, unit: unitId, price, clash: isClash, merge } of steps) {
    const author = `${actors[actor]?.slice(0, 30)}aa`;
    let held = helds[actor] ?? begun;
    if (merge) held = applyChanges(held, changes).held;
    if (isClash) changes.push(...bad.splice(0));
    // Nobody can edit what is not valid.
    const made = editDocument(held, { actor: author, timeMs: 0 }, setPrice(unitId, price));
    if (made.ok && made.value.change) changes.push(made.value.change);
    helds[actor] = made.ok ? made.value.held : held;
  }
  return { base, changes };
}

describe('D1: what HQ publishes', () => {
  it('D1: publishes what leaves the document valid, withholds what does not, and says why', () => {
    const { base, one, other } = clash();
    const after = edited(other.held, 2, setPrice('child', 7));
    const elsewhere = edited(start.held, 3, setPrice('child', 9));
    const all = [...base, one.change, other.change, after.change, elsewhere.change] as DocumentChange[];
    const result = decided([], all.map(fine));
    expect(result.withheld).toMatchObject([
      { hash: other.change?.hash, reason: 'makes_invalid', problem: expect.stringContaining('party') },
      { hash: after.change?.hash },
    ]);
    expect(result.held.value?.products['day']?.units['child']?.priceMinor).toBe(9);
    expect(result.held.problem).toBeNull();
  });

  it('D1: somebody without the right blocks only what builds on their edit', () => {
    const bad = edited(start.held, 1, setPrice('adult', 5));
    const onIt = edited(bad.held, 2, setPrice('child', 6));
    const beside = edited(start.held, 3, setPrice('child', 8));
    const candidates = [
      ...start.changes.map(fine),
      { change: bad.change as DocumentChange, problem: 'a cashier may not edit the catalogue' },
      fine(onIt.change as DocumentChange),
      fine(beside.change as DocumentChange),
    ];
    const result = decided([], candidates);
    expect(result.withheld.map(({ reason }) => reason)).toEqual(['refused', 'builds_on_withheld']);
    expect(result.held.value?.products['day']?.units).toMatchObject({
      adult: { priceMinor: 1 },
      child: { priceMinor: 8 },
    });
  });

  it('D1: what was published once stays, whoever its author is now', () => {
    const one = edited(start.held, 1, setPrice('adult', 5)).change as DocumentChange;
    const first = decided([], [...start.changes.map(fine), fine(one)]);
    const later = decided(first.heads, [...start.changes.map(fine), { change: one, problem: 'is not on the staff' }]);
    expect(later.heads).toEqual(first.heads);
  });

  it('D1: who may edit what', () => {
    const roleOf = (staffId: string) =>
      (staffId === 's1' ? 'supervisor' : staffId === 'c1' ? 'cashier' : null) as never;
    const at = 'k-0000000000000001';
    expect(writerProblem('catalogue', { node: at, actor: 'staff:s1' }, roleOf)).toBeNull();
    expect(writerProblem('catalogue', { node: at, actor: 'staff:c1' }, roleOf)).toContain('cashier');
    expect(writerProblem('catalogue', { node: at, actor: 'staff:gone' }, roleOf)).toContain('not on the staff');
    expect(writerProblem('catalogue', { node: at, actor: 'hq:anna' }, roleOf)).not.toBeNull();
    expect(writerProblem('park', { node: at, actor: 'staff:s1' }, roleOf)).not.toBeNull();
    expect(writerProblem('park', { node: 'hq:a', actor: 'hq:anna' }, roleOf)).toBeNull();
  });

  it('D1: nodes that hold the same changes and publication use the same state, in whatever order they came', () => {
    const step = fc.record({
      actor: fc.integer({ min: 0, max: 3 }),
      unit: fc.constantFrom('adult', 'child'),
      price: fc.integer({ min: 0, max: 99 }),
      clash: fc.boolean(),
      merge: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), fc.infiniteStream(fc.nat()), (steps, random) => {
        const { base, changes } = written(steps);
        const half = decided([], changes.slice(0, Math.max(base.length, changes.length >> 1)).map(fine));
        const whole = decideFurther(half, changes.map(fine));
        const publication = publicationOf(whole);
        const shuffled = changes
          .map((change) => ({ change, by: random.next().value ?? 0 }))
          .sort((left, right) => left.by - right.by)
          .map(({ change }) => change);
        const atOnce = publishedState(crypto, publication, { changes: [...shuffled, ...shuffled] });
        const early = publishedState(crypto, publicationOf(half), { changes: shuffled });
        if (!atOnce.ok || !early.ok) throw new Error('a publication is not usable');
        const further = publishedState(crypto, publication, { changes: shuffled, from: early.value });
        expect(further.ok && documentJson(further.value.held)).toEqual(documentJson(atOnce.value.held));
        expect(documentJson(atOnce.value.held)).toEqual(documentJson(whole.held));
        expect(atOnce.value.held.value).not.toBeNull();
      }),
      { numRuns: 8 },
    );
  }, 60_000);

  it('D1: a publication is not used before all of it has come', () => {
    const one = edited(start.held, 1, setPrice('adult', 5)).change as DocumentChange;
    const publication = publicationOf(decided([], [...start.changes, one].map(fine)));
    expect(publishedState(crypto, publication, { changes: start.changes })).toMatchObject({ ok: false });
    expect(
      publishedState(crypto, { ...publication, stateHash: '0'.repeat(64) }, { changes: [...start.changes, one] }),
    ).toMatchObject({ ok: false });
  });
});

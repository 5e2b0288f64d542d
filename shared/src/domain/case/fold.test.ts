import * as nodeCrypto from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hlcOf } from '../../sync/hlc.ts';
import { cryptoFromNode } from '../../testing/crypto-from-node.ts';
import { admitted, annulled, blocked, exited, overridden, passage, place, voided } from '../../testing/ticket-facts.ts';
import { compareFacts, ticketStateOf } from '../admission/evolve.ts';
import { type AdmittedFact, factId, type TicketFact } from '../admission/state.ts';
import { caseIdOf, foundCases, reentryNotes } from './fold.ts';

const crypto = cryptoFromNode(nodeCrypto);
const TICKET = '0123456789ABCDEF';
const seqsOf = (facts: readonly TicketFact[], entriesAllowed: number) =>
  foundCases(facts, entriesAllowed).map(({ kind, admission }) => [kind, admission.seq]);

describe('T3: admissions over the entry limit', () => {
  it('the first ones stand, each further one is a case', () => {
    const facts = [admitted(3), admitted(1), admitted(2)];
    expect(seqsOf(facts, 1)).toEqual([
      ['contested', 2],
      ['contested', 3],
    ]);
    expect(seqsOf(facts, 2)).toEqual([['contested', 3]]);
    expect(seqsOf(facts, 3)).toEqual([]);
  });

  // Copied for each admission, the ones before it would be ten thousand million.
  it('T3, S7: any number of admissions of one ticket are folded', { timeout: 60_000 }, () => {
    const many = Array.from({ length: 150_000 }, (_, at) => admitted(at + 1));
    expect(foundCases(many, 2)).toHaveLength(149_998);
    expect(ticketStateOf(many).peopleInside).toBe(300_000);
  });

  it('a clock that nobody trusted comes last, however early it says it was', () => {
    const untrusted = admitted(1, { trust: 'none', hlc: hlcOf(0, 0) });
    expect(foundCases([untrusted, admitted(2)], 1)).toEqual([{ kind: 'contested', admission: untrusted }]);
  });

  it('an annulled admission leaves its place to the next, also one of another past of its stream', () => {
    const fork = 'abcdefabcdefabcd';
    const [first, forked] = [admitted(1), admitted(1, { fork, hlc: hlcOf(1001, 1) })];
    expect(seqsOf([first, admitted(2), annulled(3, first)], 1)).toEqual([]);
    expect(foundCases([first, forked, annulled(3, forked)], 1)).toEqual([]);
    expect(foundCases([first, forked, annulled(3, first)], 1)).toEqual([]);
    expect(foundCases([first, forked], 1)).toEqual([{ kind: 'contested', admission: forked }]);
  });

  it('what a supervisor allowed takes no entry and is no case', () => {
    expect(seqsOf([overridden(1), admitted(2), overridden(3)], 1)).toEqual([]);
    expect(seqsOf([voided(1), overridden(2)], 1)).toEqual([]);
  });

  it('a re-entry without an exit is a note and no case', () => {
    const facts = [admitted(1), admitted(2), exited(3), exited(4), admitted(5)];
    expect(seqsOf(facts, 3)).toEqual([]);
    expect([...reentryNotes(facts)]).toEqual([factId(admitted(2))]);
  });
});

describe('T5: an admission after a void', () => {
  it('stands, and is a case', () => {
    expect(seqsOf([admitted(2), voided(1)], 1)).toEqual([['admitted_after_void', 2]]);
    expect(seqsOf([admitted(2), blocked(1)], 1)).toEqual([['admitted_after_block', 2]]);
    expect(seqsOf([admitted(1), voided(2)], 1)).toEqual([]);
  });

  it('is one case, named by the first reason in the order of verdicts (T2)', () => {
    expect(seqsOf([admitted(1), blocked(2), voided(3), admitted(4)], 1)).toEqual([['admitted_after_void', 4]]);
  });

  it('takes an entry: a later one is the one too many', () => {
    const late = admitted(9, { trust: 'none' });
    expect(seqsOf([admitted(1), admitted(2), late], 2)).toEqual([['contested', 9]]);
  });
});

const TRUSTS = ['server', 'rtc', 'none'] as const;
const factArbitrary = fc
  .record({
    kind: fc.constantFrom('admitted', 'overridden', 'exited', 'voided', 'blocked', 'annulled'),
    node: fc.constantFrom('k-0000000000000001', 'k-0000000000000002', 'hq:ala-too'),
    seq: fc.integer({ min: 1, max: 12 }),
    of: fc.integer({ min: 1, max: 12 }),
    at: fc.integer({ min: 1, max: 6 }),
    trust: fc.constantFrom(...TRUSTS),
    fork: fc.constantFrom('', '', 'abcdefabcdefabcd'),
  })
  .map(({ kind, node, seq, of, at, trust, fork }): TicketFact => {
    const at_ = place(seq, { node, trust, fork, hlc: hlcOf(at, 0) });
    if (kind === 'annulled') return { ...at_, ...passage, kind, original: { node, epoch: 1, seq: of, fork } };
    if (kind === 'admitted') return { ...at_, ...passage, kind, verdict: 'admit' };
    if (kind === 'voided' || kind === 'blocked') return { ...at_, kind };
    return { ...at_, ...passage, kind } as TicketFact;
  });
const factsArbitrary = fc.uniqueArray(factArbitrary, { maxLength: 14, selector: factId });

describe('T3: the same on every node', () => {
  it('whatever order the facts come in', () => {
    fc.assert(
      fc.property(
        factsArbitrary.chain((facts) =>
          fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length })),
        ),
        fc.integer({ min: 1, max: 3 }),
        ([facts, arrived], entriesAllowed) => {
          expect(foundCases(arrived, entriesAllowed)).toEqual(foundCases(facts, entriesAllowed));
        },
      ),
    );
  });

  it('as the rule says it: without voids, exactly the admissions after the first m that were not annulled', () => {
    fc.assert(
      fc.property(factsArbitrary, fc.integer({ min: 1, max: 3 }), (all, entriesAllowed) => {
        const facts = all.filter(({ kind }) => kind !== 'voided' && kind !== 'blocked');
        const gone = new Set(facts.flatMap((fact) => (fact.kind === 'annulled' ? [factId(fact.original)] : [])));
        const standing = facts
          .filter((fact) => fact.kind === 'admitted' && !gone.has(factId(fact)))
          .toSorted(compareFacts);
        expect(foundCases(facts, entriesAllowed).map(({ admission }) => admission)).toEqual(
          standing.slice(entriesAllowed),
        );
      }),
    );
  });

  it("a case's id is of the ticket and the admission's place alone, and no two share one", () => {
    const one = admitted(1);
    expect(caseIdOf(crypto, TICKET, { ...one, people: 9, trust: 'none' } as AdmittedFact)).toBe(
      caseIdOf(crypto, TICKET, one),
    );
    const others = [admitted(2), admitted(1, { fork: 'abcdefabcdefabcd' }), admitted(1, { epoch: 2 })];
    const ids = [one, ...others].map((fact) => caseIdOf(crypto, TICKET, fact));
    expect(new Set([...ids, caseIdOf(crypto, '0123456789ABCDEG', one)]).size).toBe(5);
  });
});

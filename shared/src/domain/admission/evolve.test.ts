import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hlcOf } from '../../sync/hlc.ts';
import { specify } from '../../testing/given-when-then.ts';
import { admitted, annulled, blocked, exited, refused, voided } from '../../testing/ticket-facts.ts';
import { compareFacts, evolve, ticketStateOf } from './evolve.ts';
import { type AdmittedFact, initialTicketState, type TicketFact, type TicketState } from './state.ts';

const given = specify<TicketState, 'status' | 'entries' | 'inside', TicketFact, unknown>({
  initialState: initialTicketState,
  evolve,
  decide: (question, state) =>
    ({ status: state.status, entries: state.admissions.length, inside: state.peopleInside })[question],
});

describe('what is known of a ticket', () => {
  it('nothing: it is good and unused', () => {
    expect(given().when('status')).toBe('good');
    expect(given().when('entries')).toBe(0);
  });

  it('who is inside: entries less exits, below zero if an exit came without its entry', () => {
    expect(given(admitted(1), exited(2), admitted(3)).when('inside')).toBe(2);
    expect(given(exited(1)).when('inside')).toBe(-2);
  });

  it('an annulled admission counts for nothing, even if the annulment is heard of first', () => {
    const admission = admitted(1);
    for (const facts of [
      [admission, annulled(2, admission)],
      [annulled(2, admission), admission],
    ]) {
      expect(given(...facts).when('entries')).toBe(0);
      expect(given(...facts).when('inside')).toBe(0);
    }
  });

  it('annulled twice is annulled once', () => {
    const admission = admitted(1);
    expect(given(admission, annulled(2, admission), annulled(3, admission)).when('inside')).toBe(0);
  });

  it('a void is for good; a block is less', () => {
    expect(given(blocked(1)).when('status')).toBe('blocked');
    expect(given(blocked(1), voided(2)).when('status')).toBe('voided');
    expect(given(voided(1), blocked(2), voided(3)).when('status')).toBe('voided');
    expect(given(refused(1)).when('status')).toBe('good');
  });

  it('an admission made before the void was learnt stands (T5)', () => {
    expect(given(voided(1), admitted(2)).when('entries')).toBe(1);
  });
});

describe('T3: when logs meet', () => {
  it('an annulled admission leaves its place to the next', () => {
    const [first, second] = [admitted(1), admitted(2)];
    expect(ticketStateOf([first, second, annulled(3, first)]).admissions).toEqual([second]);
  });

  it('a clock nobody trusted comes last, however early it says it was', () => {
    const untrusted = admitted(1, { trust: 'none', hlc: hlcOf(0, 0), node: 'k-0000000000000000' });
    const trusted = admitted(2, { trust: 'rtc' });
    expect(ticketStateOf([untrusted, trusted]).admissions).toEqual([trusted, untrusted]);
  });

  it('equal clocks are told apart by node, epoch and seq', () => {
    const hlc = hlcOf(5000, 0);
    const ordered = [
      admitted(9, { hlc, node: 'k-0000000000000001', epoch: 1 }),
      admitted(10, { hlc, node: 'k-0000000000000001', epoch: 1 }),
      admitted(1, { hlc, node: 'k-0000000000000001', epoch: 2 }),
      admitted(1, { hlc, node: 'k-0000000000000002', epoch: 1 }),
    ];
    expect(ordered.toReversed().toSorted(compareFacts)).toEqual(ordered);
  });

  it('every node folds to the same state, in any order of arrival', () => {
    const admissions = [admitted(1), admitted(2, { trust: 'none' }), admitted(3)];
    const [first, second] = admissions as [AdmittedFact, AdmittedFact];
    const facts = [
      ...admissions,
      annulled(4, first),
      exited(5),
      blocked(6),
      voided(7),
      refused(8),
      annulled(9, second),
    ];
    const expected = ticketStateOf(facts);
    fc.assert(
      fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), (arrived) => {
        expect(ticketStateOf(arrived)).toEqual(expected);
      }),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(facts), (some) => {
        expect(ticketStateOf(some)).toEqual(some.toSorted(compareFacts).reduce(evolve, initialTicketState));
      }),
    );
  });
});

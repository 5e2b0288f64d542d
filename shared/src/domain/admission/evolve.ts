import { assertNever } from '../../lib/assert.ts';
import {
  type AdmittedFact,
  type FactRef,
  factId,
  initialTicketState,
  type TicketFact,
  type TicketState,
} from './state.ts';

/**
 * The state after all facts, whatever order they came in: the same on every node (T3), and the same as by `evolve` one by
 * one, which copies the admissions each time: a ticket may have any number of them.
 */
export function ticketStateOf(facts: readonly TicketFact[]): TicketState {
  const inOrder = facts.toSorted(compareFacts);
  const annulled = new Set(inOrder.flatMap((fact) => (fact.kind === 'annulled' ? [factId(fact.original)] : [])));
  const isStanding = (fact: TicketFact): fact is AdmittedFact =>
    fact.kind === 'admitted' && !annulled.has(factId(fact));
  const admissions = inOrder.filter(isStanding);
  const others = inOrder.filter(({ kind }) => kind !== 'admitted' && kind !== 'annulled');
  const state = others.reduce(evolve, initialTicketState);
  const letIn = admissions.reduce((sum, { people }) => sum + people, 0);
  return { ...state, admissions, annulled, peopleInside: state.peopleInside + letIn };
}

/** T3: facts of a clock nobody trusted come last, then by clock, and where clocks are equal by place in the log. */
export function compareFacts(one: TicketFact, other: TicketFact): number {
  return (
    Number(one.trust === 'none') - Number(other.trust === 'none') ||
    compareText(one.hlc, other.hlc) ||
    compareText(one.node, other.node) ||
    one.epoch - other.epoch ||
    one.seq - other.seq ||
    compareText(one.fork, other.fork)
  );
}

export function evolve(state: TicketState, fact: TicketFact): TicketState {
  switch (fact.kind) {
    case 'admitted':
      return admitted(state, fact);
    case 'overridden':
      return { ...state, peopleInside: state.peopleInside + fact.people };
    case 'annulled':
      return annulled(state, fact.original);
    case 'exited':
      return { ...state, peopleInside: state.peopleInside - fact.people };
    case 'voided':
      if (state.status === 'voided') return state;
      return { ...useOf(state), status: 'voided', voidedAtMs: fact.wallMs, wasBlocked: state.status === 'blocked' };
    case 'blocked':
      return blocked(state, fact.wallMs);
    case 'refused':
      return state;
    default:
      return assertNever(fact);
  }
}

function admitted(state: TicketState, fact: AdmittedFact): TicketState {
  if (state.annulled.has(factId(fact))) return state;
  return {
    ...state,
    admissions: [...state.admissions, fact],
    peopleInside: state.peopleInside + fact.people,
  };
}

function annulled(state: TicketState, original: FactRef): TicketState {
  const id = factId(original);
  if (state.annulled.has(id)) return state;
  const admission = state.admissions.find((known) => factId(known) === id);
  return {
    ...state,
    annulled: new Set([...state.annulled, id]),
    admissions: state.admissions.filter((known) => known !== admission),
    peopleInside: state.peopleInside - (admission?.people ?? 0),
  };
}

function blocked(state: TicketState, blockedAtMs: number): TicketState {
  switch (state.status) {
    case 'good':
      return { ...useOf(state), status: 'blocked', blockedAtMs };
    case 'blocked':
      return state;
    case 'voided':
      return { ...state, wasBlocked: true };
    default:
      return assertNever(state);
  }
}

const useOf = ({ admissions, annulled, peopleInside }: TicketState) => ({ admissions, annulled, peopleInside });

const compareText = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

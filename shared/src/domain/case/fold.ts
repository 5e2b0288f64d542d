import { assertNever } from '../../lib/assert.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import type { Crypto } from '../../lib/crypto.ts';
import { compareFacts } from '../admission/evolve.ts';
import { type AdmittedFact, type FactRef, factId, type TicketFact } from '../admission/state.ts';

/** Why an admission is looked at again: it was one too many (T3), or it came after a void or a block (T5). */
export const CASE_KINDS = ['contested', 'admitted_after_void', 'admitted_after_block'] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

/** An admission that a person at HQ looks at. It stands all the same: people went in. */
export interface FoundCase {
  readonly kind: CaseKind;
  readonly admission: AdmittedFact;
}

/** Written in place: whoever enrols may write any number of facts of one ticket, and each copy would be as long. */
interface Fold {
  readonly cases: FoundCase[];
  entries: number;
  voided: boolean;
  blocked: boolean;
}

/**
 * The cases that a ticket's facts give rise to, in the order that all nodes share: the same from the same facts, in
 * whatever order they came. Of more admissions than `entriesAllowed` the first ones stand and each further one is
 * contested. An admission that a void or a block precedes was made by a gate that had not heard of it. An admission is
 * one case at most; of its reasons the first in the order of a gate's verdicts (T2) names it. What a supervisor allowed
 * is never a case, and what was annulled counts for nothing.
 */
export function foundCases(facts: readonly TicketFact[], entriesAllowed: number): readonly FoundCase[] {
  const annulled = annulledIds(facts);
  const fold: Fold = { cases: [], entries: 0, voided: false, blocked: false };
  for (const fact of facts.toSorted(compareFacts)) step(fold, fact, { annulled, entriesAllowed });
  return fold.cases;
}

/** A case's name: the same on every node, and known before the case is (a closing may arrive before its opening). */
export const caseIdOf = (crypto: Crypto, ticketId: string, { node, epoch, seq, fork }: FactRef): string =>
  crypto.sha256Hex(canonicalJson([ticketId, node, epoch, seq, fork]));

/**
 * Admissions within the limit whose people had not left since their last entry (the ticket was passed back, or an exit
 * was not scanned): notes in a ticket's history, never cases (T3).
 */
export function reentryNotes(facts: readonly TicketFact[]): ReadonlySet<string> {
  const annulled = annulledIds(facts);
  const noted = new Set<string>();
  let inside = 0;
  for (const fact of facts.toSorted(compareFacts)) {
    if (fact.kind === 'exited') inside -= fact.people;
    if (fact.kind !== 'admitted' || annulled.has(factId(fact))) continue;
    if (inside > 0) noted.add(factId(fact));
    inside += fact.people;
  }
  return noted;
}

const annulledIds = (facts: readonly TicketFact[]): ReadonlySet<string> =>
  new Set(facts.flatMap((fact) => (fact.kind === 'annulled' ? [factId(fact.original)] : [])));

function step(
  fold: Fold,
  fact: TicketFact,
  { annulled, entriesAllowed }: { readonly annulled: ReadonlySet<string>; readonly entriesAllowed: number },
): void {
  switch (fact.kind) {
    case 'admitted': {
      if (annulled.size > 0 && annulled.has(factId(fact))) return;
      fold.entries += 1;
      const kind = kindOf(fold, fold.entries > entriesAllowed);
      if (kind !== null) fold.cases.push({ kind, admission: fact });
      return;
    }
    case 'voided':
      fold.voided = true;
      return;
    case 'blocked':
      fold.blocked = true;
      return;
    case 'overridden':
    case 'annulled':
    case 'exited':
    case 'refused':
      return;
    default:
      assertNever(fact);
  }
}

function kindOf({ voided, blocked }: Fold, isOneTooMany: boolean): CaseKind | null {
  if (voided) return 'admitted_after_void';
  if (blocked) return 'admitted_after_block';
  return isOneTooMany ? 'contested' : null;
}

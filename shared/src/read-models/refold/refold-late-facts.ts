import { type AskedPlace, type Fold, rowsOf } from '../ask.ts';
import type { Row } from '../row-change.ts';
import { type HeldProblem, type HoldingPlace, TOO_SLOW } from './held-problem.ts';
import { FACTS_AT_ONCE, lateFacts } from './late-facts.ts';
import { type RefoldProblem, refoldKeys } from './refold.ts';
import type { RefoldDeps } from './refolder.ts';
import { withheldRefolder } from './withheld.ts';

/** A revoked incarnation whose facts are looked at some at a time, and how far that came (X4). */
export interface DueFacts {
  readonly park: string;
  readonly node: string;
  readonly epoch: number;
  readonly after: AskedPlace;
}

export interface FactsLookedAt {
  /** Where to go on; null when all were looked at. */
  readonly next: AskedPlace | null;
  readonly problems: readonly HeldProblem[];
}

/**
 * Looks at the next facts of a revoked incarnation (X4). A fact is made anew from what is known of it, so it makes no odds
 * what was said of it, of its kiosk or of others since those before it were looked at, nor whether it is looked at twice.
 */
export function* refoldLateFacts(
  { after, ...of }: DueFacts,
  deps: RefoldDeps,
  limit: number = FACTS_AT_ONCE,
): Fold<FactsLookedAt> {
  const { places, next } = yield* lateFacts(of, after, limit);
  const keys = places.map(({ seq, hash }) => ({ ...of, hash, seq }));
  const problems = yield* refoldKeys(withheldRefolder, keys, deps);
  return { next, problems: yield* withHolders(of, problems) };
}

/** Passes the next facts over, each to be put aside: looking at them takes longer than there is. */
export function* passLateFacts({ after, ...of }: DueFacts, limit: number): Fold<FactsLookedAt> {
  const { places, next } = yield* lateFacts(of, after, limit);
  const { table: readModel } = withheldRefolder;
  const problems = places.map(({ seq, hash }) => ({ readModel, key: { ...of, hash, seq }, error: TOO_SLOW }));
  return { next, problems: yield* withHolders(of, problems) };
}

function* withHolders(of: Omit<DueFacts, 'after'>, problems: readonly RefoldProblem[]): Fold<readonly HeldProblem[]> {
  const found: HeldProblem[] = [];
  for (const problem of problems) found.push({ ...problem, heldBy: yield* holderOf(of, problem.key) });
  return found;
}

/** The event itself where it stands, else the one that recorded it again (E6). */
function* holderOf(of: Omit<DueFacts, 'after'>, key: Row): Fold<HoldingPlace> {
  const { hash = null } = key;
  const itself = { node: of.node, epoch: of.epoch, seq: Number(key['seq']) };
  if ((yield { ask: 'standing', park: of.park, ...itself }) === hash) return itself;
  const [row] = yield* rowsOf('recovered_events', { park: of.park, hash });
  return row ? { node: String(row['by_node']), epoch: Number(row['by_epoch']), seq: Number(row['by_seq']) } : itself;
}

import type { ChainedRun } from './chain-run.ts';
import type { ReadPush } from './read-push.ts';
import type { Joint } from './stream.ts';

/** Why an epoch ends here (S2, E6), and the first seq that does not fit. */
export interface PastProblem {
  readonly kind: 'equivocation' | 'chain_broken';
  readonly seq: number;
}

/**
 * A run under the author's good seal that leads elsewhere than the seal. Who may be believed about that?
 * - The seal itself is proof wherever it names another hash for a place that we hold: its author signed two pasts.
 * - Else the words decide, and words are the author's only when the author itself delivers them. A relay could have
 *   changed them under a seal it merely holds: it proves another past by sending it from where it parts (then the
 *   chain meets the seal), and until then nobody's epoch is closed on its word. null: the seal is refused.
 */
export function judgeBrokenChain(given: {
  readonly push: ReadPush;
  readonly run: ChainedRun;
  readonly joint: Joint;
  /** What we hold of the run's places. */
  readonly stored: ReadonlyMap<number, string>;
  readonly byAuthor: boolean;
}): PastProblem | null {
  const { push, run, joint, stored, byAuthor } = given;
  const { seal } = push.frame;
  const differing = differingSeq(run, stored);
  const held = stored.get(seal.to);
  if (held !== undefined && held !== seal.headHash) return { kind: 'equivocation', seq: differing ?? seal.to };
  if (!byAuthor) return null;
  // A seal of the very past that we hold, over other words: the author's copy is damaged.
  if (held !== undefined) return { kind: 'chain_broken', seq: differing ?? seal.to };
  if (differing !== null) return { kind: 'equivocation', seq: differing };
  // From here on the run goes beyond our head. Only where it begins at the stream's first event, or repeats what we
  // hold, is the past before it common: then the chain itself breaks. Else it goes on from another past.
  const isPastCommon = push.from === 1 || push.from <= joint.headSeq;
  return { kind: isPastCommon ? 'chain_broken' : 'equivocation', seq: joint.headSeq + 1 };
}

/** A run whose chain meets its seal, of which nothing went in: a repeat (null), or another past, proved by the seal. */
export function judgeKnownRun(given: {
  readonly run: ChainedRun;
  readonly stored: ReadonlyMap<number, string>;
  readonly headSeq: number;
}): PastProblem | null {
  const seq = differingSeq(given.run, given.stored);
  if (seq !== null) return { kind: 'equivocation', seq };
  // Nothing differs, yet it does not extend the head: the run begins exactly after it, on another past.
  const beyond = given.run.events.find((event) => event.seq > given.headSeq);
  return beyond ? { kind: 'equivocation', seq: beyond.seq } : null;
}

function differingSeq({ events }: ChainedRun, stored: ReadonlyMap<number, string>): number | null {
  const differing = events.find(({ seq, hash }) => stored.has(seq) && stored.get(seq) !== hash);
  return differing?.seq ?? null;
}

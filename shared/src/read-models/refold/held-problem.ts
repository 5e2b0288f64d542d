import { type FoldProblem, textOfKey } from '../check-change.ts';
import type { RefoldProblem } from './refold.ts';

/** Where an event stands that holds what could not be folded. */
export interface HoldingPlace {
  readonly node: string;
  readonly epoch: number;
  readonly seq: number;
}

/** What could not be folded of what is due some at a time, and the event that holds it: it is put aside with that (S7). */
export interface HeldProblem extends RefoldProblem {
  readonly heldBy: HoldingPlace;
}

/** Why what is passed over is put aside. */
export const TOO_SLOW = 'folding it takes too long';

/** As it stands in the quarantine. */
export const asFoldProblem = ({ readModel, key, error }: RefoldProblem): FoldProblem => ({
  readModel,
  key: textOfKey(JSON.stringify(key)),
  error,
});

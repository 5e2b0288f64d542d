/** A place in the program that is replaced by something wrong. */
export interface Edit {
  readonly file: string;
  /** Must stand exactly once in the file, so that no change of the program disarms the bug unnoticed. */
  readonly find: string;
  readonly replace: string;
}

interface Planted {
  readonly name: string;
  /** The rule it breaks. */
  readonly rule: string;
  readonly edits: readonly Edit[];
  /** What is reported broken, one of these at least: a bug that only crashes the harness is not caught by it. */
  readonly breaks: readonly string[];
}

/** Found by a park that a seed decides. */
export interface SimBug extends Planted {
  readonly harness: 'sim';
  /** Tried in turn until something is broken that the bug names: more than it takes, for seeds change their meaning. */
  readonly seeds: readonly number[];
}

/** Found by instances of the server that are busy at the same time on one real PostgreSQL. */
export interface RaceBug extends Planted {
  readonly harness: 'race';
  /** The races in which it shows. */
  readonly races: readonly string[];
  readonly rounds: number;
}

/** Shows where nothing is random and nobody races: found by the tests of the rule itself, in `breaks` by their titles. */
export interface RulesBug extends Planted {
  readonly harness: 'rules';
  /** The test file. */
  readonly tests: string;
}

/** A deliberate fault and the harness that must catch it, every time. */
export type PlantedBug = SimBug | RaceBug | RulesBug;

/** A place in the program that is replaced by something wrong. */
export interface Edit {
  readonly file: string;
  /** Must stand exactly once in the file, so that no change of the program disarms the bug unnoticed. */
  readonly find: string;
  readonly replace: string;
}

/** A deliberate fault and the harness that must catch it, every time. */
export interface PlantedBug {
  readonly name: string;
  /** The rule it breaks. */
  readonly rule: string;
  readonly harness: 'sim' | 'race';
  readonly edits: readonly Edit[];
  /** Seeds of the simulator, the first that fails ends the search; rounds of the race come by themselves. */
  readonly seeds?: { readonly from: number; readonly count: number };
  /** What is reported broken, one of these at least: a bug that only crashes the harness is not caught by it. */
  readonly breaks: readonly string[];
}

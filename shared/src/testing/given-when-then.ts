/** A rule as three pure functions (rule 17 of the style). */
export interface Decider<State, Command, Fact, Decision> {
  readonly initialState: State;
  evolve(state: State, fact: Fact): State;
  decide(command: Command, state: State): Decision;
}

/** `specify(decider)(facts).when(command)` is what the decider says: given these facts, when asked that, then this. */
export const specify =
  <State, Command, Fact, Decision>(decider: Decider<State, Command, Fact, Decision>) =>
  (...facts: readonly Fact[]) => ({
    when: (command: Command): Decision =>
      decider.decide(
        command,
        facts.reduce((state, fact) => decider.evolve(state, fact), decider.initialState),
      ),
  });

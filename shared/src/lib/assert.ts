/** Stops at a broken invariant: an error of ours, never of the input. It reaches the process's top handler. */
export function assert(condition: unknown, invariant: string): asserts condition {
  if (!condition) throw new Error(`broken invariant: ${invariant}`);
}

/** Closes a switch over a union: a case added to the union and not to the switch does not compile. */
export function assertNever(value: never): never {
  throw new Error(`broken invariant: unexpected ${JSON.stringify(value)}`);
}

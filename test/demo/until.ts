/**
 * Waits for a condition by asking again, not by guessing how long it takes.
 * @throws with `what` if it does not come true in time
 */
export async function until<Value>(
  what: string,
  ask: () => Promise<Value | null | false | undefined> | Value | null | false | undefined,
  options: { readonly timeoutMs?: number; readonly everyMs?: number } = {},
): Promise<Value> {
  const { timeoutMs = 30_000, everyMs = 50 } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs / 1000} s in vain for ${what}`);
    await new Promise((done) => setTimeout(done, everyMs));
  }
}

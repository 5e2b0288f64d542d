/** A kiosk whose network comes back may wait half a minute before it asks again (S5), and machines are slow. */
const PATIENCE_MS = 90_000;

/**
 * Waits for a condition by asking again, not by guessing how long it takes.
 * @throws with `what` if it does not come true in time
 */
export async function until<Value>(
  what: string,
  ask: () => Promise<Value | null | false | undefined> | Value | null | false | undefined,
  options: { readonly timeoutMs?: number; readonly everyMs?: number } = {},
): Promise<Value> {
  const { timeoutMs = PATIENCE_MS, everyMs = 50 } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs / 1000} s in vain for ${what}`);
    await new Promise((done) => setTimeout(done, everyMs));
  }
}

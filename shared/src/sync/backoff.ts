const BASE_MS = 500;
const CAP_MS = 30_000;

/** The largest wait before try number `attempt` (0 is the first retry), in milliseconds. */
export const backoffCeilingMs = (attempt: number): number => Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt, 20));

/**
 * How long to wait before a retry: full jitter (S5), so that a park's kiosks do not come back in step after an outage.
 * A server's Retry-After is the least it may be; the jitter comes on top of it.
 * @param fraction uniform in [0, 1)
 */
export function backoffMs(attempt: number, fraction: number, retryAfterMs = 0): number {
  return retryAfterMs + Math.floor(fraction * backoffCeilingMs(attempt));
}

/** `Retry-After` in seconds as milliseconds; 0 where it is missing or no number. Bounded: no header stops us for a day. */
export function retryAfterMs(header: string | undefined): number {
  const seconds = header === undefined ? 0 : Number(header);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(Math.ceil(seconds * 1000), 10 * 60_000) : 0;
}

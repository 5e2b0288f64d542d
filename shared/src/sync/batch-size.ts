import { PUSH_BYTES_MAX, PUSH_EVENTS_MAX } from '../protocol/limits.ts';

/** How much goes into the next push (S5). */
export interface BatchSize {
  readonly events: number;
  readonly bytes: number;
}

const BYTES_MIN = 8 * 1024;

export const FIRST_BATCH: BatchSize = { events: 100, bytes: PUSH_BYTES_MAX };

/** A push went through: twice as much next time, within what the server will gladly take. */
export const batchAfterSuccess = (size: BatchSize, credits: number): BatchSize => ({
  events: Math.max(1, Math.min(size.events * 2, credits, PUSH_EVENTS_MAX)),
  bytes: Math.min(size.bytes * 2, PUSH_BYTES_MAX),
});

/** A push was too large, or its line too slow: half as much. Never nothing: one transaction always goes. */
export const batchAfterFailure = (size: BatchSize): BatchSize => ({
  events: Math.max(1, Math.floor(size.events / 2)),
  bytes: Math.max(BYTES_MIN, Math.floor(size.bytes / 2)),
});

/** True if there is nothing left to halve. */
export const isSmallestBatch = (size: BatchSize): boolean => size.events === 1 && size.bytes === BYTES_MIN;

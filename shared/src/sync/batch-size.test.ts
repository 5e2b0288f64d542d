import { describe, expect, it } from 'vitest';
import { PUSH_BYTES_MAX, PUSH_EVENTS_MAX } from '../protocol/limits.ts';
import { batchAfterFailure, batchAfterSuccess, FIRST_BATCH, isSmallestBatch } from './batch-size.ts';

describe('S5: batch size adapts', () => {
  it('grows to the limit of the protocol and never past the credits', () => {
    let size = FIRST_BATCH;
    for (let push = 0; push < 10; push += 1) size = batchAfterSuccess(size, PUSH_EVENTS_MAX);
    expect(size).toEqual({ events: PUSH_EVENTS_MAX, bytes: PUSH_BYTES_MAX });
    expect(batchAfterSuccess(size, 20).events).toBe(20);
    expect(batchAfterSuccess(size, 0).events).toBe(1);
  });

  it('halves down to one transaction and no further', () => {
    let size = FIRST_BATCH;
    for (let push = 0; push < 30; push += 1) size = batchAfterFailure(size);
    expect(size.events).toBe(1);
    expect(isSmallestBatch(size)).toBe(true);
    expect(isSmallestBatch(FIRST_BATCH)).toBe(false);
    expect(batchAfterSuccess(size, 500).events).toBe(2);
  });
});

import { describe, expect, it } from 'vitest';
import { backoffCeilingMs, backoffMs, retryAfterMs } from './backoff.ts';

describe('S5: reconnect with full jitter', () => {
  it('doubles the ceiling and stops at 30 s', () => {
    expect([0, 1, 2, 5, 6, 60].map(backoffCeilingMs)).toEqual([500, 1000, 2000, 16_000, 30_000, 30_000]);
  });

  it('spreads over the whole time from zero to the ceiling', () => {
    expect(backoffMs(3, 0)).toBe(0);
    expect(backoffMs(3, 0.5)).toBe(2000);
    expect(backoffMs(3, 0.999)).toBe(3996);
  });

  it('waits at least as long as the server says', () => {
    expect(backoffMs(0, 0, 7000)).toBe(7000);
    expect(backoffMs(1, 0.5, 7000)).toBe(7500);
  });

  it('reads Retry-After and survives nonsense', () => {
    expect(retryAfterMs('2')).toBe(2000);
    expect(retryAfterMs('0.5')).toBe(500);
    expect(retryAfterMs('999999999')).toBe(600_000);
    for (const header of [undefined, '', 'soon', '-3', 'NaN']) expect(retryAfterMs(header)).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { countsTotalMinor, denominationsFrom } from './denomination-count.ts';

describe('a counted drawer', () => {
  it('adds up what was typed and leaves out what was not counted', () => {
    const counts = { 100000: '3', 50000: '', 500: '07', 100: '0' };
    expect(countsTotalMinor(counts)).toBe(303_500);
    expect(denominationsFrom(counts)).toEqual([
      { valueMinor: 100_000, count: 3 },
      { valueMinor: 500, count: 7 },
    ]);
  });

  it('is empty, not wrong, before anything was typed', () => {
    expect(countsTotalMinor({})).toBe(0);
    expect(denominationsFrom({})).toEqual([]);
  });
});

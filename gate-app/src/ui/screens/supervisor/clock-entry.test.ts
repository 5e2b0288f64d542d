import { describe, expect, it } from 'vitest';
import { dateShown, entryOf, isTyped, timeShown } from './clock-entry.ts';

describe('H2: the time a supervisor types', () => {
  it('H2: is a date of the calendar and a time of the day, or nothing yet', () => {
    expect(entryOf({ date: '21112026', time: '1042' })).toEqual({ date: '2026-11-21', time: '10:42' });
    expect(entryOf({ date: '29022028', time: '0000' })).toEqual({ date: '2028-02-29', time: '00:00' });
    expect(entryOf({ date: '29022026', time: '1042' })).toBeNull();
    expect(entryOf({ date: '21112026', time: '2460' })).toBeNull();
    expect(entryOf({ date: '2111', time: '1042' })).toBeNull();
  });

  it('H2: is told from one that is not typed to its end when there is no such time', () => {
    expect(isTyped({ date: '29022026', time: '1042' })).toBe(true);
    expect(isTyped({ date: '21112026', time: '2565' })).toBe(true);
    expect(isTyped({ date: '21112026', time: '25' })).toBe(false);
  });

  it('is shown as it is typed', () => {
    expect(dateShown('2111')).toBe('21.11');
    expect(dateShown('21112026')).toBe('21.11.2026');
    expect(timeShown('104')).toBe('10:4');
  });
});

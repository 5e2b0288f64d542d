import { describe, expect, it } from 'vitest';
import { kyrgyzDate, kyrgyzDay, kyrgyzShortDate } from './kyrgyz-dates.ts';

describe('Kyrgyz dates', () => {
  it.each([
    ['2026-11-21', 'ишм, 21-ноябрь'],
    ['2026-11-22', 'жек, 22-ноябрь'],
    ['2026-01-01', 'бейш, 1-январь'],
    ['2028-02-29', 'шейш, 29-февраль'],
    ['2027-03-01', 'дүй, 1-март'],
  ])('%s is %s', (date, text) => expect(kyrgyzDate(date)).toBe(text));

  it('are written with and without the weekday or the month', () => {
    expect(kyrgyzDay('2026-11-21')).toBe('21-ноябрь');
    expect(kyrgyzShortDate('2026-11-21')).toBe('ишм, 21');
  });
});

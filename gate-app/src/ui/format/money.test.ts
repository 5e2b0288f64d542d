import { describe, expect, it } from 'vitest';
import { denominationsOf, formatAmount, formatCount, formatMoney, quickTenders } from './money.ts';

const NBSP = '\u00a0';

describe('money on the screens', () => {
  it('groups thousands and keeps the unit beside the number with spaces that do not break', () => {
    expect(formatMoney(125_000, 'KGS', 'ru')).toBe(`1${NBSP}250${NBSP}сом`);
    expect(formatMoney(125_000, 'KGS', 'en')).toBe(`1${NBSP}250${NBSP}som`);
    expect(formatMoney(318_450_000, 'KGS', 'ky')).toBe(`3${NBSP}184${NBSP}500${NBSP}сом`);
  });

  it('shows minor units only where there are some, and negatives with a true minus', () => {
    expect(formatAmount(125_050, 'KGS')).toBe(`1${NBSP}250,50`);
    expect(formatAmount(5, 'KGS')).toBe('0,05');
    expect(formatAmount(0, 'KGS')).toBe('0');
    expect(formatAmount(-25_000, 'KGS')).toBe('\u2212250');
  });

  it('knows currencies without minor units, and survives codes that no one knows', () => {
    expect(formatMoney(1250, 'JPY', 'en')).toBe(`1${NBSP}250${NBSP}JPY`);
    expect(formatMoney(100, 'not a code', 'ru')).toBe(`1${NBSP}not a code`);
  });

  it('writes counts', () => {
    expect(formatCount(1842)).toBe(`1${NBSP}842`);
    expect(formatCount(999)).toBe('999');
    expect(formatCount(1_000_000)).toBe(`1${NBSP}000${NBSP}000`);
  });
});

describe('quick notes', () => {
  const som = (amounts: readonly number[]) => amounts.map((amount) => amount / 100);

  it('offers what a guest is likely to hand over', () => {
    expect(som(quickTenders(125_000, 'KGS'))).toEqual([1500, 2000, 5000]);
    expect(som(quickTenders(15_000, 'KGS'))).toEqual([200, 500, 1000]);
    expect(som(quickTenders(600_000, 'KGS'))).toEqual([6500, 7000, 8000]);
  });

  it('never offers the exact amount again, nor less', () => {
    for (const total of [0, 100, 50_000, 100_000, 500_000, 1_234_500]) {
      for (const tender of quickTenders(total, 'KGS')) expect(tender).toBeGreaterThan(total);
    }
  });

  it('counts a drawer in Kyrgyz notes and coins', () => {
    expect(som(denominationsOf('KGS'))).toEqual([5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 3, 1]);
  });
});

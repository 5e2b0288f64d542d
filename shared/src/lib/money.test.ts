import { describe, expect, it } from 'vitest';
import { addMoney, type Money, minorDigitsOf, moneyParts, multiplyMoney, parseCurrency, parseMoney } from './money.ts';

const money = (minor: number, currency = 'KGS'): Money => {
  const parsed = parseMoney(minor, currency);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

describe('money', () => {
  it('M1: is whole minor units with a currency', () => {
    expect(parseMoney(40_000, 'KGS')).toEqual({ ok: true, value: { minor: 40_000, currency: 'KGS' } });
    for (const minor of [0.1, Number.NaN, 2 ** 53]) expect(parseMoney(minor, 'KGS').ok).toBe(false);
    for (const currency of ['kgs', 'som', 'KGSS', '']) expect(parseCurrency(currency).ok).toBe(false);
  });

  it('M1: adds and multiplies exactly', () => {
    expect(addMoney(money(10), money(20)).minor).toBe(30);
    expect(multiplyMoney(money(33), 3).minor).toBe(99);
  });

  it('stops at two currencies, a broken factor and a sum beyond exact arithmetic', () => {
    expect(() => addMoney(money(1), money(1, 'USD'))).toThrow('not added');
    expect(() => multiplyMoney(money(1), 0.5)).toThrow('no whole factor');
    expect(() => addMoney(money(Number.MAX_SAFE_INTEGER), money(1))).toThrow('beyond exact');
  });

  it.each([
    [123_456, 'KGS', '1234', '56', false],
    [5, 'KGS', '0', '05', false],
    [-5, 'KGS', '0', '05', true],
    [1500, 'JPY', '1500', '', false],
    [1500, 'KWD', '1', '500', false],
  ])('cuts %i %s for writing by the digits of its currency', (minor, currency, whole, fraction, negative) => {
    expect(moneyParts(money(minor, currency))).toEqual({ whole, fraction, negative, currency });
  });

  it('knows currencies without hundredths', () => {
    expect(['KGS', 'EUR', 'KRW', 'BHD'].map(minorDigitsOf)).toEqual([2, 2, 0, 3]);
  });
});

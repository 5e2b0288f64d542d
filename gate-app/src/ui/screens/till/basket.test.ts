import { describe, expect, it } from 'vitest';
import { FAKE_CATALOGUE } from '../../testing/fake-data.ts';
import { type Basket, basketAfter, LINES_MAX, QUANTITY_MAX, shownTotal, tilesOf } from './basket.ts';

const line = (unitId: string, more: { date?: string; slot?: string } = {}) => ({
  productId: 'day',
  unitId,
  date: '2026-11-21',
  slot: 'day',
  ...more,
});
const add = (basket: Basket, unitId: string) => basketAfter(basket, { kind: 'add', line: line(unitId) });

describe('the basket', () => {
  it('a touch adds one; the next touch on the same ticket makes it two', () => {
    const basket = add(add(add([], 'adult'), 'child'), 'adult');
    expect(basket).toEqual([
      { ...line('adult'), quantity: 2 },
      { ...line('child'), quantity: 1 },
    ]);
  });

  it('the same ticket for another day or time is a line of its own', () => {
    const tomorrow = line('adult', { date: '2026-11-22' });
    const later = line('adult', { slot: '11:30' });
    const basket = [tomorrow, later].reduce((so, one) => basketAfter(so, { kind: 'add', line: one }), add([], 'adult'));
    expect(basket.map(({ quantity }) => quantity)).toEqual([1, 1, 1]);
  });

  it('taking away the last one removes the line and leaves the others in place', () => {
    const basket = basketAfter(add(add([], 'adult'), 'child'), { kind: 'remove', line: line('adult') });
    expect(basket).toEqual([{ ...line('child'), quantity: 1 }]);
  });

  it('taking away what is not there changes nothing', () => {
    const basket = add([], 'adult');
    expect(basketAfter(basket, { kind: 'remove', line: line('child') })).toEqual(basket);
  });

  it('stays within what the kiosk takes', () => {
    const full: Basket = [{ ...line('adult'), quantity: QUANTITY_MAX }];
    expect(add(full, 'adult')).toEqual(full);
    const wide: Basket = Array.from({ length: LINES_MAX }, (_, index) => ({ ...line(`u${index}`), quantity: 1 }));
    expect(add(wide, 'adult')).toHaveLength(LINES_MAX);
  });

  it('is empty after clearing', () => {
    expect(basketAfter(add([], 'adult'), { kind: 'clear' })).toEqual([]);
  });

  it('knows its total before the kiosk has answered', () => {
    const prices = new Map([
      ['day/adult', 50_000],
      ['day/child', 25_000],
    ]);
    expect(shownTotal(add(add(add([], 'adult'), 'child'), 'adult'), prices)).toBe(125_000);
  });
});

describe('the tiles of a till', () => {
  it('one a unit for a day ticket, one a time for a simple timed one, one that opens for the rest', () => {
    const tiles = tilesOf(FAKE_CATALOGUE).map(({ product, unit, slot }) => [
      product.productId,
      unit?.unitId ?? null,
      slot?.slot ?? null,
    ]);
    expect(tiles).toEqual([
      ['day', 'adult', 'day'],
      ['day', 'child', 'day'],
      ['day', 'small', 'day'],
      ['day', 'family', 'day'],
      ['wheel', 'adult', '11:00'],
      ['wheel', 'adult', '11:30'],
      ['wheel', 'adult', '12:00'],
      ['rope', null, null],
    ]);
  });
});

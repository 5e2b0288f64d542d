import type { TFunction } from 'i18next';
import { describe, expect, it } from 'vitest';
import { editWords } from './edit-words.ts';

const words = (en: string) => ({ ru: en, ky: en, en });
const writing = {
  t: ((key: string) => key.split('.').at(-1)) as TFunction,
  format: {
    words: (text: { en: string } | null | undefined) => text?.en ?? '',
    money: (minor: number) => `${minor / 100} som`,
  },
  products: [
    {
      productId: 'day-ticket',
      name: words('Day ticket'),
      units: [{ unitId: 'adult', name: words('Adult'), priceMinor: 56_000 }],
    },
  ],
};

describe('an edit in words', () => {
  it('names the product and the unit, and writes prices as money', () => {
    const change = { path: 'products.day-ticket.units.adult.priceMinor', from: '50000', to: '56000' };
    expect(editWords(change, writing)).toEqual({ about: 'Day ticket · Adult · price', from: '500 som', to: '560 som' });
  });

  it('names the date of a price for one date, and what was not there before', () => {
    const change = { path: 'products.day-ticket.units.adult.prices.2026-12-31', from: '', to: '70000' };
    expect(editWords(change, writing)).toEqual({
      about: 'Day ticket · Adult · price · 2026-12-31',
      from: '–',
      to: '700 som',
    });
  });

  it('names the language of a name', () => {
    const change = { path: 'products.day-ticket.name.en', from: 'Day ticket', to: 'Mountain day' };
    expect(editWords(change, writing)).toEqual({
      about: 'Day ticket · name, en',
      from: 'Day ticket',
      to: 'Mountain day',
    });
  });

  it('says that a product was added, and that it goes on sale or off it', () => {
    const path = 'products.day-ticket.active';
    expect(editWords({ path, from: '', to: 'true' }, writing)).toEqual({ about: 'Day ticket', from: '–', to: 'added' });
    expect(editWords({ path, from: 'true', to: 'false' }, writing)).toEqual({
      about: 'Day ticket',
      from: 'onSale',
      to: 'withdrawn',
    });
  });

  it('falls back to ids and paths it has no words for', () => {
    const gone = { path: 'products.gone.units.adult.priceMinor', from: '1', to: '2' };
    expect(editWords(gone, writing).about).toBe('gone · adult · price');
    expect(editWords({ path: 'products.day-ticket.kind', from: 'day', to: 'timed' }, writing).about).toBe(
      'products.day-ticket.kind',
    );
  });
});

import type { CatalogueDocument } from '@skygate/shared/documents/catalogue-document';
import { describe, expect, it } from 'vitest';
import { catalogue as oneProduct, park } from '../testing/test-documents.ts';
import { wishesOf } from './wishes.ts';

const MORNING_MS = Date.parse('2026-11-21T03:00:00Z');

describe('what a till asks for', () => {
  it('C4: asks for every slot in its turn where there are more than one question takes', () => {
    const [product] = Object.values(oneProduct.products);
    if (!product) throw new Error('the test has a product');
    const products = Object.fromEntries(
      Array.from({ length: 120 }, (_, index) => [
        `ride-${index}`,
        { ...product, kind: 'timed', active: true, startTimes: { '19:00': true } },
      ]),
    );
    const catalogue = { ...oneProduct, products } as unknown as CatalogueDocument;
    const asked = new Set<string>();
    for (let minute = 0; minute < 3; minute += 1) {
      const nowMs = MORNING_MS + minute * 60_000;
      const input = { catalogue, park, businessDate: '2026-11-21', nowMs, shares: [], sold: [] };
      const wishes = wishesOf(input);
      expect(wishes).toHaveLength(50);
      for (const { slot } of wishes) asked.add(slot);
    }
    expect(asked.size).toBe(120);
  });
});

import { ID_PATTERN } from '@skygate/shared/lib/ids';
import { describe, expect, it } from 'vitest';
import { newCommandId, pendingSales } from './pending-sale.ts';

function storeInMemory() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

describe('a sale on its way', () => {
  const sale = { commandId: '0123456789ABCDEF', lines: [], tenderedMinor: 100, expectedTotalMinor: 100 };

  it('outlives a reload of the screen with its command id, until its answer was seen', () => {
    const store = storeInMemory();
    pendingSales(store).write(sale);
    const afterReload = pendingSales(store);
    expect(afterReload.read()).toEqual(sale);
    afterReload.forget();
    expect(pendingSales(store).read()).toBeNull();
  });

  it('a damaged note is dropped and never stops a till', () => {
    const store = storeInMemory();
    pendingSales(store).write(sale);
    for (const key of store.kept.keys()) store.kept.set(key, '{"commandId"');
    expect(pendingSales(store).read()).toBeNull();
    expect(store.kept.size).toBe(0);
  });

  it('every command id is new and has the form the kiosk takes', () => {
    const ids = new Set(Array.from({ length: 100 }, newCommandId));
    expect(ids.size).toBe(100);
    for (const id of ids) expect(id).toMatch(new RegExp(ID_PATTERN));
  });
});

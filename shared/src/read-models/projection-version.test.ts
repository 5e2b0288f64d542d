import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVENT_CATALOGUE, isSaidByHqAlone } from '../events/catalogue.ts';
import type { Event } from '../events/envelope.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { Json } from '../lib/json.ts';
import { foldPlain } from './fold-event.ts';
import { PROJECTION_VERSION } from './projection-version.ts';
import { REFOLDERS } from './refold/refolders.ts';
import { TABLES } from './tables.ts';

/**
 * What events are read by, what they fold to and into which rows, in each version of the read models. A kiosk or server
 * tries again what it put aside only where this number has grown (S7): whoever changes any of it raises
 * `PROJECTION_VERSION` and adds the new hash. The hash of a version that was shipped is never edited; one that was not may be.
 */
const FOLD_HASHES: Readonly<Record<number, string>> = {
  3: '716e42e0ae28b4687067fa0b82c701ba24ce143dad05b14d2e93b92e65686f82',
};

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value));
const goldens = globSync(join(import.meta.dirname, '../events/golden/*.json')).sort();

/** Also by example: the golden events are one of each version of each type. */
function whatIsFolded() {
  const types = Object.keys(EVENT_CATALOGUE);
  const folds = goldens.map((file) => {
    const { event } = JSON.parse(readFileSync(file, 'utf8')) as { readonly event: Event };
    return [basename(file, '.json'), foldPlain(event)] as const;
  });
  return {
    catalogue: asJson(EVENT_CATALOGUE),
    hqAlone: types.filter(isSaidByHqAlone).sort(),
    tables: asJson(TABLES),
    refolders: asJson(REFOLDERS),
    folds: asJson(Object.fromEntries(folds)),
  };
}

const hashOf = (value: Json): string => createHash('sha256').update(canonicalJson(value)).digest('hex');

describe('S7: the version of the read models', () => {
  it('is raised with whatever changes what an event folds to: else nobody tries again what an older program put aside', () => {
    const why = `raise PROJECTION_VERSION above ${PROJECTION_VERSION} if that was shipped, and add the new hash`;
    expect(hashOf(whatIsFolded()), why).toBe(FOLD_HASHES[PROJECTION_VERSION]);
    expect(PROJECTION_VERSION).toBe(Math.max(...Object.keys(FOLD_HASHES).map(Number)));
  });

  it('is of every field, every column and every row', () => {
    const { catalogue, tables, refolders, folds } = whatIsFolded();
    expect(catalogue).toHaveProperty('CashMoved.1.properties.reason.maxLength', 500);
    expect(tables).toHaveProperty('ticket_facts.columns');
    expect(refolders).toMatchObject(REFOLDERS.map(({ table }) => ({ table })));
    expect(Object.keys(folds as object)).toHaveLength(goldens.length);
    expect(folds).toMatchObject({ 'CapacitySet.1': { changes: [{ table: 'capacity' }], problems: [] } });
  });
});

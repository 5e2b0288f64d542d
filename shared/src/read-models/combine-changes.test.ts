import { describe, expect, it } from 'vitest';
import { SUM_DELTA_MAX } from './check-change.ts';
import { combineUpserts, type Upsert } from './combine-changes.ts';

const refusal = (count: number): Upsert => ({
  op: 'add',
  table: 'refusals',
  key: { park: 'p', business_date: '2026-11-21', gate_id: 'g', reason: 'voided' },
  deltas: { count },
});
const capacity = (order: string, places: number): Upsert => ({
  op: 'latest',
  table: 'capacity',
  key: { park: 'p', date: '2026-11-21', slot: 'day' },
  order,
  values: { places },
});

describe('S7: many changes of one key are one row', () => {
  it('adds what commutes, each table and key by itself', () => {
    const rows = combineUpserts([refusal(1), capacity('b', 20), refusal(2), capacity('a', 10)]);
    expect(rows.get('refusals')).toMatchObject([{ gate_id: 'g', count: 3 }]);
    expect(rows.get('capacity')).toMatchObject([{ places: 20 }]);
  });

  it('goes on where numbers are no longer exact', () => {
    const many = Array.from({ length: 10_000 }, () => refusal(SUM_DELTA_MAX));
    expect(combineUpserts(many).get('refusals')).toMatchObject([{ count: 10_000_000_000_000_000n }]);
    const back = combineUpserts([...many, ...many.map(() => refusal(-SUM_DELTA_MAX)), refusal(7)]);
    expect(Number(back.get('refusals')?.[0]?.['count'])).toBe(7);
  });
});

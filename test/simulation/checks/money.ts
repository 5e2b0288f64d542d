import type { Check, FinalState } from '../invariants.ts';

type Row = Readonly<Record<string, unknown>>;

/**
 * M1, day by day and shift by shift: sales = what they sold = what was paid = the shifts' sums, and a shift's report says
 * what was in it. On kiosks too: their rows are the same (see `sameState`).
 */
export const moneyByDay: Check = (state, report) => {
  const { server } = state;
  const days = [sumBy(server.rows('sales'), 'business_date', 'total_minor')];
  days.push(sumBy(server.rows('sales_totals'), 'business_date', 'amount_minor'));
  days.push(sumBy(server.rows('payment_totals'), 'business_date', 'amount_minor'));
  differences(days, (date, sums) => report(`${date}: sales, products, payments: ${sums}`));
  const shifts = [sumBy(server.rows('sales'), 'shift_id', 'total_minor')];
  shifts.push(sumBy(server.rows('shift_totals'), 'shift_id', 'sales_minor'));
  differences(shifts, (shift, sums) => report(`shift ${shift}: sales, shift: ${sums}`));
  reports(state, report);
};

/** Z reports: written by the till from what it knew, so a till of which copies were used may have said another thing. */
function reports({ server, kiosks, gone, imaged }: FinalState, report: (found: string) => void): void {
  const copied = new Set([...kiosks, ...gone].filter(({ name }) => imaged.has(name)).map(({ node }) => node));
  const opened = byShift(server.rows('shifts'));
  const totals = byShift(server.rows('shift_totals'));
  // X4: a drawer was counted with money in it that nobody has accepted yet.
  const waiting = new Set(server.rows('withheld_facts').map(({ node, epoch }) => `${node}/${epoch}`));
  for (const [shift, closing] of byShift(server.rows('shift_closings'))) {
    const shiftRow = opened.get(shift);
    if (copied.has(String(shiftRow?.['node']))) continue;
    if (waiting.has(`${shiftRow?.['node']}/${shiftRow?.['epoch']}`)) continue;
    const of = (rows: ReadonlyMap<string, Row>, column: string): number => Number(rows.get(shift)?.[column] ?? 0);
    const expected = of(opened, 'float_minor') + of(totals, 'cash_minor') + of(totals, 'moved_minor');
    if (Number(closing['expected_minor']) !== expected) {
      report(`shift ${shift} closed with ${closing['expected_minor']}, its rows come to ${expected}`);
    }
    if (Number(closing['sales_count']) !== of(totals, 'sales_count')) {
      report(`shift ${shift} closed with ${closing['sales_count']} sales of ${of(totals, 'sales_count')}`);
    }
  }
}

const byShift = (rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [String(row['shift_id']), row]));

function sumBy(rows: readonly Row[], key: string, column: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const name = String(row[key]);
    sums.set(name, (sums.get(name) ?? 0) + Number(row[column]));
  }
  return sums;
}

function differences(sums: readonly ReadonlyMap<string, number>[], report: (key: string, sums: string) => void): void {
  for (const key of new Set(sums.flatMap((one) => [...one.keys()]))) {
    const all = sums.map((one) => one.get(key) ?? 0);
    if (new Set(all).size > 1) report(key, all.join());
  }
}

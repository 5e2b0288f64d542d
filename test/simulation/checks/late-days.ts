import type { Check } from '../invariants.ts';

/**
 * H2: HQ is shown each closed day that late sales changed. Counted apart from it: sales of a day that stand in the log
 * behind the day's root, which HQ writes at the cut-off.
 */
export const lateDays: Check = ({ server, pulls, lateDays: shown }, report) => {
  // A log that began anew was received anew.
  if (pulls === null) return;
  const roots = new Map(
    server.events.flatMap(({ type, body, position }) =>
      type === 'LogRooted' ? [[String(body['businessDate']), position] as const] : [],
    ),
  );
  for (const [date, root] of roots) {
    const late = server.events.filter(
      ({ type, body, position }) => type === 'SaleCompleted' && body['businessDate'] === date && position > root,
    );
    const count = shown.find(({ businessDate }) => businessDate === date)?.count ?? 0;
    if (count < late.length) report(`${date}: ${late.length} sales came late, HQ is shown ${count}`);
  }
};

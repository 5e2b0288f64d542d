import type { Check } from '../invariants.ts';
import { waitingFacts } from './revoked.ts';

/**
 * H2: HQ is shown each closed day that late sales changed. Counted apart from it: sales of a day that stand in the log
 * behind the day's root, which HQ writes at the cut-off. What waits for a person since its kiosk was revoked changes no
 * day until it is accepted (X4).
 */
export const lateDays: Check = ({ server, book, pulls, lateDays: shown }, report) => {
  // A log that began anew was received anew.
  if (pulls === null) return;
  const roots = new Map(
    server.events.flatMap(({ type, body, position }) =>
      type === 'LogRooted' ? [[String(body['businessDate']), position] as const] : [],
    ),
  );
  const waiting = waitingFacts({ server, book });
  for (const [date, root] of roots) {
    const late = server.events.filter(
      ({ type, body, position, node, epoch, seq }) =>
        type === 'SaleCompleted' &&
        body['businessDate'] === date &&
        position > root &&
        !waiting.has(`${node}/${epoch}/${seq}`),
    );
    const count = shown.find(({ businessDate }) => businessDate === date)?.count ?? 0;
    if (count < late.length) report(`${date}: ${late.length} sales came late, HQ is shown ${count}`);
  }
};

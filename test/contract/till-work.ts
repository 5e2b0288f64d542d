import type { Reply } from '@skygate/gate-app/rpc-contract/kiosk-api';
import type { SaleQuote, SaleReceipt } from '@skygate/gate-app/rpc-contract/till-view';
import { DATE } from '../simulation/headquarters.ts';
import type { KioskHost } from '../simulation/kiosk-host.ts';
import type { RunningPark } from './running-park.ts';

const LINES = [{ productId: 'day-ticket', unitId: 'adult', quantity: 1, date: DATE, slot: 'day' }];
let commands = 0;
const newCommandId = (): string => {
  commands += 1;
  return `command-${commands}`.padEnd(16, '0');
};

/** What a cashier who is logged in does, as far as many stories need it alike. */
export function cashierAt(park: RunningPark, till: KioskHost) {
  const quote = (): Promise<Reply<SaleQuote>> => park.call(till, (api) => api.quoteSale({ lines: LINES }));
  return {
    openShift: (): Promise<Reply<unknown>> =>
      park.call(till, (api) => api.openShift({ floatMinor: 0, denominations: [] })),
    /** The price of one ticket for one grown-up today. */
    quote,
    /** Sells it for cash, to the last coin. */
    sell: async (): Promise<Reply<SaleReceipt>> => {
      const quoted = await quote();
      if (!quoted.ok) return quoted;
      const { totalMinor } = quoted.value;
      const sale = {
        commandId: newCommandId(),
        lines: LINES,
        tenderedMinor: totalMinor,
        expectedTotalMinor: totalMinor,
      };
      return park.call(till, (api) => api.completeSale(sale));
    },
    /** Puts a coin into the drawer, for a reason that is typed. */
    moveCash: (reason: string): Promise<Reply<unknown>> =>
      park.call(till, (api) => api.moveCash({ commandId: newCommandId(), amountMinor: 100, reason })),
  };
}

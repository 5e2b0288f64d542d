import { idFromBytes } from '@skygate/shared/lib/ids';
import type { SaleLineInput } from '../../../rpc-contract/till-view.ts';

/** A sale that was sent to the kiosk and whose answer has not been seen: it must be asked again, never made again. */
export interface PendingSale {
  readonly commandId: string;
  readonly lines: readonly SaleLineInput[];
  readonly tenderedMinor: number;
  readonly expectedTotalMinor: number;
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const STORED_AS = 'skygate.pending-sale';

/** Survives a reload of the screen; ends with the answer. */
export interface PendingSales {
  read(): PendingSale | null;
  write(sale: PendingSale): void;
  forget(): void;
}

export function pendingSales(store: Store): PendingSales {
  return {
    read: () => {
      const text = store.getItem(STORED_AS);
      if (text === null) return null;
      try {
        return JSON.parse(text) as PendingSale;
      } catch {
        store.removeItem(STORED_AS);
        return null;
      }
    },
    write: (sale) => store.setItem(STORED_AS, JSON.stringify(sale)),
    forget: () => store.removeItem(STORED_AS),
  };
}

/** A fresh id for one press of `Pay`: two presses for one guest share it, two guests never do. */
export const newCommandId = (): string => idFromBytes(crypto.getRandomValues(new Uint8Array(10)));

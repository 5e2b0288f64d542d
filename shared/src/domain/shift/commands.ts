import type { DenominationCount } from './events.ts';

/** A cashier takes over a drawer. */
export interface OpenShift {
  readonly floatMinor: number;
  /** Notes and coins of the float; empty if it was not counted by them. */
  readonly denominations: readonly DenominationCount[];
}

/** Cash goes into the drawer (positive) or out of it (negative) outside a sale. */
export interface MoveCash {
  readonly amountMinor: number;
  readonly reason: string;
}

/** The drawer is counted and the shift ends. */
export interface CloseShift {
  readonly denominations: readonly DenominationCount[];
  /** Needed if the count differs from what is expected. */
  readonly reason: string;
}

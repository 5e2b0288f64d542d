import type { WantedLine } from '../pricing/quote.ts';

/** A cashier takes the money: sell these lines for cash. */
export interface CompleteSale {
  /** Becomes the cause of the sale's events; a repeated command finds its sale by it. */
  readonly commandId: string;
  readonly lines: readonly WantedLine[];
  readonly tenderedMinor: number;
  /** What the screen showed: a price changed meanwhile is refused, never silently charged. */
  readonly expectedTotalMinor: number;
  /** C3: who lets it go past the till's share, and why; null for a sale within it. */
  readonly pastShare: { readonly actor: string; readonly reason: string } | null;
}

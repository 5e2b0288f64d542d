import type { WantedLine } from '../pricing/quote.ts';

/** Places are set aside for a buyer until `expiresMs`. */
export interface HoldBooking {
  /** The seller's own: asking again with it changes nothing. */
  readonly bookingId: string;
  /** `online`, `phone`, `octo:<reseller>`. */
  readonly channel: string;
  readonly lines: readonly WantedLine[];
  readonly expiresMs: number;
}

export interface CancelBooking {
  readonly bookingId: string;
  readonly reason: string;
}

/**
 * Hybrid logical clock (H1): 48 bits of milliseconds and a 16-bit counter, written as 16 hexadecimal digits so that
 * text order is time order. It orders what has no other order and breaks ties; it never decides whether an event is
 * taken in.
 */
export type Hlc = string;

export const HLC_PATTERN = '^[0-9a-f]{16}$';
export const HLC_ZERO: Hlc = '0000000000000000';
/** A received clock further ahead of trusted time than this is stored with its event but not merged (H1). */
export const HLC_MAX_LEAD_MS = 5 * 60_000;
/** A difference from trusted time that is flagged and shown (H1). */
export const SKEW_SHOWN_MS = 2_000;

const COUNTER_MAX = 0xffff;
const MS_MAX = 2 ** 48 - 1;

export const hlcOf = (ms: number, counter: number): Hlc =>
  Math.min(Math.max(Math.trunc(ms), 0), MS_MAX)
    .toString(16)
    .padStart(12, '0') + counter.toString(16).padStart(4, '0');

export const hlcMs = (hlc: Hlc): number => Number.parseInt(hlc.slice(0, 12), 16);
const hlcCounter = (hlc: Hlc): number => Number.parseInt(hlc.slice(12), 16);

/**
 * The clock of the next own event: never behind the last one, whatever the wall clock does (a jump to 1970 too). At the
 * end of its numbers, in the year 10889, it stands still: seq orders what follows.
 */
export function hlcTick(last: Hlc, wallMs: number): Hlc {
  if (wallMs > hlcMs(last)) return hlcOf(wallMs, 0);
  const counter = hlcCounter(last) + 1;
  if (counter <= COUNTER_MAX) return hlcOf(hlcMs(last), counter);
  return hlcMs(last) < MS_MAX ? hlcOf(hlcMs(last) + 1, 0) : last;
}

/** Merges a received clock; one too far ahead of `trustedMs` leaves ours as it was (H1). */
export function hlcReceive(last: Hlc, received: Hlc, trustedMs: number): Hlc {
  if (hlcMs(received) > trustedMs + HLC_MAX_LEAD_MS) return last;
  return received > last ? received : last;
}

import { isDate } from '@skygate/shared/lib/local-time';

/** Digits as a person types them: 21112026 and 1042. */
export interface ClockEntry {
  readonly date: string;
  readonly time: string;
}

export const DATE_DIGITS = 8;
export const TIME_DIGITS = 4;

/** `21.11.2026`, as far as it is typed. */
export const dateShown = (digits: string): string =>
  [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4)].filter((part) => part !== '').join('.');

/** `10:42`, as far as it is typed. */
export const timeShown = (digits: string): string =>
  [digits.slice(0, 2), digits.slice(2)].filter((part) => part !== '').join(':');

export const digitsOf = (text: string, lengthMax: number): string => text.replace(/\D/g, '').slice(0, lengthMax);

/** All is typed: what then makes no date or time is wrong, not missing. */
export const isTyped = ({ date, time }: ClockEntry): boolean =>
  date.length === DATE_DIGITS && time.length === TIME_DIGITS;

/** The local date and time for the kiosk; null until both are whole and of the calendar. */
export function entryOf({ date, time }: ClockEntry): { readonly date: string; readonly time: string } | null {
  const isoDate = `${date.slice(4)}-${date.slice(2, 4)}-${date.slice(0, 2)}`;
  const clock = `${time.slice(0, 2)}:${time.slice(2)}`;
  if (date.length !== DATE_DIGITS || !isDate(isoDate)) return null;
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(clock) ? { date: isoDate, time: clock } : null;
}

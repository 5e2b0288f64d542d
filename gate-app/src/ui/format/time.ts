import { kyrgyzDate, kyrgyzDay, kyrgyzShortDate } from '@skygate/shared/lib/kyrgyz-dates';

/** Writes moments in the park's time zone, in the language of the screen. */
export interface TimeWriter {
  /** `10:42` */
  clock(atMs: number): string;
  /** `10:42:06` */
  clockWithSeconds(atMs: number): string;
  /** `21 ноября` */
  day(atMs: number): string;
  /** `пн, 23 ноября` of a calendar date `2026-11-23` */
  date(date: string): string;
  /** `пн, 23` of a calendar date */
  shortDate(date: string): string;
  /** The calendar date in the park, `2026-11-21`. */
  dateOf(atMs: number): string;
}

const LOCALES: Readonly<Record<string, string>> = { ru: 'ru-RU', ky: 'ky-KG', en: 'en-GB' };

export function timeWriter(language: string, timeZone: string): TimeWriter {
  const locale = LOCALES[language] ?? 'ru-RU';
  const formatter = (options: Intl.DateTimeFormatOptions, zone = timeZone) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
  const hands = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const clock = formatter(hands);
  const seconds = formatter({ ...hands, second: '2-digit' });
  const day = formatter({ day: 'numeric', month: 'long' });
  // A calendar date has no zone: it is written as if it were in UTC, from its own midnight.
  const date = formatter({ weekday: 'short', day: 'numeric', month: 'long' }, 'UTC');
  const shortDate = formatter({ weekday: 'short', day: 'numeric' }, 'UTC');
  const iso = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const dateOf = (atMs: number): string => iso.format(atMs);
  const isKyrgyz = language === 'ky';
  return {
    clock: (atMs) => clock.format(atMs),
    clockWithSeconds: (atMs) => seconds.format(atMs),
    day: (atMs) => (isKyrgyz ? kyrgyzDay(dateOf(atMs)) : day.format(atMs)),
    date: (text) => (isKyrgyz ? kyrgyzDate(text) : date.format(Date.parse(`${text}T00:00:00Z`))),
    shortDate: (text) => (isKyrgyz ? kyrgyzShortDate(text) : shortDate.format(Date.parse(`${text}T00:00:00Z`))),
    dateOf,
  };
}

/** A calendar date some days later: `('2026-11-30', 1)` is `2026-12-01`. */
export function dateAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** A length of time in its two largest sensible parts, for `t('time.' + unit)`. */
export type Duration =
  | {
      readonly key: 'time.seconds' | 'time.minutes' | 'time.wholeHours' | 'time.days';
      readonly values: { readonly n: number };
    }
  | { readonly key: 'time.hours'; readonly values: { readonly n: number; readonly minutes: number } };

/** @param ms a length of time; negative ones count as none */
export function durationOf(ms: number): Duration {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return { key: 'time.seconds', values: { n: seconds } };
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return { key: 'time.minutes', values: { n: minutes } };
  const hours = Math.floor(minutes / 60);
  if (hours < 48 && minutes % 60 === 0) return { key: 'time.wholeHours', values: { n: hours } };
  if (hours < 48) return { key: 'time.hours', values: { n: hours, minutes: minutes % 60 } };
  return { key: 'time.days', values: { n: Math.floor(hours / 24) } };
}

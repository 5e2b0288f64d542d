import { err, ok, type Result } from './result.ts';

/**
 * Park-local dates and times from UTC milliseconds, right across changes of the clocks.
 *
 * A scan asks for the business day every time, and asking `Intl` costs microseconds; so a zone's distance from UTC is
 * remembered per quarter of an hour: no zone has changed its clocks at any other moment since 1972.
 *
 * Dates are proleptic Gregorian texts, `2026-11-21`; times are `HH:MM` of the 24-hour clock.
 */
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const QUARTER_MS = 15 * MINUTE_MS;
// Forty days of quarters; a kiosk looks at a few days, and a board that walks through years only empties it.
const QUARTERS_MAX = 4096;
/** The moments that dates are reckoned for: the years 1900 to 9999. */
const MS_MIN = -2_208_988_800_000;
const MS_MAX = 253_402_214_400_000;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  readonly offsets: Map<number, number>;
}

const zones = new Map<string, Zone>();

/** @returns the name as the runtime knows it, or what is wrong: the check for a park's document */
export function parseTimeZone(timeZone: string): Result<string, string> {
  try {
    zoneOf(timeZone);
    return ok(timeZone);
  } catch {
    return err(`${JSON.stringify(timeZone.slice(0, 60))} is no time zone`);
  }
}

/** The calendar date at a moment. @throws RangeError for a zone that `parseTimeZone` refuses */
export const localDateOf = (ms: number, timeZone: string): string =>
  dateOfDays(Math.floor(localMs(ms, timeZone) / DAY_MS));

/** `HH:MM` at a moment, seconds cut off. @throws RangeError for a zone that `parseTimeZone` refuses */
export function localTimeOf(ms: number, timeZone: string): string {
  const inDay = modulo(localMs(ms, timeZone), DAY_MS);
  const hours = Math.floor(inDay / HOUR_MS);
  return `${pad(hours, 2)}:${pad(Math.floor((inDay % HOUR_MS) / MINUTE_MS), 2)}`;
}

/**
 * The moment at which the clocks show this date and time.
 * Where clocks are put forward and the time does not exist, the moment as far after the gap as the time is into it
 * (02:30 becomes 03:30); where they are put back and it exists twice, the first one: opening early and closing late
 * errs for the guest.
 * @throws RangeError for a zone that `parseTimeZone` refuses, Error for a text that is no date or no time
 */
export function msOfLocal(date: string, time: string, timeZone: string): number {
  const wall = daysOfDate(date) * DAY_MS + minutesOfTime(time) * MINUTE_MS;
  const before = offsetAt(wall - DAY_MS, timeZone);
  const after = offsetAt(wall + DAY_MS, timeZone);
  // The earlier moment first: with the clocks put back, both satisfy the equation.
  const candidates = before >= after ? [wall - before, wall - after] : [wall - after, wall - before];
  const exact = candidates.find((ms) => ms + offsetAt(ms, timeZone) === wall);
  return exact ?? wall - before;
}

/**
 * H2: the day of business at a moment: until the cut-off hour it is still yesterday's. It never runs backwards: where
 * clocks are put back over the cut-off (in the Chathams from 3:45 to 2:45), the day that had begun goes on, and where they
 * are put on over it, the day begins at `businessDayStartMs` like any other.
 */
export function businessDateOf(ms: number, timeZone: string, cutOffHour: number): string {
  const date = dateOfDays(Math.floor((localMs(ms, timeZone) - cutOffHour * HOUR_MS) / DAY_MS));
  if (offsetAt(ms, timeZone) === offsetAt(ms - MOVED_MS, timeZone)) return date;
  const next = addDays(date, 1);
  if (businessDayStartMs(next, timeZone, cutOffHour) <= ms) return next;
  return businessDayStartMs(date, timeZone, cutOffHour) <= ms ? date : addDays(date, -1);
}

/** So long after the clocks were moved, all times that come twice, or that never come, are over. */
const MOVED_MS = 3 * HOUR_MS;

/** The moment a business day begins: the cut-off hour of its own date. */
export const businessDayStartMs = (date: string, timeZone: string, cutOffHour: number): number =>
  msOfLocal(date, `${pad(cutOffHour, 2)}:00`, timeZone);

/** The moment a business day ends and the next begins: the cut-off hour of the next calendar day (H2). */
export const businessDayEndMs = (date: string, timeZone: string, cutOffHour: number): number =>
  businessDayStartMs(addDays(date, 1), timeZone, cutOffHour);

/** The date some days later; earlier if negative. */
export const addDays = (date: string, days: number): string => dateOfDays(daysOfDate(date) + days);

const WEEKDAY_NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** The day of the week, by the names of the park document's opening hours. */
export function weekdayOf(date: string): (typeof WEEKDAY_NAMES)[number] {
  const name = WEEKDAY_NAMES[modulo(daysOfDate(date) + 3, 7)]; // 1970-01-01 was a Thursday
  if (name === undefined) throw new Error(`broken invariant: ${date} has no day of the week`);
  return name;
}

/** Whether the text is a date of the calendar: 2026-02-30 is not. */
export function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return match !== null && Number(match[1]) >= 1900 && dateOfDays(daysOf(match)) === text;
}

const localMs = (ms: number, timeZone: string): number => ms + offsetAt(ms, timeZone);

/** Local time minus UTC, in milliseconds. */
function offsetAt(ms: number, timeZone: string): number {
  const zone = zoneOf(timeZone);
  const quarter = Math.floor(Math.min(Math.max(ms, MS_MIN), MS_MAX) / QUARTER_MS);
  const known = zone.offsets.get(quarter);
  if (known !== undefined) return known;
  const start = quarter * QUARTER_MS;
  const offset = wallMs(zone.format, start) - start;
  if (zone.offsets.size >= QUARTERS_MAX) zone.offsets.clear();
  zone.offsets.set(quarter, offset);
  return offset;
}

function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const zone = { format, offsets: new Map<number, number>() };
  zones.set(timeZone, zone);
  return zone;
}

/** What the clocks of the zone show, as if it were UTC. */
function wallMs(format: Intl.DateTimeFormat, ms: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(ms)) parts[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  return daysFromCivil(year, month, day) * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS + second * 1000;
}

function minutesOfTime(time: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time);
  if (!match) throw new Error(`broken invariant: ${JSON.stringify(time)} is no time`);
  return Number(match[1]) * 60 + Number(match[2]);
}

function daysOfDate(date: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  if (!match) throw new Error(`broken invariant: ${JSON.stringify(date)} is no date`);
  return daysOf(match);
}

const daysOf = (match: RegExpExecArray): number => daysFromCivil(Number(match[1]), Number(match[2]), Number(match[3]));

/** Days since 1970-01-01, by counting years from March so that the leap day comes last. */
function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

function dateOfDays(days: number): string {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * month + 2) / 5) + 1;
  const civilMonth = month < 10 ? month + 3 : month - 9;
  return `${pad(yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0), 4)}-${pad(civilMonth, 2)}-${pad(day, 2)}`;
}

const pad = (value: number, width: number): string => value.toString().padStart(width, '0');
const modulo = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor;

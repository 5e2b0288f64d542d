/**
 * Kyrgyz dates. Chromium's own data has no Kyrgyz and would write them in the browser's language, so the few words stand
 * here.
 */
const MONTHS = [
  'январь',
  'февраль',
  'март',
  'апрель',
  'май',
  'июнь',
  'июль',
  'август',
  'сентябрь',
  'октябрь',
  'ноябрь',
  'декабрь',
] as const;
const WEEKDAYS = ['жек', 'дүй', 'шейш', 'шарш', 'бейш', 'жума', 'ишм'] as const;

interface CalendarDate {
  readonly month: number;
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

/** @param date a calendar date, `2026-11-21` */
function partsOf(date: string): CalendarDate {
  const [year = 1970, month = 1, day = 1] = date.split('-').map(Number);
  // Zeller's congruence: January and February count as months of the year before.
  const [shiftedYear, shiftedMonth] = month < 3 ? [year - 1, month + 12] : [year, month];
  const century = Math.floor(shiftedYear / 100);
  const yearOf = shiftedYear % 100;
  const sum = day + Math.floor((13 * (shiftedMonth + 1)) / 5) + yearOf + Math.floor(yearOf / 4);
  const saturdayFirst = (sum + Math.floor(century / 4) + 5 * century) % 7;
  return { month, day, weekday: (saturdayFirst + 6) % 7 };
}

/** `21-ноябрь` */
export function kyrgyzDay(date: string): string {
  const { month, day } = partsOf(date);
  return `${day}-${MONTHS[month - 1] ?? ''}`;
}

/** `ишм, 21-ноябрь` */
export const kyrgyzDate = (date: string): string => `${WEEKDAYS[partsOf(date).weekday] ?? ''}, ${kyrgyzDay(date)}`;

/** `ишм, 21` */
export const kyrgyzShortDate = (date: string): string =>
  `${WEEKDAYS[partsOf(date).weekday] ?? ''}, ${partsOf(date).day}`;

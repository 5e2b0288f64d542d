import type { Words } from '@skygate/shared/documents/words';
import { kyrgyzDate, kyrgyzDay } from '@skygate/shared/lib/kyrgyz-dates';
import { minorDigitsOf } from '@skygate/shared/lib/money';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

const LOCALES: Readonly<Record<string, string>> = { ru: 'ru-RU', ky: 'ky-KG', en: 'en-GB' };
/** `1 250,50` in every language, as the kiosks and their receipts have it. */
const NUMBERS = 'ru-RU';
/** What people write after an amount, where it is not the code. */
const CURRENCY_WORDS: Readonly<Record<string, string>> = { KGS: 'сом' };
const CURRENCY_WORDS_EN: Readonly<Record<string, string>> = { KGS: 'som' };

/** Numbers, money, times and ages in the language chosen. */
export function useFormat() {
  const { i18n } = useTranslation();
  return useMemo(() => formatOf(i18n.language), [i18n.language]);
}

export type Format = ReturnType<typeof formatOf>;

function formatOf(language: string) {
  const locale = LOCALES[language] ?? 'ru-RU';
  const numbers = new Intl.NumberFormat(NUMBERS, { maximumFractionDigits: 3 });
  const words = language === 'en' ? CURRENCY_WORDS_EN : CURRENCY_WORDS;
  return {
    number: (value: number): string => numbers.format(value),
    currency: (code: string): string => words[code] ?? code,
    /** `1 250` of 125000 minor units of a currency with hundredths; its unit stands beside it. */
    amount: (minor: number, currency: string): string => amountOf(minor, currency),
    /** `+1 250`, `−500`: cash that came or went; its unit stands beside it. */
    signed: (minor: number, currency: string): string => signedOf(minor, currency),
    /** `+1 250 сом`, `−500 сом`: by how much a sum changed. */
    change: (minor: number, currency: string): string => `${signedOf(minor, currency)} ${words[currency] ?? currency}`,
    words: (text: Words): string => text[language as keyof Words] || text.ru || text.en,
    time: (ms: number, timeZone: string): string =>
      new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(ms),
    /** `14:05:09`: where two scans are told apart by seconds. */
    seconds: (ms: number, timeZone: string): string =>
      new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(ms),
    /** `21.11.2026` in every language. */
    date: (ms: number, timeZone: string): string =>
      new Intl.DateTimeFormat('ru-RU', { timeZone, day: '2-digit', month: '2-digit', year: 'numeric' }).format(ms),
    dayAndTime: (ms: number, timeZone: string): string => {
      if (language === 'ky') return kyrgyzDayAndTime(ms, timeZone);
      return new Intl.DateTimeFormat(locale, {
        timeZone,
        weekday: 'long',
        day: 'numeric',
        month: 'long',
        hour: '2-digit',
        minute: '2-digit',
      }).format(ms);
    },
    /** `22.11, 04:00` in every language. */
    shortMoment: (ms: number, timeZone: string): string =>
      new Intl.DateTimeFormat('ru-RU', {
        timeZone,
        day: '2-digit',
        month: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
      }).format(ms),
    shortDate: (date: string): string => {
      if (language === 'ky') return kyrgyzDay(date);
      return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'short' }).format(
        Date.parse(`${date}T00:00:00Z`),
      );
    },
    /** `3 с`, `12 мин`, `5 ч`. */
    age: (ms: number): string => ageOf(ms, locale),
  };
}

const signedOf = (minor: number, currency: string): string =>
  `${minor < 0 ? '−' : '+'}${amountOf(Math.abs(minor), currency)}`;

function amountOf(minor: number, currency: string): string {
  const digits = minorDigitsOf(currency);
  const whole = minor % 10 ** digits === 0;
  const options = whole ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(NUMBERS, options).format(minor / 10 ** digits);
}

function kyrgyzDayAndTime(ms: number, timeZone: string): string {
  const date = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  return `${kyrgyzDate(date.format(ms))}, ${time.format(ms)}`;
}

/** Chromium has no Kyrgyz of its own. */
const KYRGYZ_UNITS: Readonly<Record<string, string>> = { second: 'сек', minute: 'мүн', hour: 'саат', day: 'күн' };

function ageOf(ms: number, locale: string): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [value, unit] =
    seconds < 90
      ? [seconds, 'second']
      : seconds < 5400
        ? [Math.round(seconds / 60), 'minute']
        : seconds < 129_600
          ? [Math.round(seconds / 3600), 'hour']
          : [Math.round(seconds / 86_400), 'day'];
  if (locale === LOCALES['ky']) return `${value}\u00a0${KYRGYZ_UNITS[String(unit)]}`;
  return new Intl.NumberFormat(locale, { style: 'unit', unit: String(unit), unitDisplay: 'short' }).format(
    Number(value),
  );
}

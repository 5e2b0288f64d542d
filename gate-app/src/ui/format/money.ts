const NBSP = '\u00a0';
/** The true minus sign: as wide as a digit, so that columns of figures stay columns. */
const MINUS = '\u2212';

const CURRENCY_WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  KGS: { ru: 'сом', ky: 'сом', en: 'som' },
};

/** Digits after the point that a currency has: 2 for KGS (tyiyn), 0 for JPY. */
export function minorDigits(currency: string): number {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2; // an unknown code from a park's document must not break a till
  }
}

/** `1842` as `1 842`, with a non-breaking space. Whole numbers only. */
export function formatCount(value: number): string {
  const digits = String(Math.abs(Math.trunc(value))).replace(/\B(?=(?:\d{3})+$)/g, NBSP);
  return value < 0 ? `${MINUS}${digits}` : digits;
}

/** Minor units without their currency: `125000` as `1 250`, `125050` as `1 250,50`. */
export function formatAmount(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  const unit = 10 ** digits;
  const whole = Math.trunc(Math.abs(minor) / unit);
  const rest = Math.abs(minor) % unit;
  const text = rest === 0 ? formatCount(whole) : `${formatCount(whole)},${String(rest).padStart(digits, '0')}`;
  return minor < 0 ? `${MINUS}${text}` : text;
}

/** Minor units as a person reads them: `1 250 сом`; the spaces do not break. */
export function formatMoney(minor: number, currency: string, language: string): string {
  return `${formatAmount(minor, currency)}${NBSP}${CURRENCY_WORDS[currency]?.[language] ?? currency}`;
}

/** Notes and coins people hand over, in minor units, largest first. */
export function denominationsOf(currency: string): readonly number[] {
  const unit = 10 ** minorDigits(currency);
  const values = currency === 'KGS' ? [5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 3, 1] : EVERYWHERE;
  return values.map((value) => value * unit);
}
const EVERYWHERE = [500, 200, 100, 50, 20, 10, 5, 2, 1] as const;

/**
 * What a guest is likely to hand over for `totalMinor`, smallest first, at most three and never the exact amount: one
 * larger note, or a few of the large ones.
 */
export function quickTenders(totalMinor: number, currency: string): readonly number[] {
  const values = denominationsOf(currency);
  const single = values.filter((note) => note > totalMinor);
  const several = values.slice(0, LARGE_NOTES).map((note) => (Math.floor(totalMinor / note) + 1) * note);
  return [...new Set([...single, ...several])].sort((one, other) => one - other).slice(0, 3);
}
const LARGE_NOTES = 4;

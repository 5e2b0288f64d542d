import { minorDigitsOf } from '@skygate/shared/lib/money';

const PRICE_MAX = 100_000_000;

/** What a person typed as a price, in minor units: spaces group, a comma or a point divides. Null if it is no price. */
export function minorOfText(text: string, currency: string): number | null {
  const match = /^(\d+)(?:[.,](\d*))?$/.exec(text.replace(/\s/g, ''));
  const digits = minorDigitsOf(currency);
  const [, whole = '', fraction = ''] = match ?? [];
  if (!match || fraction.length > digits) return null;
  const minor = Number(whole + fraction.padEnd(digits, '0'));
  return Number.isSafeInteger(minor) && minor <= PRICE_MAX ? minor : null;
}

import { assert } from './assert.ts';
import type { Brand } from './brand.ts';
import { err, ok, type Result } from './result.ts';

export type Currency = Brand<string, 'Currency'>;

/** An amount in whole minor units (M1): `{ minor: 40000, currency: 'KGS' }` is 400 som. Never a fraction. */
export interface Money {
  readonly minor: number;
  readonly currency: Currency;
}

/** ISO 4217 currencies whose minor unit is not a hundredth. */
const MINOR_DIGITS: Readonly<Record<string, number>> = {
  BHD: 3,
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  PYG: 0,
  RWF: 0,
  TND: 3,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
};

/** @returns the branded currency code, or what is wrong with it */
export function parseCurrency(text: string): Result<Currency, string> {
  return /^[A-Z]{3}$/.test(text)
    ? ok(text as Currency)
    : err(`${JSON.stringify(text.slice(0, 20))} is no currency code`);
}

/** @returns the amount, or what is wrong: a fraction, or a number too large to be exact */
export function parseMoney(minor: number, currency: string): Result<Money, string> {
  const parsed = parseCurrency(currency);
  if (!parsed.ok) return parsed;
  return Number.isSafeInteger(minor) ? ok({ minor, currency: parsed.value }) : err(`${minor} is no whole minor amount`);
}

/** How many digits of the currency stand behind the decimal mark. */
export const minorDigitsOf = (currency: string): number => MINOR_DIGITS[currency] ?? 2;

/** @throws if the currencies differ or the sum is no safe integer: both are errors of ours */
export function addMoney(left: Money, right: Money): Money {
  assert(left.currency === right.currency, `${left.currency} and ${right.currency} are not added`);
  return exact(left.minor + right.minor, left.currency);
}

/** @throws if the factor is no whole number or the product no safe integer */
export function multiplyMoney(amount: Money, factor: number): Money {
  assert(Number.isSafeInteger(factor), `${factor} is no whole factor`);
  return exact(amount.minor * factor, amount.currency);
}

/** An amount cut for writing it out; the marks between the parts are the ui's, by language. */
export interface MoneyParts {
  readonly negative: boolean;
  /** Digits before the decimal mark, without grouping. */
  readonly whole: string;
  /** Digits behind it, with leading zeros; empty where the currency has none. */
  readonly fraction: string;
  readonly currency: Currency;
}

export function moneyParts(amount: Money): MoneyParts {
  const digits = minorDigitsOf(amount.currency);
  const text = Math.abs(amount.minor)
    .toString()
    .padStart(digits + 1, '0');
  const cut = text.length - digits;
  return {
    negative: amount.minor < 0,
    whole: text.slice(0, cut),
    fraction: text.slice(cut),
    currency: amount.currency,
  };
}

function exact(minor: number, currency: Currency): Money {
  assert(Number.isSafeInteger(minor), `${minor} ${currency} is beyond exact arithmetic`);
  return { minor, currency };
}

const INT8 = 20;
const NUMERIC = 1700;

/**
 * A bigint or a whole numeric (a sum) as a number; other numerics stay text. A sum beyond the safe integers, which only
 * thousands of hostile events make, is shown as the last of them: a page must not break over it (S7).
 */
export function integerFromText(text: string): number | string {
  if (!/^-?\d+$/.test(text)) return text;
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  return value > 0 ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER;
}

/** Type parsers by OID, for both drivers: without them the two give text or bigint where numbers are meant. */
export const INTEGER_PARSERS: Record<number, (text: string) => number | string> = {
  [INT8]: integerFromText,
  [NUMERIC]: integerFromText,
};

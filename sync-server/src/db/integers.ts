const INT8 = 20;
const NUMERIC = 1700;

/** A bigint or a whole numeric (a sum) as a number; other numerics stay text. @throws if a number cannot hold it */
export function integerFromText(text: string): number | string {
  if (!/^-?\d+$/.test(text)) return text;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} from the database is beyond the safe integers`);
  return value;
}

/** Type parsers by OID, for both drivers: without them the two give text or bigint where numbers are meant. */
export const INTEGER_PARSERS: Record<number, (text: string) => number | string> = {
  [INT8]: integerFromText,
  [NUMERIC]: integerFromText,
};

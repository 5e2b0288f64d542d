import canonicalize from 'canonicalize';
import type { Json } from './json.ts';
import { err, ok, type Result } from './result.ts';

/** JSON in the one form of RFC 8785 (JCS), so that equal values have equal hashes on every node. */
export function canonicalJson(value: Json): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('broken invariant: the value has no JSON form');
  return text;
}

/**
 * Whether a value is what E2 allows in an event: strings, safe integers, booleans, null, arrays and plain objects.
 * Fractions are out because their text form is where JSON implementations differ.
 * @returns the path of the first offending value
 */
export function parseJson(value: unknown, path = 'body', depth = 0): Result<Json, string> {
  if (depth > 32) return err(`${path} is nested too deep`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return ok(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? ok(value) : err(`${path} is not a safe integer`);
  if (typeof value !== 'object') return err(`${path} is a ${typeof value}`);
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, item] of entries) {
    const parsed = parseJson(item, `${path}.${key}`, depth + 1);
    if (!parsed.ok) return parsed;
  }
  return ok(value as Json);
}

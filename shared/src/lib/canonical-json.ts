import canonicalize from 'canonicalize';
import type { Json } from './json.ts';
import { err, ok, type Result } from './result.ts';

/** JSON in the one form of RFC 8785 (JCS), so that equal values have equal hashes on every node. */
export function canonicalJson(value: Json): string {
  // Most of what is hashed has its keys in order, and the runtime's own writer is several times faster. It calls itself,
  // so that deep values are left to the library, which does not.
  if (isInOrder(value, 0)) return JSON.stringify(value);
  const text = canonicalize(value);
  if (text === undefined) throw new Error('broken invariant: the value has no JSON form');
  return text;
}

/**
 * So many levels of arrays and objects an event's body may have within it (S2). Nobody writes more than a few; whatever
 * walks a value by calling itself is safe within this bound, and only there.
 */
export const JSON_DEPTH_MAX = 32;

/** Whether a value has more levels within it than `JSON_DEPTH_MAX`. Looks no further down than that. */
export const isTooDeep = (value: unknown, depth = 0): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (depth > JSON_DEPTH_MAX) return true;
  for (const item of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof item === 'object' && isTooDeep(item, depth + 1)) return true;
  }
  return false;
};

/** Whether a value is plain, well-formed data whose keys are sorted all the way down: then JSON.stringify is JCS. */
function isInOrder(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'boolean' || value === null) return true;
  if (typeof value !== 'object' || depth === JSON_DEPTH_MAX || 'toJSON' in value) return false;
  if (Array.isArray(value)) return value.every((item) => isInOrder(item, depth + 1));
  let before = '';
  for (const key of Object.keys(value)) {
    if (key < before || !key.isWellFormed()) return false;
    if (!isInOrder((value as Record<string, unknown>)[key], depth + 1)) return false;
    before = key;
  }
  return true;
}

/**
 * Whether a value is what E2 allows in an event: strings, safe integers, booleans, null, arrays and plain objects.
 * Fractions are out because their text form is where JSON implementations differ; halves of a character because they
 * have no UTF-8 and so no hash (RFC 8785 refuses them).
 * @returns the path of the first offending value
 */
export function parseJson(value: unknown, path = 'body', depth = 0): Result<Json, string> {
  const problem = leafProblem(value);
  if (problem !== null) return err(`${path} ${problem}`);
  if (typeof value !== 'object' || value === null) return ok(value as Json);
  if (depth > JSON_DEPTH_MAX) return err(`${path} is nested too deep`);
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  for (const [key, item] of entries) {
    if (!String(key).isWellFormed()) return err(`${path} has a key that is no well-formed text`);
    const parsed = parseJson(item, `${path}.${key}`, depth + 1);
    if (!parsed.ok) return parsed;
  }
  return ok(value as Json);
}

function leafProblem(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? null : 'is no well-formed text';
    case 'number':
      return Number.isSafeInteger(value) ? null : 'is not a safe integer';
    case 'boolean':
    case 'object':
      return null;
    default:
      return `is a ${typeof value}`;
  }
}

import { expect, it } from 'vitest';
import { ARGUMENT_SCHEMAS, type DriftedMethod } from './argument-schemas.ts';

it('X2: every method of the contract has a schema that accepts only what the contract does', () => {
  // Does not compile if one has drifted.
  const drifted: [DriftedMethod] extends [never] ? 'none' : DriftedMethod = 'none';
  expect(drifted).toBe('none');
  expect(Object.values(ARGUMENT_SCHEMAS).every((schema) => schema === null || 'additionalProperties' in schema)).toBe(
    true,
  );
});

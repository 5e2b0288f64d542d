import { expect, it } from 'vitest';
import { ARGUMENT_SCHEMAS, type DriftedMethod } from './argument-schemas.ts';
import { argumentProblem } from './guarded-api.ts';

it('X2: every method of the contract has a schema that accepts only what the contract does', () => {
  // Does not compile if one has drifted.
  const drifted: [DriftedMethod] extends [never] ? 'none' : DriftedMethod = 'none';
  expect(drifted).toBe('none');
  expect(Object.values(ARGUMENT_SCHEMAS).every((schema) => schema === null || 'additionalProperties' in schema)).toBe(
    true,
  );
});

it.each(['a\u0000b', 'a\ud83d', '\udf00a'])(
  'E2: refuses what was typed with %j, which no hash or database takes',
  (text) => {
    const name = { productId: 'day-ticket', change: { field: 'name', language: 'en', value: text } };
    expect(argumentProblem('moveCash', [{ commandId: 'move-0001', amountMinor: 1, reason: text }])).toContain(
      '/reason',
    );
    expect(argumentProblem('closeShift', [{ denominations: [], reason: text }])).toContain('/reason');
    expect(argumentProblem('editProduct', [name])).not.toBeNull();
    expect(argumentProblem('enrol', [{ serverUrl: text, code: 'X' }])).toContain('/serverUrl');
    // A scanner may send anything: it gets a verdict in words.
    expect(argumentProblem('scan', [{ text, source: 'wedge' }])).toBeNull();
  },
);

it('takes what people do type', () => {
  expect(
    argumentProblem('moveCash', [{ commandId: 'move-0001', amountMinor: 1, reason: 'Сүт 🥛\n«для кафе»' }]),
  ).toBeNull();
});

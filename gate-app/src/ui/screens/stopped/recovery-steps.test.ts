import { describe, expect, it } from 'vitest';
import { recoverySteps } from './recovery-steps.ts';

const doneOf = (recovery: Parameters<typeof recoverySteps>[0]) =>
  recoverySteps(recovery).steps.map(({ name, isDone, count }) => [name, isDone, count]);

describe('E6: the steps of a kiosk on its way back', () => {
  it('are not ready before the past is pulled, even if nothing is to be brought', () => {
    const recovery = { pastPulled: false, toRecord: 0, recorded: 0, toDeliver: 0 };
    expect(recoverySteps(recovery).isReady).toBe(false);
    expect(doneOf(recovery)).toEqual([
      ['enrolled', true, 0],
      ['pulled', false, 0],
      ['brought', false, 0],
    ]);
  });

  it('count what is left, and nothing in the end', () => {
    expect(doneOf({ pastPulled: true, toRecord: 2, recorded: 1, toDeliver: 5 })[2]).toEqual(['brought', false, 7]);
    const done = { pastPulled: true, toRecord: 0, recorded: 3, toDeliver: 0 };
    expect(doneOf(done)[2]).toEqual(['brought', true, 0]);
    expect(recoverySteps(done).isReady).toBe(true);
  });
});

import type { RecoveryView } from '../../../rpc-contract/status-view.ts';

export interface RecoveryStep {
  readonly name: 'enrolled' | 'pulled' | 'brought';
  readonly isDone: boolean;
  /**
   * What is left of it. 0 once it is done: what was recorded again is counted by transactions, and beside the records that
   * were said to be safe it would look as if some were lost.
   */
  readonly count: number;
}

/** The steps of a kiosk on its way back (E6), as the screen ticks them off. */
export function recoverySteps(recovery: RecoveryView | null): {
  readonly steps: readonly RecoveryStep[];
  readonly isReady: boolean;
} {
  const isPulled = recovery === null || recovery.pastPulled;
  const left = recovery === null ? 0 : recovery.toRecord + recovery.toDeliver;
  const isBrought = isPulled && left === 0;
  return {
    steps: [
      { name: 'enrolled', isDone: true, count: 0 },
      { name: 'pulled', isDone: isPulled, count: 0 },
      { name: 'brought', isDone: isBrought, count: left },
    ],
    isReady: isBrought,
  };
}

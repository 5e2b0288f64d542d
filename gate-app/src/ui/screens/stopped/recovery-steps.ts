import type { RecoveryView } from '../../../rpc-contract/status-view.ts';

export interface RecoveryStep {
  readonly name: 'enrolled' | 'pulled' | 'brought';
  readonly isDone: boolean;
  /** What is left of it; once it is done, what it came to. 0 for nothing to count. */
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
      { name: 'brought', isDone: isBrought, count: isBrought ? (recovery?.recorded ?? 0) : left },
    ],
    isReady: isBrought,
  };
}

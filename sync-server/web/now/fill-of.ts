import type { ParkNow } from '@skygate/shared/hq-api/now';

export const NEAR_FULL_PERCENT = 90;

/** How full a park is, in per cent; null where it does not say how many it holds. */
export const fillPercentOf = ({ inside, insideMax }: ParkNow): number | null =>
  insideMax === 0 ? null : Math.round((inside / insideMax) * 100);

export const fillToneOf = (percent: number): 'bad' | 'warn' | undefined =>
  percent > 100 ? 'bad' : percent >= NEAR_FULL_PERCENT ? 'warn' : undefined;

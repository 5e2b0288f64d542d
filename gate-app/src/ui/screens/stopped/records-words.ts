import type { TFunction } from 'i18next';
import { formatCount } from '../../format/money.ts';

/** `1 220 records`, in the right plural and with its digits in groups, as every figure on these screens. */
export const recordsWords = (count: number, t: TFunction): string =>
  t('count.events', { count }).replace(String(count), formatCount(count));

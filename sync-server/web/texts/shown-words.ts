import type { ShownText } from '@skygate/shared/hq-api/texts';
import type { TFunction } from 'i18next';

/** Somebody's words, or why they are not shown (E5). */
export const shownWords = (t: TFunction, { state, text }: ShownText): string =>
  state === 'erased' || state === 'not_here' ? t(`texts.${state}`) : text;

import type { TFunction } from 'i18next';
import type { TypedText } from '../../rpc-contract/typed-text.ts';

/** Somebody's words, or why they are not shown (E5). */
export const typedWords = (t: TFunction, typed: TypedText): string =>
  typed.state === 'here' ? typed.text : t(`typed.${typed.state}`);

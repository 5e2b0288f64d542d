import type { Words } from '@skygate/shared/documents/words';
import type { Party } from '@skygate/shared/domain/ticket/events';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useKioskView } from '../kiosk-provider.tsx';
import { formatAmount, formatMoney } from './money.ts';
import { durationOf, type TimeWriter, timeWriter } from './time.ts';

/** All that screens need to write figures, times and names for the person in front of them. */
export interface Format {
  readonly language: string;
  readonly currency: string;
  readonly time: TimeWriter;
  money(minor: number): string;
  amount(minor: number): string;
  words(words: Words | null | undefined): string;
  duration(ms: number): string;
  /** `Adult × 2, Child`; people of unknown units by their id. */
  party(party: Party, unitNames: Readonly<Record<string, Words>>): string;
}

export function useFormat(): Format {
  const { t, i18n } = useTranslation();
  const { status } = useKioskView();
  const language = i18n.language;
  const timeZone = status?.identity?.timeZone ?? 'UTC';
  const currency = status?.identity?.currency ?? 'KGS';
  return useMemo(() => {
    const words = (text: Words | null | undefined) => wordsIn(text, language);
    return {
      language,
      currency,
      time: timeWriter(language, timeZone),
      money: (minor) => formatMoney(minor, currency, language),
      amount: (minor) => formatAmount(minor, currency),
      words,
      duration: (ms) => {
        const { key, values } = durationOf(ms);
        return t(key, values);
      },
      party: (party, unitNames) => partyInWords(party, unitNames, language),
    };
  }, [t, language, timeZone, currency]);
}

/** The text in the wanted language; an empty one falls back to Russian, then to any. */
export function wordsIn(words: Words | null | undefined, language: string): string {
  if (words === null || words === undefined) return '';
  return words[language as keyof Words] || words.ru || words.en || words.ky;
}

export function partyInWords(party: Party, unitNames: Readonly<Record<string, Words>>, language: string): string {
  return party
    .map(({ unitId, count }) => {
      const name = wordsIn(unitNames[unitId], language) || unitId;
      return count === 1 ? name : `${name}\u00a0×\u00a0${count}`;
    })
    .join(', ');
}

export const peopleIn = (party: Party): number => party.reduce((sum, { count }) => sum + count, 0);

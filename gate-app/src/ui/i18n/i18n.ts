import { createInstance, type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en.ts';
import { ky } from './ky.ts';
import { ru } from './ru.ts';

/** Texts of one language: sections of sentences. */
export interface Texts {
  readonly [key: string]: string | Texts;
}

export const LANGUAGES = ['ru', 'ky', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
export const TEXTS: Readonly<Record<Language, Texts>> = { ru, ky, en };

const STORED_AS = 'skygate.language';

/** The language after this one: one tap on the chip goes round. */
export const languageAfter = (language: string): Language =>
  LANGUAGES[(LANGUAGES.indexOf(language as Language) + 1) % LANGUAGES.length] ?? 'ru';

/**
 * Chromium has no plural rules for Kyrgyz and takes those of its own language: forms that a language does not have are
 * its `other`.
 */
function withEveryPlural(texts: Texts): Texts {
  const all: Record<string, string | Texts> = {};
  for (const [key, text] of Object.entries(texts)) {
    const stem = key.endsWith('_other') ? key.slice(0, -'other'.length) : null;
    if (stem !== null) for (const form of ['few', 'many']) all[stem + form] = text;
  }
  for (const [key, text] of Object.entries(texts)) all[key] = typeof text === 'string' ? text : withEveryPlural(text);
  return all;
}

/** The words of the screens, in the language this kiosk was last left in; Russian at first. */
export function screenWords(store: Pick<Storage, 'getItem' | 'setItem'>, page: Pick<HTMLElement, 'lang'>): i18n {
  const stored = store.getItem(STORED_AS);
  const words = createInstance();
  words.use(initReactI18next).init({
    lng: LANGUAGES.find((language) => language === stored) ?? 'ru',
    fallbackLng: 'ru',
    resources: Object.fromEntries(
      LANGUAGES.map((language) => [language, { translation: withEveryPlural(TEXTS[language]) }]),
    ),
    interpolation: { escapeValue: false }, // React escapes already
    initAsync: false,
  });
  const remember = (language: string): void => {
    page.lang = language;
    store.setItem(STORED_AS, language);
  };
  remember(words.language);
  words.on('languageChanged', remember);
  return words;
}

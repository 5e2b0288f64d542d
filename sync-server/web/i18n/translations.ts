import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en.ts';
import { ky } from './ky.ts';
import { ru } from './ru.ts';

export const LANGUAGES = ['ru', 'ky', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

const STORED_AS = 'skygate.language';

/** Russian unless the person chose another language in this browser. */
export function createTranslations(): i18n {
  const stored = LANGUAGES.find((language) => language === localStorage.getItem(STORED_AS));
  const translations = i18next.createInstance();
  void translations.use(initReactI18next).init({
    resources: { ru: { translation: ru }, ky: { translation: ky }, en: { translation: en } },
    lng: stored ?? 'ru',
    fallbackLng: 'ru',
    interpolation: { escapeValue: false }, // React escapes
  });
  const remember = (language: string): void => {
    document.documentElement.lang = language;
    localStorage.setItem(STORED_AS, language);
  };
  remember(translations.language);
  translations.on('languageChanged', remember);
  return translations;
}

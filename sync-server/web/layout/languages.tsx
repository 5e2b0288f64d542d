import { useTranslation } from 'react-i18next';
import { LANGUAGES } from '../i18n/translations.ts';

const NAMES = { ru: 'Рус', ky: 'Кыр', en: 'Eng' } as const;
const FULL_NAMES = { ru: 'Русский', ky: 'Кыргызча', en: 'English' } as const;

/** Any language is one tap away, whatever language one landed in. */
export function Languages() {
  const { t, i18n } = useTranslation();
  return (
    <fieldset className="languages" aria-label={t('nav.language')}>
      {LANGUAGES.map((language) => (
        <button
          key={language}
          type="button"
          className="language"
          lang={language}
          title={FULL_NAMES[language]}
          aria-pressed={i18n.language === language}
          onClick={() => void i18n.changeLanguage(language)}
        >
          {NAMES[language]}
        </button>
      ))}
    </fieldset>
  );
}

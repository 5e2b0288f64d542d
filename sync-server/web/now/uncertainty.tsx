import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.ts';

/** How far the true number may be from the one shown (T4). */
export function Uncertainty({ people }: { readonly people: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const count = format.number(people);
  return (
    <span className="figure-side" data-tone={people > 0 ? 'warn' : undefined}>
      <span aria-hidden="true">± {count}</span>
      <span className="visually-hidden">{t('now.uncertain', { count: people, defaultValue: count })}</span>
    </span>
  );
}

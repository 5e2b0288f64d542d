import type { ParkDayAnswer } from '@skygate/shared/hq-api/now';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.ts';

/** Which closed days late sales have restated (H2): a till was away, and its sales count on the day they were made. */
export function LateDays({ day: { late } }: { readonly day: ParkDayAnswer }) {
  const { t } = useTranslation();
  const format = useFormat();
  return late.map(({ businessDate, currency, count, amountMinor }) => (
    <div key={`${businessDate} ${currency}`} className="quiet small">
      {t('now.late', {
        date: format.shortDate(businessDate),
        count,
        amount: format.change(amountMinor, currency),
      })}
    </div>
  ));
}

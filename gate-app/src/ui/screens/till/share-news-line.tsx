import { useTranslation } from 'react-i18next';
import { formatCount } from '../../format/money.ts';
import { useFormat } from '../../format/use-format.ts';
import { useStatus } from '../../kiosk-provider.tsx';

/** One quiet line when places came or went; its place is kept. */
export function ShareNewsLine() {
  const { t } = useTranslation();
  const format = useFormat();
  const { shareNews, businessDate } = useStatus();
  const day =
    shareNews === null ? '' : shareNews.date === businessDate ? t('time.today') : format.time.shortDate(shareNews.date);
  return (
    <p className="t1 quiet clip grow" aria-live="polite">
      {shareNews !== null && t(`shares.news.${shareNews.kind}`, { places: formatCount(shareNews.places), day })}
    </p>
  );
}

import { IconChevronRight } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SaleDate } from '../../../rpc-contract/till-view.ts';
import { ControlGroup } from '../../components/control-group.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { formatCount } from '../../format/money.ts';
import { dateAfter } from '../../format/time.ts';
import { useFormat } from '../../format/use-format.ts';
import { useStatus } from '../../kiosk-provider.tsx';
import type { Sale } from './use-sale.ts';

const DATES_A_PAGE = 3;

/** The visit date: today first, with what this till still has of each day. */
export function DateBar({ sale }: { sale: Sale }) {
  const { t } = useTranslation();
  const [page, setPage] = useState(0);
  const dates = sale.catalogue?.dates ?? [];
  const pages = Math.max(1, Math.ceil(dates.length / DATES_A_PAGE));
  const first = (page % pages) * DATES_A_PAGE;
  return (
    <ControlGroup className="dates" label={t('till.dates')}>
      {dates.slice(first, first + DATES_A_PAGE).map((day) => (
        <DateTile key={day.date} day={day} sale={sale} />
      ))}
      {pages > 1 && (
        <TouchButton className="date-next" label={t('common.next')} onPress={() => setPage((page + 1) % pages)}>
          <IconChevronRight size={28} aria-hidden />
        </TouchButton>
      )}
    </ControlGroup>
  );
}

interface DateTileProps {
  readonly day: SaleDate;
  readonly sale: Sale;
}

function DateTile({ day, sale }: DateTileProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { businessDate } = useStatus();
  const { date, left, share } = day;
  const isToday = date === businessDate;
  const isTomorrow = businessDate !== null && date === dateAfter(businessDate, 1);
  const name = isToday ? t('common.today') : isTomorrow ? t('common.tomorrow') : format.time.shortDate(date);
  const isFew = (left !== null && left <= FEW) || day.pastShare > 0;
  return (
    <TouchButton className="date" chosen={sale.catalogue?.date === date} onPress={() => sale.setDate(date)}>
      <span className="t2 semi clip">{name}</span>
      <span className={`t1 clip ${isFew ? 'warn' : 'quiet'}`}>{leftWords(day, t)}</span>
      <span className="bar thin">
        <i style={{ width: `${barOf(left, share) * 100}%` }} />
      </span>
    </TouchButton>
  );
}

/** What is left; where nothing is, what was sold past it (C3). */
function leftWords({ left, pastShare }: SaleDate, t: TFunction): string {
  if (left !== null && left > 0) return t('till.leftShort', { left: formatCount(left) });
  if (pastShare > 0) return t('till.pastShare', { places: formatCount(pastShare) });
  return t(left === null ? 'till.notCounted' : 'till.soldOut');
}

/** From here on a share is told in amber. */
export const FEW = 10;

/** How full the bar of a share is: what is left of what was lent. */
export const barOf = (left: number | null, share: number | null): number =>
  left === null || share === null || share <= 0 ? 0 : Math.min(1, Math.max(0, left / share));

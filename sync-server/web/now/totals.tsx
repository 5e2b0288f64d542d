import type { HqNow } from '@skygate/shared/hq-api/now';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.ts';
import { isOldWord } from './fresh.ts';
import { Uncertainty } from './uncertainty.tsx';

/** All parks in four figures. */
export function Totals({ totals }: { readonly totals: HqNow['totals'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="totals">
      <Total label={t('now.insideAll')}>
        {format.number(totals.inside)}
        <Uncertainty people={totals.uncertainty} />
      </Total>
      <Total label={t('now.admittedAll')}>{format.number(totals.admittedToday)}</Total>
      <Total label={t('now.salesAll')}>
        {totals.sales.length === 0 ? '0' : null}
        {totals.sales.map((sum) => (
          <span key={sum.currency}>
            {format.amount(sum.amountMinor, sum.currency)}{' '}
            <span className="figure-side">{format.currency(sum.currency)}</span>
          </span>
        ))}
      </Total>
      <Total label={t('now.waitingAll')}>
        {totals.waiting === null ? (
          <>
            <span aria-hidden="true">—</span>
            <span className="figure-side">{t('now.waitingUnknown')}</span>
          </>
        ) : (
          <>
            {format.number(totals.waiting)}
            <WaitingSide waiting={totals.waiting} ageMs={totals.waitingAgeMs} />
          </>
        )}
      </Total>
    </section>
  );
}

/** An old word says how old it is. */
function WaitingSide({ waiting, ageMs }: { readonly waiting: number; readonly ageMs: number | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!isOldWord(ageMs)) return <span className="figure-side">{t('now.events', { count: waiting })}</span>;
  return (
    <span className="figure-side" data-tone="warn">
      {t('now.waitingAsOf', { age: format.age(ageMs ?? 0) })}
    </span>
  );
}

function Total({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="card">
      <div className="total-label">{label}</div>
      <div className="total-figure">{children}</div>
    </div>
  );
}

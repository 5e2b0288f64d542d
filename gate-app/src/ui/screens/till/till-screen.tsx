import { IconCoins, IconReceipt, IconTicket, IconTrash, IconUserCheck } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCodes } from '../../codes.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { ScreenFrame } from '../../components/screen-frame.tsx';
import { EmptyView, LoadingView } from '../../components/state-views.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { useFormat } from '../../format/use-format.ts';
import { useShell } from '../../shell.tsx';
import { FindPanel } from '../gate/find-panel.tsx';
import { DateBar } from './date-bar.tsx';
import { DoneScreen } from './done-screen.tsx';
import { PastSharePanel } from './past-share-panel.tsx';
import { PayScreen } from './pay-screen.tsx';
import { ProductTiles } from './product-tiles.tsx';
import { SaleLines } from './sale-lines.tsx';
import { ShareNewsLine } from './share-news-line.tsx';
import { SharesPanel } from './shares-panel.tsx';
import { type Sale, useSale } from './use-sale.ts';

/** A till: tickets on the left, the sale on the right, then the money, then the tickets. */
export function TillScreen() {
  const sale = useSale();
  const [isPaying, setPaying] = useState(false);
  const { receipt } = sale;
  useEffect(() => {
    if (receipt !== null) setPaying(false);
  }, [receipt]);
  if (receipt !== null) return <DoneScreen key={receipt.saleId} receipt={receipt} onNext={sale.next} />;
  if (isPaying) return <PayScreen sale={sale} onBack={() => setPaying(false)} />;
  return <Selling sale={sale} onPay={() => setPaying(true)} />;
}

function Selling({ sale, onPay }: { sale: Sale; onPay: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { show } = useShell();
  const [looked, setLooked] = useState<string | null>(null);
  // A ticket shown to a till's scanner is looked up, never let in.
  useCodes({ onCode: setLooked, onUnreadable: () => undefined });
  const [over, setOver] = useState<'shares' | 'pastShare' | null>(null);
  const { basket, catalogue } = sale;
  return (
    <ScreenFrame className="till">
      <section className="till-left">
        <DateBar sale={sale} />
        <div className="till-tiles">
          {catalogue === null && sale.problem === null && <LoadingView />}
          {catalogue?.products.length === 0 && (
            <EmptyView title={t('till.noProducts')} what={t('till.noProductsWhat')} />
          )}
          {catalogue !== null && catalogue.products.length > 0 && <ProductTiles catalogue={catalogue} sale={sale} />}
        </div>
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <ShareNewsLine />
          <TouchButton icon={<IconTicket aria-hidden />} onPress={() => setOver('shares')}>
            {t('shares.title')}
          </TouchButton>
          <TouchButton icon={<IconReceipt aria-hidden />} onPress={() => show('sales')}>
            {t('till.sales')}
          </TouchButton>
          <TouchButton icon={<IconCoins aria-hidden />} onPress={() => show('shift')}>
            {t('till.shift')}
          </TouchButton>
        </div>
      </section>
      <aside className="till-right">
        <div className="row spread" style={{ minHeight: 64 }}>
          <h1 className="t2 strong">{t('till.sale')}</h1>
          {basket.length > 0 && (
            <TouchButton
              kind="plain"
              className="danger"
              icon={<IconTrash aria-hidden />}
              onPress={() => sale.change({ kind: 'clear' })}
            >
              {t('till.clear')}
            </TouchButton>
          )}
        </div>
        <SaleLines sale={sale} />
        {sale.problem !== null && <ProblemNote problem={sale.problem} />}
        {sale.problem?.code === 'share_exceeded' && (
          <TouchButton wide icon={<IconUserCheck aria-hidden />} onPress={() => setOver('pastShare')}>
            {t('pastShare.open')}
          </TouchButton>
        )}
        {sale.isPastShare && <p className="t1 warn">{t('pastShare.allowed')}</p>}
        <div className="row spread till-total">
          <span className="t2 quiet">{sale.people > 0 && t('count.people', { count: sale.people })}</span>
          <strong className="t4" data-testid="total">
            {format.money(sale.totalMinor)}
          </strong>
        </div>
        <TouchButton
          kind="primary"
          wide
          className="pay-button"
          disabled={basket.length === 0 || sale.isRefused}
          onPress={onPay}
        >
          {t('till.pay', { total: format.money(sale.totalMinor) })}
        </TouchButton>
      </aside>
      {over === 'shares' && sale.date !== null && <SharesPanel date={sale.date} onClose={() => setOver(null)} />}
      {over === 'pastShare' && (
        <PastSharePanel
          onClose={() => setOver(null)}
          onAllowed={(pastShare) => {
            setOver(null);
            sale.allowPastShare(pastShare);
          }}
        />
      )}
      {looked !== null && <FindPanel scanned={looked} onClose={() => setLooked(null)} />}
    </ScreenFrame>
  );
}

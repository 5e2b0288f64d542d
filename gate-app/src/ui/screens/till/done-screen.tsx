import { IconEye, IconPrinter } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SaleReceipt } from '../../../rpc-contract/till-view.ts';
import { Panel } from '../../components/panel.tsx';
import { ScreenFrame } from '../../components/screen-frame.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { useFormat } from '../../format/use-format.ts';
import { PrintSheet, ReceiptPaper } from './receipt-paper.tsx';
import { TicketPages } from './ticket-pages.tsx';

const RETURN_SECONDS = 8;

/** Sold: the change in large figures, the tickets for a phone, and the way to the next guest. */
export function DoneScreen({ receipt, onNext }: { receipt: SaleReceipt; onNext: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isPreviewed, setPreviewed] = useState(false);
  const countdown = useCountdown(onNext);
  return (
    <ScreenFrame className="done">
      <section className="column done-left">
        <h1 className="t3 strong">{t('done.title', { number: receipt.number })}</h1>
        <p className="t2 quiet">
          {t('common.total')} {format.money(receipt.quote.totalMinor)} ·{' '}
          {t('count.tickets', { count: receipt.tickets.length })}
        </p>
        <div className="pay-sum grow">
          <p className="t2 quiet">{t('done.change')}</p>
          {receipt.changeMinor === 0 ? (
            <p className="t4 strong" data-testid="change">
              {t('done.noChange')}
            </p>
          ) : (
            <p className="t5 strong ok" data-testid="change">
              {format.amount(receipt.changeMinor)}
            </p>
          )}
        </div>
        <p className="t1 quiet">{t('done.scanHint')}</p>
        <div className="row">
          <TouchButton
            icon={<IconPrinter aria-hidden />}
            onPress={() => {
              countdown.stop();
              window.print();
            }}
          >
            {t('done.print')}
          </TouchButton>
          <TouchButton
            icon={<IconEye aria-hidden />}
            onPress={() => {
              countdown.stop();
              setPreviewed(true);
            }}
          >
            {t('done.preview')}
          </TouchButton>
        </div>
        <TouchButton kind="primary" wide className="pay-button" onPress={onNext}>
          {countdown.left === null ? t('done.nextGuest') : t('done.nextIn', { seconds: countdown.left })}
        </TouchButton>
      </section>
      <TicketPages tickets={receipt.tickets} onTurn={countdown.stop} />
      {isPreviewed && (
        <Panel title={t('receipt.preview')} onClose={() => setPreviewed(false)} width={560}>
          <div className="paper-box">
            <ReceiptPaper receipt={receipt} />
          </div>
          <TouchButton kind="primary" wide icon={<IconPrinter size={28} aria-hidden />} onPress={() => window.print()}>
            {t('done.print')}
          </TouchButton>
        </Panel>
      )}
      <PrintSheet receipt={receipt} />
    </ScreenFrame>
  );
}

/** Goes back by itself, unless somebody is still busy with this sale. */
function useCountdown(onEnd: () => void): { readonly left: number | null; readonly stop: () => void } {
  const [left, setLeft] = useState<number | null>(RETURN_SECONDS);
  useEffect(() => {
    if (left === null) return;
    const timer = setTimeout(() => (left <= 1 ? onEnd() : setLeft(left - 1)), 1000);
    return () => clearTimeout(timer);
  }, [left, onEnd]);
  return { left, stop: () => setLeft(null) };
}

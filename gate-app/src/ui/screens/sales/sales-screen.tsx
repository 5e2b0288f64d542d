import { IconChevronLeft, IconPrinter, IconReceipt } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SaleReceipt } from '../../../rpc-contract/till-view.ts';
import { NumberPad } from '../../components/number-pad.tsx';
import { Pager, pageOf } from '../../components/pager.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { ScreenFrame } from '../../components/screen-frame.tsx';
import { EmptyView, LoadingView } from '../../components/state-views.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { TouchField } from '../../components/touch-field.tsx';
import { useFormat } from '../../format/use-format.ts';
import { answerOf, useApi, useStatus } from '../../kiosk-provider.tsx';
import { useShell } from '../../shell.tsx';
import { momentWords } from '../gate/refusal-words.ts';
import { PrintSheet } from '../till/receipt-paper.tsx';
import { TicketPages } from '../till/ticket-pages.tsx';

const SALES_A_PAGE = 6;

/** Past sales of this till: found by number, their tickets shown and printed again. */
export function SalesScreen() {
  const { t } = useTranslation();
  const { show } = useShell();
  const api = useApi();
  const asked = useQuery({ queryKey: ['sales'], queryFn: () => answerOf(api.listSales()) });
  const [wanted, setWanted] = useState('');
  const [page, setPage] = useState(0);
  const [chosen, setChosen] = useState<SaleReceipt | null>(null);
  const sales = asked.data?.ok ? asked.data.value : [];
  const digits = wanted.replace(/\D/g, '');
  const found = sales.filter(({ number }) => number.replace(/\D/g, '').endsWith(digits));
  const newest = [...found].sort((one, other) => other.atMs - one.atMs);
  const shown = pageOf(newest, page, SALES_A_PAGE);
  return (
    <ScreenFrame className="sales">
      <section className="column">
        <div className="row">
          <TouchButton icon={<IconChevronLeft aria-hidden />} onPress={() => show('work')}>
            {t('sales.backToTill')}
          </TouchButton>
          <h1 className="t3 strong clip">{t('sales.title')}</h1>
        </div>
        <div className="sales-list">
          {asked.isPending && <LoadingView />}
          {asked.data?.ok === false && <ProblemNote problem={asked.data.problem} />}
          {asked.data?.ok === true && newest.length === 0 && (
            <EmptyView
              icon={<IconReceipt size={44} aria-hidden />}
              title={t(sales.length === 0 ? 'sales.empty' : 'sales.none')}
              what={sales.length === 0 ? t('sales.emptyWhat') : ''}
            />
          )}
          {shown.items.map((sale) => (
            <SaleRow key={sale.saleId} sale={sale} isChosen={sale === chosen} onPress={() => setChosen(sale)} />
          ))}
        </div>
        <Pager page={shown.page} pages={shown.pages} onPage={setPage} />
      </section>
      <aside className="column sales-side">
        {chosen === null ? (
          <>
            <TouchField
              label={t('sales.search')}
              value={wanted}
              lengthMax={12}
              onChange={(text) => {
                setWanted(text);
                setPage(0);
              }}
            />
            <NumberPad value={wanted} onChange={setWanted} lengthMax={12} />
            <p className="t1 quiet">{t('sales.choose')}</p>
          </>
        ) : (
          <ChosenSale key={chosen.saleId} sale={chosen} onBack={() => setChosen(null)} />
        )}
      </aside>
    </ScreenFrame>
  );
}

function SaleRow({ sale, isChosen, onPress }: { sale: SaleReceipt; isChosen: boolean; onPress: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { nowMs } = useStatus();
  return (
    <TouchButton wide className="sale-row" chosen={isChosen} onPress={onPress}>
      <strong>{sale.number}</strong>
      <span className="quiet clip">{momentWords(sale.atMs, { t, time: format.time, nowMs })}</span>
      <span className="quiet clip">{t('count.tickets', { count: sale.tickets.length })}</span>
      <span className="right">{format.money(sale.quote.totalMinor)}</span>
    </TouchButton>
  );
}

function ChosenSale({ sale, onBack }: { sale: SaleReceipt; onBack: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <div className="row spread">
        <TouchButton icon={<IconChevronLeft aria-hidden />} onPress={onBack}>
          {t('common.back')}
        </TouchButton>
        <TouchButton icon={<IconPrinter aria-hidden />} onPress={() => window.print()}>
          {t('done.print')}
        </TouchButton>
      </div>
      <TicketPages tickets={sale.tickets} />
      <PrintSheet receipt={sale} />
    </>
  );
}

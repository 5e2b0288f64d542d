import { useElementSize } from '@mantine/hooks';
import { startTimeOf } from '@skygate/shared/domain/pricing/slots';
import { IconMinus, IconPlus, IconTicket } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SaleCatalogue, SaleLineInput } from '../../../rpc-contract/till-view.ts';
import { Pager, pageOf } from '../../components/pager.tsx';
import { EmptyView } from '../../components/state-views.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { useFormat } from '../../format/use-format.ts';
import { lineKey } from './basket.ts';
import type { Sale } from './use-sale.ts';

const LINE_HEIGHT = 84;

/** The sale so far, one line a kind of ticket. */
export function SaleLines({ sale }: { sale: Sale }) {
  const { t } = useTranslation();
  const { ref, height } = useElementSize();
  const [wanted, setWanted] = useState<number | null>(null);
  const fits = Math.max(2, Math.floor(height / LINE_HEIGHT));
  const needsPager = sale.basket.length > fits;
  const size = needsPager ? Math.max(1, Math.floor((height - 76) / LINE_HEIGHT)) : fits;
  // Without a choice the last page shows: what was touched last.
  const shown = pageOf(sale.basket, wanted ?? Number.MAX_SAFE_INTEGER, size);
  return (
    <div className="lines" ref={ref}>
      {sale.basket.length === 0 && (
        <EmptyView icon={<IconTicket size={44} aria-hidden />} title={t('till.empty')} what={t('till.emptyHint')} />
      )}
      {shown.items.map((line) => (
        <LineRow key={lineKey(line)} line={line} sale={sale} />
      ))}
      {needsPager && <Pager page={shown.page} pages={shown.pages} onPage={setWanted} />}
    </div>
  );
}

function LineRow({ line, sale }: { line: SaleLineInput; sale: Sale }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = nameOf(line, sale.catalogue, format.words);
  const priceMinor = sale.priceOf(line);
  const each =
    priceMinor === 0 ? t('till.free') : t('till.each', { price: format.amount(priceMinor), count: line.quantity });
  const isOtherDay = sale.catalogue !== null && line.date !== sale.catalogue.date;
  const detail = [isOtherDay ? format.time.shortDate(line.date) : '', each];
  return (
    <div className="line">
      <div className="grow">
        <p className="t2 semi two-lines">{name}</p>
        <p className="t1 quiet clip">{detail.filter((part) => part !== '').join(' · ')}</p>
      </div>
      <TouchButton
        className="icon"
        label={t('till.less', { name })}
        onPress={() => sale.change({ kind: 'remove', line: keyOf(line) })}
      >
        <IconMinus size={24} aria-hidden />
      </TouchButton>
      <strong className="t3 line-count">{line.quantity}</strong>
      <TouchButton
        className="icon"
        label={t('till.more', { name })}
        onPress={() => sale.change({ kind: 'add', line: keyOf(line) })}
      >
        <IconPlus size={24} aria-hidden />
      </TouchButton>
      <span className="t2 semi line-total">{format.amount(priceMinor * line.quantity)}</span>
    </div>
  );
}

const keyOf = ({ productId, unitId, date, slot }: SaleLineInput) => ({ productId, unitId, date, slot });

function nameOf(
  line: SaleLineInput,
  catalogue: SaleCatalogue | null,
  words: ReturnType<typeof useFormat>['words'],
): string {
  const product = catalogue?.products.find(({ productId }) => productId === line.productId);
  const unit = product?.units.find(({ unitId }) => unitId === line.unitId);
  const unitName = words(unit?.name) || line.unitId;
  const startsAt = startTimeOf(line.slot);
  if (startsAt === null) return unitName;
  // One unit says nothing beside its product; of several it says who goes.
  return product?.units.length === 1 ? `${words(product.name)}, ${startsAt}` : `${startsAt}, ${unitName}`;
}

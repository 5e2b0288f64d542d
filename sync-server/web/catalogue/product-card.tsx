import { ActionIcon, Badge, Button, Switch } from '@mantine/core';
import type { ProductAnswer, ProductPatchBody } from '@skygate/shared/hq-api/catalogue';
import { IconHistory, IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePatchProduct } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { FormError } from '../layout/states.tsx';
import { DatePrices } from './date-prices.tsx';
import { NameModal } from './name-modal.tsx';
import { PriceCell } from './price-cell.tsx';

interface ProductCardProps {
  readonly park: string;
  readonly currency: string;
  readonly answer: ProductAnswer;
  readonly onHistory: () => void;
}

/** One product: its name, whether it is sold, and each unit's prices. Every edit names the state it was made on. */
export function ProductCard({ park, currency, answer, onHistory }: ProductCardProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const patchProduct = usePatchProduct(park);
  const [naming, setNaming] = useState(false);
  const { product, productId, etag } = answer;
  const name = format.words(product.name);
  const patch = (change: ProductPatchBody): void => patchProduct.mutate({ productId, etag, patch: change });
  const units = Object.entries(product.units).sort(([, left], [, right]) => left.order - right.order);
  return (
    <section className="card" aria-label={name}>
      <div className="park-head" style={{ flexWrap: 'wrap' }}>
        <div style={{ display: 'flex', alignItems: 'center', gap: 12, flexWrap: 'wrap' }}>
          <h2 className="park-name" style={{ margin: 0 }}>
            {name}
          </h2>
          <ActionIcon variant="subtle" size="lg" aria-label={t('catalogue.editName')} onClick={() => setNaming(true)}>
            <IconPencil size={18} />
          </ActionIcon>
          <Badge variant="light" color="gray" tt="none" size="lg">
            {t(`catalogue.kind.${product.kind}`)}
          </Badge>
        </div>
        <div style={{ display: 'flex', alignItems: 'center', gap: 20 }}>
          <Switch
            size="md"
            checked={product.active}
            onChange={(event) => patch({ active: event.currentTarget.checked })}
            label={t(product.active ? 'catalogue.onSale' : 'catalogue.offSale')}
          />
          <Button variant="default" leftSection={<IconHistory size={18} aria-hidden />} onClick={onHistory}>
            {t('catalogue.history')}
          </Button>
        </div>
      </div>
      <FormError error={patchProduct.error} />
      <table className="table">
        <thead>
          <tr>
            <th>{t('catalogue.unit')}</th>
            <th className="number" style={{ width: 220 }}>
              {t('catalogue.price')}, {format.currency(currency)}
            </th>
            <th style={{ width: '45%' }}>{t('catalogue.dates')}</th>
          </tr>
        </thead>
        <tbody>
          {units.map(([unitId, unit]) => (
            <tr key={unitId}>
              <td>
                <div style={{ fontWeight: 600 }}>{format.words(unit.name)}</div>
                <div className="quiet small">{format.words(unit.hint)}</div>
              </td>
              <td className="number">
                <PriceCell
                  label={`${format.words(unit.name)}: ${t('catalogue.price')}`}
                  minor={unit.priceMinor}
                  currency={currency}
                  onSave={(priceMinor) => patch({ unitPrices: { [unitId]: priceMinor } })}
                />
              </td>
              <td>
                <DatePrices
                  unit={unit}
                  currency={currency}
                  onSet={(date, priceMinor) => patch({ datePrices: [{ unitId, date, priceMinor }] })}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {naming ? (
        <NameModal
          name={product.name}
          onClose={() => setNaming(false)}
          onSave={(words) => {
            patch({ name: words });
            setNaming(false);
          }}
        />
      ) : null}
    </section>
  );
}

import type { ProductAnswer } from '@skygate/shared/hq-api/catalogue';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalogue } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { Notice } from '../layout/notice.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { Empty, Failed, Loading } from '../layout/states.tsx';
import { HistoryDrawer } from './history-drawer.tsx';
import { ProductCard } from './product-card.tsx';
import { PublicationNote } from './publication-note.tsx';

/** What is sold in a park, edited in place. */
export function CataloguePage({ park }: { readonly park: ParkBody }) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalogue = useCatalogue(park.park);
  const [shown, setShown] = useState<ProductAnswer | null>(null);
  if (catalogue.isPending) return <Loading />;
  if (catalogue.isError) return <Failed error={catalogue.error} onRetry={() => void catalogue.refetch()} />;
  const { products, unusable, currency } = catalogue.data;
  return (
    <>
      <PageHead title={t('nav.catalogue')}>{t('catalogue.priceHint')}</PageHead>
      <PublicationNote park={park} />
      {unusable.map(({ productId, problem }) => (
        <Notice key={productId} tone="bad">
          {t('catalogue.unusable', { product: productId, problem })}
        </Notice>
      ))}
      {products.length === 0 ? <Empty title={t('catalogue.empty')} hint={t('catalogue.emptyHint')} /> : null}
      <div style={{ display: 'grid', gap: 18 }}>
        {products.map((product) => (
          <ProductCard
            key={product.productId}
            park={park.park}
            currency={currency}
            answer={product}
            onHistory={() => setShown(product)}
          />
        ))}
      </div>
      <HistoryDrawer
        park={park}
        currency={currency}
        productId={shown?.productId ?? null}
        title={shown ? t('catalogue.historyTitle', { product: format.words(shown.product.name) }) : ''}
        onClose={() => setShown(null)}
      />
    </>
  );
}

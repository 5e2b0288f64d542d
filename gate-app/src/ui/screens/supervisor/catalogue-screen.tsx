import { IconChevronLeft, IconHistory, IconPencil } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EditableProduct, ProductEdit } from '../../../rpc-contract/catalogue-view.ts';
import { Pager, pageOf } from '../../components/pager.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { ScreenFrame } from '../../components/screen-frame.tsx';
import { EmptyView, LoadingView } from '../../components/state-views.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { useFormat } from '../../format/use-format.ts';
import { LANGUAGES } from '../../i18n/i18n.ts';
import { answerOf, useApi } from '../../kiosk-provider.tsx';
import { useShell } from '../../shell.tsx';
import { CatalogueHistory } from './catalogue-history.tsx';
import { EditPanel } from './edit-panel.tsx';

const PRODUCTS_A_PAGE = 6;
const UNITS_A_PAGE = 4;

/** Names and prices, edited at the park, with or without a network (D1). */
export function CatalogueScreen() {
  const { t } = useTranslation();
  const api = useApi();
  const { show } = useShell();
  const format = useFormat();
  const asked = useQuery({ queryKey: ['editable'], queryFn: () => answerOf(api.listEditableProducts()) });
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [page, setPage] = useState(0);
  const products = asked.data?.ok ? asked.data.value : [];
  const chosen = products.find(({ productId }) => productId === chosenId) ?? null;
  const shown = pageOf(products, page, PRODUCTS_A_PAGE);
  return (
    <ScreenFrame className="catalogue">
      <div className="row catalogue-head">
        <TouchButton icon={<IconChevronLeft aria-hidden />} onPress={() => show('work')}>
          {t('common.back')}
        </TouchButton>
        <div className="clip">
          <h1 className="t3 strong">{t('catalogue.title')}</h1>
          <p className="t1 quiet clip">{t('catalogue.intro')}</p>
        </div>
      </div>
      <section className="column">
        <div className="column grow">
          {asked.isPending && <LoadingView />}
          {asked.data?.ok === false && <ProblemNote problem={asked.data.problem} />}
          {asked.data?.ok === true && products.length === 0 && (
            <EmptyView title={t('catalogue.empty')} what={t('catalogue.emptyWhat')} />
          )}
          {shown.items.map((product) => (
            <TouchButton
              key={product.productId}
              wide
              chosen={product === chosen}
              onPress={() => setChosenId(product.productId)}
            >
              <span className="clip">{format.words(product.name)}</span>
            </TouchButton>
          ))}
        </div>
        <Pager page={shown.page} pages={shown.pages} onPage={setPage} />
      </section>
      {chosen === null ? (
        <section className="card catalogue-side">
          <h2 className="t2 strong row">
            <IconHistory aria-hidden /> {t('catalogue.history')}
          </h2>
          <CatalogueHistory products={products} />
        </section>
      ) : (
        <ProductEditor key={chosen.productId} product={chosen} onHistory={() => setChosenId(null)} />
      )}
    </ScreenFrame>
  );
}

function ProductEditor({ product, onHistory }: { product: EditableProduct; onHistory: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const questions = useQueryClient();
  const [editing, setEditing] = useState<ProductEdit['change'] | null>(null);
  const [page, setPage] = useState(0);
  const shown = pageOf(product.units, page, UNITS_A_PAGE);
  const done = () => {
    setEditing(null);
    void questions.invalidateQueries();
  };
  return (
    <section className="card catalogue-side">
      <div className="row spread">
        <h2 className="t2 strong clip">{format.words(product.name)}</h2>
        <TouchButton icon={<IconHistory aria-hidden />} onPress={onHistory}>
          {t('catalogue.history')}
        </TouchButton>
      </div>
      <p className="t1 quiet">{t('catalogue.name')}</p>
      <div className="catalogue-names">
        {LANGUAGES.map((language) => (
          <TouchButton
            key={language}
            className="catalogue-value"
            onPress={() => setEditing({ field: 'name', language, value: product.name[language] })}
          >
            <span className="t1 quiet">{t(`catalogue.language.${language}`)}</span>
            <span className="clip">{product.name[language] || '–'}</span>
          </TouchButton>
        ))}
      </div>
      <p className="t1 quiet">{t('catalogue.price')}</p>
      <div className="column">
        {shown.items.map((unit) => (
          <TouchButton
            key={unit.unitId}
            wide
            className="catalogue-price"
            onPress={() => setEditing({ field: 'price', unitId: unit.unitId, priceMinor: unit.priceMinor })}
          >
            <span className="clip grow">{format.words(unit.name)}</span>
            <strong>{format.money(unit.priceMinor)}</strong>
            <IconPencil aria-hidden />
          </TouchButton>
        ))}
      </div>
      {shown.pages > 1 && <Pager page={shown.page} pages={shown.pages} onPage={setPage} />}
      {editing !== null && (
        <EditPanel product={product} change={editing} onClose={() => setEditing(null)} onSaved={done} />
      )}
    </section>
  );
}

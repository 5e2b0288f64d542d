import type { ParkBody } from '@skygate/shared/hq-api/parks';
import { useTranslation } from 'react-i18next';
import { useCatalogue } from '../api/park-queries.ts';
import { PageHead } from '../layout/page-head.tsx';
import { Failed, Loading } from '../layout/states.tsx';
import { IssueForm } from './issue-form.tsx';
import { VoidForm } from './void-form.tsx';

/** Tickets HQ makes without a sale, and tickets it makes worthless. */
export function TicketsPage({ park }: { readonly park: ParkBody }) {
  const { t } = useTranslation();
  const catalogue = useCatalogue(park.park);
  if (catalogue.isPending) return <Loading />;
  if (catalogue.isError) return <Failed error={catalogue.error} onRetry={() => void catalogue.refetch()} />;
  return (
    <>
      <PageHead title={t('nav.tickets')} />
      <div className="below">
        <IssueForm park={park} products={catalogue.data.products} />
        <VoidForm park={park.park} />
      </div>
    </>
  );
}

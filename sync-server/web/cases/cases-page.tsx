import { Button, SegmentedControl } from '@mantine/core';
import type { CaseItem } from '@skygate/shared/hq-api/cases';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCases } from '../api/case-queries.ts';
import { useCatalogue } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { PageHead } from '../layout/page-head.tsx';
import { Empty, Failed, Loading } from '../layout/states.tsx';
import { TableCard } from '../layout/table-card.tsx';
import { CaseDetail } from './case-detail.tsx';

type State = 'open' | 'closed';

/** Admissions that a person looks at: the list, and the one that was picked. */
export function CasesPage({ park }: { readonly park: ParkBody }) {
  const { t } = useTranslation();
  const [state, setState] = useState<State>('open');
  const [picked, setPicked] = useState<string | null>(null);
  const cases = useCases(park.park, state);
  if (picked !== null) return <CaseDetail park={park} caseId={picked} onBack={() => setPicked(null)} />;
  if (cases.isPending) return <Loading />;
  if (cases.isError) return <Failed error={cases.error} onRetry={() => void cases.refetch()} />;
  const found = cases.data.pages.flatMap((page) => page.cases);
  return (
    <>
      <PageHead title={t('nav.cases')}>
        <SegmentedControl
          size="md"
          aria-label={t('cases.which')}
          value={state}
          onChange={(chosen) => setState(chosen === 'closed' ? 'closed' : 'open')}
          data={[
            { value: 'open', label: t('cases.open', { count: cases.data.pages[0]?.open ?? 0 }) },
            { value: 'closed', label: t('cases.closed') },
          ]}
        />
      </PageHead>
      {found.length === 0 ? (
        <Empty title={t(`cases.empty.${state}`)} hint={t('cases.emptyHint')} />
      ) : (
        <CaseTable cases={found} park={park} onPick={setPicked} />
      )}
      {cases.hasNextPage ? (
        <Button variant="default" loading={cases.isFetchingNextPage} onClick={() => void cases.fetchNextPage()}>
          {t('cases.more')}
        </Button>
      ) : null}
    </>
  );
}

interface CaseTableProps {
  readonly cases: readonly CaseItem[];
  readonly park: ParkBody;
  readonly onPick: (caseId: string) => void;
}

function CaseTable({ cases, park, onPick }: CaseTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalogue = useCatalogue(park.park);
  const { timeZone, gates } = park.document;
  const productName = (productId: string | null): string => {
    const product = catalogue.data?.products.find((one) => one.productId === productId)?.product;
    return product ? format.words(product.name) : (productId ?? t('cases.unknownProduct'));
  };
  const placeOf = ({ gateId }: CaseItem): string => {
    const gate = gates[gateId];
    return gate === undefined ? gateId : format.words(gate.name);
  };
  return (
    <TableCard
      columns={[
        t('cases.what'),
        t('cases.ticket'),
        t('cases.where'),
        t('cases.when'),
        { number: t('cases.people') },
        { buttons: t('action.actions') },
      ]}
    >
      {cases.map((item) => (
        <tr key={item.caseId}>
          <td>
            <span className="chip" data-tone={item.kind === 'contested' ? 'warn' : 'bad'}>
              {t(`cases.kind.${item.kind}`)}
            </span>
            {item.closing ? <div className="quiet small">{t(`cases.outcome.${item.closing.outcome}`)}</div> : null}
          </td>
          <td>
            <div style={{ fontWeight: 600 }}>{productName(item.productId)}</div>
            <div className="quiet small">{item.ticketId}</div>
          </td>
          <td className="nowrap">
            {placeOf(item)}
            {placeOf(item) === item.kiosk ? null : <div className="quiet small">{item.kiosk}</div>}
          </td>
          <td className="nowrap">
            {format.shortDate(item.businessDate)}, {format.time(item.atMs, timeZone)}
          </td>
          <td className="number">{format.number(item.people)}</td>
          <td className="number">
            <Button
              variant="default"
              aria-label={t('cases.lookAt', { ticket: item.ticketId })}
              onClick={() => onPick(item.caseId)}
            >
              {t('cases.look')}
            </Button>
          </td>
        </tr>
      ))}
    </TableCard>
  );
}

import { SegmentedControl, Select } from '@mantine/core';
import type { ParkBody } from '@skygate/shared/hq-api/parks';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useParks } from '../api/park-queries.ts';
import { useFormat } from '../format/use-format.ts';
import { Empty, Failed, Loading } from '../layout/states.tsx';
import type { Go, Place } from '../layout/use-place.ts';
import { RecoveryBanner } from '../recovery/recovery-banner.tsx';

interface ParkPickedProps {
  readonly place: Place;
  readonly go: Go;
  readonly children: (park: ParkBody) => ReactNode;
}

/** More parks than this do not fit side by side. */
const SIDE_BY_SIDE = 5;

/** Which park a page is about: the one of the address, else the first. */
export function ParkPicked({ place, go, children }: ParkPickedProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const parks = useParks();
  if (parks.isPending) return <Loading />;
  if (parks.isError) return <Failed error={parks.error} onRetry={() => void parks.refetch()} />;
  const all = parks.data.parks;
  const picked = all.find((one) => one.park === place.park) ?? all[0];
  if (!picked) return <Empty title={t('state.noParks')} hint={t('state.noParksHint')} />;
  const data = all.map((one) => ({ value: one.park, label: format.words(one.document.name) }));
  const pick = (park: string | null): void => go(place.page, park ?? picked.park);
  return (
    <>
      <div style={{ marginBottom: 20, minHeight: 44 }}>
        {all.length > SIDE_BY_SIDE ? (
          <Select
            aria-label={t('state.park')}
            data={data}
            value={picked.park}
            onChange={pick}
            w={320}
            size="md"
            searchable
          />
        ) : (
          <SegmentedControl aria-label={t('state.park')} data={data} value={picked.park} onChange={pick} size="md" />
        )}
      </div>
      <RecoveryBanner park={picked.park} nameOf={() => format.words(picked.document.name)} />
      {children(picked)}
    </>
  );
}

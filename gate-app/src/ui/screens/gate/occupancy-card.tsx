import { useTranslation } from 'react-i18next';
import type { CoverageView, OccupancyView } from '../../../rpc-contract/status-view.ts';
import { EmptyView } from '../../components/state-views.tsx';
import { formatCount } from '../../format/money.ts';
import { useFormat } from '../../format/use-format.ts';

interface OccupancyCardProps {
  readonly occupancy: OccupancyView | null;
  readonly coverage: CoverageView;
}

/** How many people are inside, and how far to believe it. */
export function OccupancyCard({ occupancy, coverage }: OccupancyCardProps) {
  const { t } = useTranslation();
  const { words } = useFormat();
  if (occupancy === null) {
    return (
      <section className="card gate-card">
        <EmptyView title={t('gate.noOccupancy')} />
      </section>
    );
  }
  const { exitsScanned, uncertainty, capacity } = occupancy;
  const people = exitsScanned ? occupancy.inside : occupancy.admittedToday;
  const share = capacity === null || capacity === 0 ? null : Math.min(1, people / capacity);
  const silent = coverage.silent.map(({ name }) => words(name)).join(', ');
  return (
    <section className="card gate-card">
      <h2 className="t2 quiet">{t(exitsScanned ? 'gate.inside' : 'gate.admittedToday')}</h2>
      <p className="t5 strong" data-testid="inside">
        {formatCount(people)}
      </p>
      <p className="t2 clip">
        {exitsScanned && uncertainty > 0 && <strong className="warn">± {formatCount(uncertainty)} </strong>}
        <span className="quiet">
          {silent !== '' && t('gate.silentSince', { gates: silent })}
          {silent === '' && exitsScanned && uncertainty === 0 && t('gate.exact')}
        </span>
      </p>
      <div className="gate-capacity" style={{ visibility: exitsScanned ? 'visible' : 'hidden' }}>
        <div className="bar">
          <i style={{ width: `${(share ?? 0) * 100}%` }} />
        </div>
        <p className="row spread t1 quiet">
          <span>{share === null ? '' : `${Math.round(share * 100)} %`}</span>
          <span>
            {capacity === null ? t('gate.noCapacity') : t('gate.capacity', { count: formatCount(capacity) as never })}
          </span>
        </p>
      </div>
    </section>
  );
}

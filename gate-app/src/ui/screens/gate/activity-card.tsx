import { useTranslation } from 'react-i18next';
import type { CaseNotice } from '../../../rpc-contract/gate-view.ts';
import type { OccupancyView } from '../../../rpc-contract/status-view.ts';
import { EmptyView } from '../../components/state-views.tsx';
import { formatCount } from '../../format/money.ts';
import { useFormat } from '../../format/use-format.ts';
import { useStatus } from '../../kiosk-provider.tsx';
import { CaseLine } from './case-line.tsx';

const WIDTH = 400;
const HEIGHT = 120;

interface ActivityCardProps {
  readonly occupancy: OccupancyView | null;
  /** What of this gate's day HQ will look at. */
  readonly notices: readonly CaseNotice[];
  readonly onCase: (ticketId: string) => void;
}

/** This gate's day at a glance: how many came through, and when. */
export function ActivityCard({ occupancy, notices, onCase }: ActivityCardProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { nowMs } = useStatus();
  const steps = occupancy?.thisGateActivity ?? [];
  const first = steps[0];
  return (
    <section className="card gate-card">
      <div className="row spread t2">
        <h2 className="quiet">{t('gate.thisGate')}</h2>
        <strong>{formatCount(occupancy?.thisGateAdmitted ?? 0)}</strong>
      </div>
      {first === undefined ? (
        <EmptyView title={t('gate.noActivity')} />
      ) : (
        <>
          <Chart values={steps.map(({ admitted }) => admitted)} label={t('gate.per15')} />
          <p className="row spread t1 quiet">
            <span>{format.time.clock(first.fromMs)}</span>
            <span>{t('gate.per15')}</span>
            <span>{format.time.clock(nowMs)}</span>
          </p>
        </>
      )}
      <CaseLine notices={notices} onChoose={onCase} />
    </section>
  );
}

/** Points of a line through `values`, left to right, in a box of WIDTH by HEIGHT. */
export function chartPoints(values: readonly number[]): string {
  const most = Math.max(1, ...values);
  const step = values.length > 1 ? WIDTH / (values.length - 1) : 0;
  const y = (value: number): string => (HEIGHT - 4 - (value / most) * (HEIGHT - 8)).toFixed(1);
  // One value alone is a level line: a line needs two ends.
  if (values.length === 1) return `0,${y(values[0] ?? 0)} ${WIDTH},${y(values[0] ?? 0)}`;
  return values.map((value, index) => `${(index * step).toFixed(1)},${y(value)}`).join(' ');
}

function Chart({ values, label }: { values: readonly number[]; label: string }) {
  const points = chartPoints(values);
  return (
    <svg
      className="chart"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}: ${values.join(', ')}`}
    >
      <polygon points={`0,${HEIGHT} ${points} ${WIDTH},${HEIGHT}`} className="chart-area" />
      <polyline points={points} className="chart-line" />
      <line x1="0" x2={WIDTH} y1={HEIGHT - 1} y2={HEIGHT - 1} className="chart-axis" />
    </svg>
  );
}

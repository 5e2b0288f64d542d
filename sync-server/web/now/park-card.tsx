import { BUCKET_MS, type ParkNow } from '@skygate/shared/hq-api/now';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.ts';
import { fillPercentOf, fillToneOf } from './fill-of.ts';
import { isOldWord } from './fresh.ts';
import { GateDots } from './gate-dots.tsx';
import { Sparkline } from './sparkline.tsx';
import { Uncertainty } from './uncertainty.tsx';

interface ParkCardProps {
  readonly park: ParkNow;
  readonly picked: boolean;
  readonly onPick: () => void;
}

/** One park at a glance; a tap shows its day below. */
export function ParkCard({ park, picked, onPick }: ParkCardProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const percent = fillPercentOf(park);
  // The bucket that has begun may be seconds old: the one before it belongs to "lately".
  const [before = 0, last = 0] = park.entries.slice(-2);
  return (
    <button type="button" className="card park-card" aria-pressed={picked} onClick={onPick}>
      <span className="park-head">
        <span className="park-name">{format.words(park.name)}</span>
        <GateDots gates={park.gates} />
      </span>
      <span className="park-middle">
        <span className="park-inside">
          {format.number(park.inside)}
          <Side park={park} />
        </span>
        <Sparkline values={park.entries} label={t('now.spark')} />
      </span>
      <span className="bar" style={{ display: 'block' }}>
        <span
          className="bar-fill"
          data-tone={percent === null ? undefined : fillToneOf(percent)}
          style={{ display: 'block', width: `${Math.min(100, percent ?? 0)}%` }}
        />
      </span>
      <span className="park-foot">
        <span>
          {percent === null ? t('now.noMax') : t('now.ofCapacity', { percent, max: format.number(park.insideMax) })}
        </span>
        <span>
          {t('now.since', {
            count: before + last,
            time: format.time(park.entriesLastMs - BUCKET_MS, park.timeZone),
          })}
        </span>
      </span>
      <span className="park-foot">
        <span>
          {park.sales.map((sum) => (
            <span key={sum.currency}>
              {format.amount(sum.amountMinor, sum.currency)}&nbsp;{format.currency(sum.currency)} ·{' '}
              {t('now.payments', { count: sum.count })}
            </span>
          ))}
        </span>
        <span>{park.capacity === null ? '' : t('now.dayPlaces', { places: format.number(park.capacity) })}</span>
      </span>
      <span className="park-foot">
        <Backlog park={park} />
      </span>
    </button>
  );
}

/** What the park's kiosks still keep. Its line is always there, so that nothing jumps when it comes and goes. */
function Backlog({ park }: { readonly park: ParkNow }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (park.waiting === null) return <span>&nbsp;</span>;
  const text = t('now.waitingHere', { events: format.number(park.waiting) });
  if (!isOldWord(park.waitingAgeMs)) return <span>{text}</span>;
  return (
    <span className="warn-text">
      {text} · {t('now.waitingAsOf', { age: format.age(park.waitingAgeMs ?? 0) })}
    </span>
  );
}

function Side({ park }: { readonly park: ParkNow }) {
  const { t } = useTranslation();
  if (park.hours === null && park.inside === 0) return <span className="figure-side">{t('now.closed')}</span>;
  return (
    <>
      <Uncertainty people={park.uncertainty} />
      {park.exitsScanned ? null : <span className="figure-side">{t('now.noExits')}</span>}
    </>
  );
}

import { IconArrowBackUp, IconArrowRight, IconCheck, IconClock, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecentScan } from '../../../rpc-contract/gate-view.ts';
import { useFormat } from '../../format/use-format.ts';

const SHOWN = 5;

interface RecentStripProps {
  readonly scans: readonly RecentScan[];
  readonly onChoose: (scanId: string) => void;
}

/** The last five verdicts, newest first: a touch shows the details and offers to undo. */
export function RecentStrip({ scans, onChoose }: RecentStripProps) {
  const { t } = useTranslation();
  const newest = [...scans].sort((one, other) => other.atMs - one.atMs).slice(0, SHOWN);
  return (
    <section className="recent" aria-label={t('gate.recent')}>
      {newest.length === 0 && <p className="t1 quiet">{t('gate.noRecent')}</p>}
      {newest.map((scan) => (
        <RecentTile key={scan.scanId} scan={scan} onChoose={onChoose} />
      ))}
    </section>
  );
}

function RecentTile({ scan, onChoose }: { scan: RecentScan; onChoose: (scanId: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const who = format.party(scan.party, scan.unitNames);
  // Five tiles leave room for figures, not for a list of names: those are said, and shown on a touch.
  const short = scan.party.length > 1 ? scan.party.map(({ count }) => count).join(' + ') : who;
  const words = scan.reason === null ? short || t(`verdict.short.${scan.verdict}`) : t(`refusal.${scan.reason}.title`);
  return (
    <button type="button" className={`recent-tile ${toneOf(scan)}`} onClick={() => onChoose(scan.scanId)}>
      {iconOf(scan)}
      <span className="recent-words">
        <span className={`semi clip${scan.undone ? ' undone' : ''}`}>{words}</span>
        <span className="clip">{format.time.clockWithSeconds(scan.atMs)}</span>
      </span>
      <span className="visually-hidden">
        , {t(`verdict.short.${scan.verdict}`)}, {who}
      </span>
    </button>
  );
}

function toneOf({ verdict, undone }: RecentScan): string {
  if (undone) return 'none';
  if (verdict === 'refuse') return 'bad';
  return verdict === 'provisional' ? 'warn' : 'ok';
}

function iconOf({ verdict, undone }: RecentScan): ReactNode {
  const look = { size: 24, stroke: 3, 'aria-hidden': true } as const;
  if (undone) return <IconArrowBackUp {...look} />;
  if (verdict === 'refuse') return <IconX {...look} />;
  if (verdict === 'provisional') return <IconClock {...look} />;
  return verdict === 'exit' ? <IconArrowRight {...look} /> : <IconCheck {...look} />;
}

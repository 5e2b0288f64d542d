import { Button } from '@mantine/core';
import type { HqNow } from '@skygate/shared/hq-api/now';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBoard } from '../api/use-board.ts';
import { useFormat } from '../format/use-format.ts';
import { PageHead } from '../layout/page-head.tsx';
import { Empty, Loading } from '../layout/states.tsx';
import type { Go } from '../layout/use-place.ts';
import { RecoveryBanner } from '../recovery/recovery-banner.tsx';
import { Attention } from './attention.tsx';
import { DayChart } from './day-chart.tsx';
import { LiveChip, useIsStale } from './live-chip.tsx';
import { ParkCard } from './park-card.tsx';
import { Totals } from './totals.tsx';

/** The live board of all parks; on a wall without anything around it. */
export default function NowPage({ wall, go }: { readonly wall: boolean; readonly go: Go }) {
  const { t } = useTranslation();
  const board = useBoard();
  const isStale = useIsStale(board);
  const format = useFormat();
  const nameOf = (park: string): string | null => {
    const known = board.now?.parks.find((one) => one.park === park);
    return known ? format.words(known.name) : null;
  };
  return (
    <>
      <PageHead title={t('nav.now')} beside={<LiveChip board={board} />}>
        {board.now ? <Clock now={board.now} /> : null}
        <Button variant="default" size="md" onClick={() => go('now', wall ? null : 'wall')}>
          {t(wall ? 'now.wallEnd' : 'now.wall')}
        </Button>
      </PageHead>
      <RecoveryBanner park={null} nameOf={nameOf} />
      <div className="board" data-stale={isStale || undefined}>
        {board.now ? <Board now={board.now} /> : <Loading />}
      </div>
    </>
  );
}

function Board({ now }: { readonly now: HqNow }) {
  const { t } = useTranslation();
  const [picked, setPicked] = useState<string | null>(null);
  const park = now.parks.find((one) => one.park === picked) ?? now.parks[0];
  if (!park) return <Empty title={t('state.noParks')} hint={t('state.noParksHint')} />;
  return (
    <>
      <Totals totals={now.totals} />
      <div className="parks">
        {now.parks.map((one) => (
          <ParkCard key={one.park} park={one} picked={one.park === park.park} onPick={() => setPicked(one.park)} />
        ))}
      </div>
      <div className="below">
        <DayChart key={park.park} park={park} serverMs={now.serverMs} />
        <Attention parks={now.parks} />
      </div>
    </>
  );
}

function Clock({ now }: { readonly now: HqNow }) {
  const format = useFormat();
  const timeZone = now.parks[0]?.timeZone ?? 'Asia/Bishkek';
  return <span>{format.dayAndTime(now.serverMs, timeZone)}</span>;
}

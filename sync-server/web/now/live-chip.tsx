import type { HqNow } from '@skygate/shared/hq-api/now';
import { useTranslation } from 'react-i18next';
import type { Board } from '../api/use-board.ts';
import { useFormat } from '../format/use-format.ts';
import { useTick } from '../format/use-tick.ts';

/** Old numbers must not pass for new ones: says how old what is on the screen is. */
const STALE_MS = 6_000;

function useAge(board: Board): number | null {
  const nowMs = useTick(1_000);
  return board.heardMs === null ? null : Math.max(0, nowMs - board.heardMs);
}

const isLive = (board: Board, ageMs: number | null): boolean =>
  board.state === 'live' && ageMs !== null && ageMs < STALE_MS;

const zoneOf = (now: HqNow): string => now.parks[0]?.timeZone ?? 'Asia/Bishkek';

/** Whether what is on the screen may be old. */
export function useIsStale(board: Board): boolean {
  return !isLive(board, useAge(board));
}

export function LiveChip({ board }: { readonly board: Board }) {
  const { t } = useTranslation();
  const format = useFormat();
  const ageMs = useAge(board);
  if (isLive(board, ageMs)) {
    return (
      <span className="chip" data-tone="good">
        <Dot />
        {t('now.live')}
      </span>
    );
  }
  if (board.state === 'connecting') return <span className="chip">{t('now.connecting')}</span>;
  return (
    <span className="chip" data-tone="bad" role="status">
      <Cross />
      {ageMs === null || !board.now
        ? t('now.lostNever')
        : t('now.lost', { age: format.age(ageMs), time: format.time(board.now.serverMs, zoneOf(board.now)) })}
    </span>
  );
}

const Dot = () => (
  <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
    <circle cx="6" cy="6" r="5" fill="currentColor" />
  </svg>
);

const Cross = () => (
  <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
    <path d="M2 2l8 8M10 2l-8 8" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />
  </svg>
);

import { IconArrowsExchange, IconCloudDownload } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ShareItem, SharesView } from '../../../rpc-contract/share-view.ts';
import { NumberPad } from '../../components/number-pad.tsx';
import { Pager, pageOf } from '../../components/pager.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { EmptyView } from '../../components/state-views.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { TouchField } from '../../components/touch-field.tsx';
import { formatCount } from '../../format/money.ts';
import { useFormat } from '../../format/use-format.ts';
import { answerOf, type ScreenProblem, useApi, useStatus } from '../../kiosk-provider.tsx';
import { newCommandId } from './pending-sale.ts';

const ROWS_A_PAGE = 4;
/** What one touch asks HQ for: enough for a while, and no park is emptied by it. */
const ASKED = 40;

/** This till's places by date and time: ask HQ for more, or give some to another till (C4). */
export function SharesPanel({ date, onClose }: { readonly date: string; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const questions = useQueryClient();
  const asked = useQuery({ queryKey: ['shares'], queryFn: () => answerOf(api.listShares()), refetchInterval: 2_000 });
  const [giving, setGiving] = useState<ShareItem | null>(null);
  const [told, setTold] = useState('');
  const [problem, setProblem] = useState<ScreenProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const view = asked.data?.ok ? asked.data.value : null;
  const askHq = async (share: Pick<ShareItem, 'date' | 'slot'>) => {
    setBusy(true);
    const answer = await answerOf(api.askForPlaces({ date: share.date, slot: share.slot, places: ASKED }));
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok)
      setTold(answer.value.granted > 0 ? t('shares.coming', { count: answer.value.granted }) : t('shares.none'));
  };
  const given = (text: string) => {
    setGiving(null);
    setTold(text);
    void questions.invalidateQueries({ queryKey: ['shares'] });
    void questions.invalidateQueries({ queryKey: ['catalogue'] });
  };
  if (giving !== null && view !== null) {
    return <GivePanel share={giving} tills={view.tills} onGiven={given} onClose={() => setGiving(null)} />;
  }
  return (
    <Panel title={t('shares.title')} onClose={onClose} width={960}>
      <p className="t2 quiet" aria-live="polite" style={{ minHeight: 28 }}>
        {told === '' ? t('shares.intro') : told}
      </p>
      {problem !== null && <ProblemNote problem={problem} />}
      {view !== null && view.shares.length === 0 && (
        <div className="column">
          <EmptyView title={t('shares.empty')} what={t('shares.emptyWhat')} />
          <TouchButton busy={isBusy} onPress={() => askHq({ date, slot: 'day' })}>
            {t('shares.ask')}
          </TouchButton>
        </div>
      )}
      {view !== null && <ShareRows view={view} isBusy={isBusy} onAsk={askHq} onGive={setGiving} />}
    </Panel>
  );
}

interface ShareRowsProps {
  readonly view: SharesView;
  readonly isBusy: boolean;
  readonly onAsk: (share: ShareItem) => void;
  readonly onGive: (share: ShareItem) => void;
}

function ShareRows({ view, isBusy, onAsk, onGive }: ShareRowsProps) {
  const { t } = useTranslation();
  const { staff } = useStatus();
  const format = useFormat();
  const whenOf = useWhen();
  const [page, setPage] = useState(0);
  const shown = pageOf(view.shares, page, ROWS_A_PAGE);
  const mayGive = staff?.role === 'supervisor' && view.tills.length > 0;
  return (
    <div className="column">
      {shown.items.map((share) => (
        <div key={`${share.date} ${share.slot}`} className="row spread" style={{ minHeight: 72 }}>
          <span className="clip grow">
            <span className="t2 semi">{whenOf(share)}</span>
            {share.product !== null && <span className="t1 quiet"> · {format.words(share.product)}</span>}
          </span>
          <span className="share-left">
            <span className="t2">
              {t('shares.leftOf', { left: formatCount(share.left), places: formatCount(share.places) })}
            </span>
            {share.pastShare > 0 && (
              <span className="t1 warn">{t('till.pastShare', { places: formatCount(share.pastShare) })}</span>
            )}
          </span>
          <TouchButton icon={<IconCloudDownload aria-hidden />} disabled={isBusy} onPress={() => onAsk(share)}>
            {t('shares.ask')}
          </TouchButton>
          {mayGive && (
            <TouchButton
              icon={<IconArrowsExchange aria-hidden />}
              disabled={share.left === 0}
              onPress={() => onGive(share)}
            >
              {t('shares.give')}
            </TouchButton>
          )}
        </div>
      ))}
      {shown.pages > 1 && <Pager page={shown.page} pages={shown.pages} onPage={setPage} />}
    </div>
  );
}

interface GivePanelProps {
  readonly share: ShareItem;
  readonly tills: SharesView['tills'];
  readonly onGiven: (text: string) => void;
  readonly onClose: () => void;
}

const TILLS_A_PAGE = 4;

function GivePanel({ share, tills, onGiven, onClose }: GivePanelProps) {
  const { t } = useTranslation();
  const api = useApi();
  const whenOf = useWhen();
  const [page, setPage] = useState(0);
  const shown = pageOf(tills, page, TILLS_A_PAGE);
  const [typed, setTyped] = useState('');
  const [to, setTo] = useState(tills[0]?.node ?? '');
  const [problem, setProblem] = useState<ScreenProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  // One for the whole panel: a second touch gives nothing more.
  const [commandId] = useState(newCommandId);
  const places = Number(typed === '' ? 0 : typed);
  const canGive = places > 0 && places <= share.left && to !== '';
  const give = async () => {
    if (!canGive) return;
    setBusy(true);
    const { date, slot } = share;
    const answer = await answerOf(api.giveShare({ commandId, date, slot, places, to }));
    setBusy(false);
    if (!answer.ok) return setProblem(answer.problem);
    const name = tills.find(({ node }) => node === to)?.name ?? '';
    onGiven(t('shares.given', { count: places, name }));
  };
  return (
    <Panel title={t('shares.giveTitle', { when: whenOf(share) })} onClose={onClose} width={900}>
      <div className="row" style={{ alignItems: 'stretch', gap: 24 }}>
        <div className="column grow">
          {shown.items.map((till) => (
            <TouchButton key={till.node} wide chosen={till.node === to} onPress={() => setTo(till.node)}>
              {till.name}
            </TouchButton>
          ))}
          {shown.pages > 1 && <Pager page={shown.page} pages={shown.pages} onPage={setPage} />}
          <div style={{ minHeight: 96 }} aria-live="polite">
            {problem !== null && <ProblemNote problem={problem} />}
          </div>
        </div>
        <div className="column" style={{ width: 400 }}>
          <TouchField
            label={t('shares.places')}
            hint={t('shares.leftHint', { left: formatCount(share.left) })}
            value={typed}
            autoFocus
            onChange={(text) => setTyped(text.replace(/\D/g, '').slice(0, 4))}
            onEnter={give}
          />
          <NumberPad value={typed} onChange={setTyped} lengthMax={4} />
          <TouchButton kind="primary" wide disabled={!canGive} busy={isBusy} onPress={give}>
            {t('shares.giveNow')}
          </TouchButton>
        </div>
      </div>
    </Panel>
  );
}

/** `Today`, or a date; with the starting time of a timed entry. */
function useWhen() {
  const { t } = useTranslation();
  const format = useFormat();
  const { businessDate } = useStatus();
  return ({ date, startsAt }: Pick<ShareItem, 'date' | 'startsAt'>): string => {
    const day = date === businessDate ? t('common.today') : format.time.shortDate(date);
    return startsAt === null ? day : `${day}, ${startsAt}`;
  };
}

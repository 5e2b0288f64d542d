import { IconArrowBackUp, IconHistory, IconUserShield, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { VerdictView } from '../../../rpc-contract/gate-view.ts';
import type { OccupancyView } from '../../../rpc-contract/status-view.ts';
import { TouchButton } from '../../components/touch-button.tsx';
import { formatCount } from '../../format/money.ts';
import { useFormat } from '../../format/use-format.ts';
import { useStatus } from '../../kiosk-provider.tsx';
import { StatusStrip } from '../strip/status-strip.tsx';
import { refusalWords, validityWords } from './refusal-words.ts';
import type { Shown } from './use-scans.ts';
import { type Shape, VerdictShape } from './verdict-shapes.tsx';

export interface VerdictActions {
  readonly onUndo: (scanId: string) => void;
  readonly onHistory: (view: VerdictView) => void;
  readonly onOverride: (view: VerdictView) => void;
  readonly onHold: () => void;
  readonly onClose: () => void;
}

interface VerdictScreenProps {
  readonly shown: Shown;
  readonly actions: VerdictActions;
}

/** The whole screen is the verdict: colour, shape and word at once, then what to tell the guest. */
export function VerdictScreen({ shown, actions }: VerdictScreenProps) {
  const { t } = useTranslation();
  const { occupancy } = useStatus();
  const shape = shapeOf(shown);
  const view = shown.kind === 'verdict' ? shown.view : null;
  return (
    // A touch anywhere keeps the verdict: somebody is reading it out.
    <div className={`verdict ${shape}`} data-verdict={shape} onPointerDown={actions.onHold}>
      <StatusStrip isOnVerdict />
      <div className="verdict-body">
        <VerdictShape shape={shape} />
        <div className="verdict-text" role="alert">
          <VerdictText shown={shown} />
        </div>
      </div>
      <footer className="verdict-foot">
        {view?.canUndo === true && (
          <TouchButton
            className="on-verdict"
            icon={<IconArrowBackUp size={28} aria-hidden />}
            onPress={() => actions.onUndo(view.scanId)}
          >
            {t('gate.undo')}
          </TouchButton>
        )}
        {view?.canOverride === true && (
          <TouchButton
            className="on-verdict"
            icon={<IconUserShield size={28} aria-hidden />}
            onPress={() => actions.onOverride(view)}
          >
            {t('override.button')}
          </TouchButton>
        )}
        {view !== null && view.ticketId !== null && (
          <TouchButton
            className="on-verdict"
            icon={<IconHistory size={28} aria-hidden />}
            onPress={() => actions.onHistory(view)}
          >
            {t(view.verdict === 'refuse' ? 'gate.why' : 'gate.history')}
          </TouchButton>
        )}
        <TouchButton className="on-verdict" icon={<IconX size={28} aria-hidden />} onPress={actions.onClose}>
          {t('common.close')}
        </TouchButton>
        {occupancy !== null && shape !== 'refuse' && <InsideNow occupancy={occupancy} />}
      </footer>
    </div>
  );
}

export function shapeOf(shown: Shown): Shape {
  if (shown.kind !== 'verdict') return 'unreadable';
  const { verdict, notes, reasons } = shown.view;
  if (verdict === 'admit') return notes.length > 0 ? 'attention' : 'admit';
  return verdict === 'refuse' && reasons[0] === 'unreadable' ? 'unreadable' : verdict;
}

function VerdictText({ shown }: { shown: Shown }) {
  const { t } = useTranslation();
  if (shown.kind === 'verdict') {
    const { view, overridden = false } = shown;
    return view.verdict === 'refuse' ? <RefusalText view={view} /> : <AdmitText view={view} overridden={overridden} />;
  }
  if (shown.kind === 'unreadable') {
    return (
      <>
        <Title>{t('refusal.unreadable.title')}</Title>
        <p className="t3 semi">{t('refusal.unreadable.remedy')}</p>
      </>
    );
  }
  return (
    <>
      <Title>{t('verdict.unreadable')}</Title>
      <p className="t3 semi">{t(`problem.${shown.problem.code}`, shown.problem.data)}</p>
      <p className="t1">{t('common.code', { code: shown.problem.code })}</p>
    </>
  );
}

function AdmitText({ view, overridden }: { view: VerdictView; overridden: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { nowMs } = useStatus();
  const words = { t, time: format.time, nowMs };
  const product = format.words(view.product);
  const { date, slot, validUntilMs } = view;
  const until =
    date === null || slot === null || validUntilMs === null ? '' : validityWords({ date, slot, validUntilMs }, words);
  const { gatesCovered: covered, gatesTotal: total, kind } = view.coverage;
  const entries = t('verdict.entries', { used: view.entriesUsed, allowed: view.entriesAllowed });
  const checked = kind === 'complete' ? t('coverage.checked', { covered, total }) : '';
  return (
    <>
      <Title>{t(`verdict.${view.verdict}`)}</Title>
      {view.verdict === 'provisional' && <ProvisionalBox view={view} />}
      {/* What to look at on the way in says nothing on the way out. */}
      {view.verdict !== 'exit' &&
        view.notes.map((note) => (
          <div key={note} className="verdict-box amber note-line">
            {t(`verdict.note.${note}`)}
          </div>
        ))}
      <p className="t4 semi">{format.party(view.party, view.unitNames)}</p>
      <p className="t3 verdict-line">{joined([product, until])}</p>
      {view.verdict !== 'exit' && (
        <p className="t3 verdict-line">{overridden ? t('override.done') : joined([entries, checked])}</p>
      )}
    </>
  );
}

/** Why a guest is let in without certainty: a gate that cannot be asked, or a clock nobody confirmed (H2). */
function ProvisionalBox({ view }: { view: VerdictView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const silent = view.facts.silentGates ?? view.coverage.silent.map(({ name }) => name);
  const gates = silent.map(format.words).join(', ');
  const isClock = view.facts.clockUnsure === true;
  return (
    <div className="verdict-box amber">
      <p className="strong">{isClock ? t('verdict.clockTitle') : t('verdict.provisionalTitle', { gates })}</p>
      <p>{isClock ? t('verdict.clockWhat') : t('verdict.provisionalWhat', { gates })}</p>
    </div>
  );
}

function RefusalText({ view }: { view: VerdictView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { nowMs } = useStatus();
  const reason = view.reasons[0] ?? 'unreadable';
  const words = refusalWords(reason, view.facts, { ...format, t, nowMs });
  const ticket = joined([format.party(view.party, view.unitNames), format.words(view.product)]);
  return (
    <>
      <Title>{words.title}</Title>
      <div className="verdict-box">
        {words.lead !== null && <p className="strong">{words.lead}</p>}
        {words.lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
        {ticket !== '' && <p>{ticket}</p>}
      </div>
      <p className="t3 strong">{words.remedy}</p>
    </>
  );
}

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(' · ');

/** One long word has to fit beside the shape: then the next smaller size. */
const LONG_WORD = 12;

function Title({ children }: { children: string }) {
  const isLong = children.split(/\s/).some((word) => word.length > LONG_WORD);
  return <h1 className={`verdict-title ${isLong ? 't4' : 't5'}`}>{children}</h1>;
}

function InsideNow({ occupancy }: { occupancy: OccupancyView }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="verdict-inside">
      <p className="t2">{t(occupancy.exitsScanned ? 'gate.inside' : 'gate.admittedToday')}</p>
      <p>
        <span className="t4 strong">
          {formatCount(occupancy.exitsScanned ? occupancy.inside : occupancy.admittedToday)}
        </span>
        {occupancy.exitsScanned && <span className="t3"> ± {formatCount(occupancy.uncertainty)}</span>}
      </p>
    </div>
  );
}

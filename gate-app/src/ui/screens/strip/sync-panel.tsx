import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SyncView } from '../../../rpc-contract/status-view.ts';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { formatCount } from '../../format/money.ts';
import { useFormat } from '../../format/use-format.ts';
import { answerOf, type ScreenProblem, useApi, useKioskView } from '../../kiosk-provider.tsx';
import { contactErrorWords, coverageWords, skewWords } from './chip-words.ts';

type TestState = 'idle' | 'running' | 'answered' | 'silent' | 'broken';

/** What waits, since when, and whether the server answers now. */
export function SyncPanel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { status } = useKioskView();
  const api = useApi();
  const [test, setTest] = useState<TestState>('idle');
  const tryNow = () => {
    setTest('running');
    api.testContact().then(
      (answer) => setTest(answer.ok && hasContact(answer.value) ? 'answered' : 'silent'),
      () => setTest('broken'),
    );
  };
  if (status === null) return null;
  return (
    <Panel title={t('sync.title')} onClose={onClose} width={720}>
      <Situation sync={status.sync} />
      <SyncFacts />
      <div style={{ minHeight: 64 }} aria-live="polite">
        {test === 'answered' && <div className="note ok">{t('sync.testOk')}</div>}
        {test === 'silent' && <div className="note warn">{t('sync.testFailed')}</div>}
        {test === 'broken' && <ProblemNote problem={{ code: 'kiosk_unreachable', data: {} }} />}
      </div>
      <TouchButton
        kind="primary"
        wide
        icon={<IconRefresh size={28} aria-hidden />}
        busy={test === 'running'}
        onPress={tryNow}
      >
        {t(test === 'running' ? 'sync.testing' : 'sync.test')}
      </TouchButton>
    </Panel>
  );
}

/** What this state of things means for the person in front of it. */
function Situation({ sync }: { sync: SyncView }) {
  const { t } = useTranslation();
  if (sync.diskIsFull) {
    return (
      <div className="note bad">
        <IconAlertTriangle size={28} aria-hidden />
        <div>{t('sync.diskFullWhat')}</div>
      </div>
    );
  }
  if (sync.state === 'unknown_at_hq') return <LostAtHq words={t('sync.unknownWhat')} />;
  if (sync.state === 'lost_at_hq') return <LostAtHq words={t('sync.lostWhat')} />;
  return <p className="t2 quiet">{t('sync.safe')}</p>;
}

/**
 * E8: the server was put back from before it let this kiosk in, or from so long ago that it lacks what the kiosk has let go.
 * It works on; the way back is a supervisor's.
 */
function LostAtHq({ words }: { words: string }) {
  const { t } = useTranslation();
  const api = useApi();
  const { status } = useKioskView();
  const [problem, setProblem] = useState<ScreenProblem | null>(null);
  // Before its park is here nobody can log in: HQ's code alone then has to do.
  const mayStop = status?.staff?.role === 'supervisor' || status?.businessDate === null;
  const stop = async () => {
    const answer = await answerOf(api.stopToEnrolAnew());
    if (!answer.ok) setProblem(answer.problem);
  };
  return (
    <>
      <div className="note warn">
        <IconAlertTriangle size={28} aria-hidden />
        <div>{words}</div>
      </div>
      {mayStop ? (
        <TouchButton wide onPress={stop}>
          {t('sync.unknownEnrol')}
        </TouchButton>
      ) : (
        <p className="t2 semi">{t('sync.unknownCall')}</p>
      )}
      {problem !== null && <ProblemNote problem={problem} />}
    </>
  );
}

const hasContact = (sync: SyncView): boolean => sync.state === 'synced' || sync.state === 'sending';

function SyncFacts() {
  const { t } = useTranslation();
  const format = useFormat();
  const { status } = useKioskView();
  if (status === null) return null;
  const { sync, nowMs, clock } = status;
  const ago = (atMs: number | null, none: string) =>
    atMs === null ? none : t('time.ago', { duration: format.duration(nowMs - atMs) });
  const coverage = coverageWords(status.coverage, { t, duration: format.duration, words: format.words });
  const facts: readonly (readonly [name: string, value: string, code?: string | null])[] = [
    [t('sync.waiting'), sync.waiting === 0 ? t('sync.nothing') : formatCount(sync.waiting)],
    [t('sync.oldest'), ago(sync.oldestWaitingMs, '–')],
    [t('sync.lastContact'), ago(sync.lastContactMs, t('sync.never'))],
    [t('sync.server'), sync.serverUrl ?? '–'],
  ];
  const more: typeof facts = [
    [t('coverage.label', { text: '' }).replace(/:\s*$/, ''), coverage.text],
    [t('sync.lastError'), contactErrorWords(sync.lastError, t), sync.lastError],
    [t('sync.skew'), skewWords(clock.skewMs, { t, duration: format.duration })],
    [t('sync.version'), status.appVersion],
  ];
  // Where the state has its own words and a way out, those need the room.
  const hasOwnWords = sync.diskIsFull || sync.state === 'unknown_at_hq' || sync.state === 'lost_at_hq';
  const shown = hasOwnWords ? facts : [...facts, ...more];
  return (
    <dl className="facts">
      {shown.map(([name, value, code]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd className="facts-value">
            {value}
            {code && <small className="t1 quiet">{code}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

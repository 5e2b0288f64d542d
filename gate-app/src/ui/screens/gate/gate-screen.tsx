import { IconKeyboard, IconSearch } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { VerdictView } from '../../../rpc-contract/gate-view.ts';
import { useCodes } from '../../codes.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { answerOf, type ScreenProblem, useApi, useStatus } from '../../kiosk-provider.tsx';
import type { VerdictSounds } from '../../sound/verdict-sounds.ts';
import { StatusStrip } from '../strip/status-strip.tsx';
import { ActivityCard } from './activity-card.tsx';
import { CameraArea } from './camera-area.tsx';
import { CodeEntryPanel } from './code-entry-panel.tsx';
import { FindPanel } from './find-panel.tsx';
import { GateToast } from './gate-toast.tsx';
import { OccupancyCard } from './occupancy-card.tsx';
import { OverridePanel } from './override-panel.tsx';
import { RecentStrip } from './recent-strip.tsx';
import { ScanPanel } from './scan-panel.tsx';
import { useScans } from './use-scans.ts';
import { VerdictScreen } from './verdict-screen.tsx';

type Open =
  | { readonly kind: 'type' }
  | { readonly kind: 'find' }
  | { readonly kind: 'scan'; readonly scanId: string }
  | { readonly kind: 'ticket'; readonly ticketId: string }
  | { readonly kind: 'override'; readonly view: VerdictView };

/** A gate: waiting for the next code, then the verdict over everything. */
export function GateScreen({ sounds }: { sounds: VerdictSounds }) {
  const { t } = useTranslation();
  const status = useStatus();
  const scans = useScans(sounds);
  const { scan, showUnreadable } = scans;
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const undoing = useUndo(() => {
    close();
    scans.close();
  });
  const scanFrom = useCallback(
    (source: 'camera' | 'wedge' | 'typed') => (text: string) => {
      setOpen(null);
      scan(text, source);
    },
    [scan],
  );
  useCodes({ onCode: scanFrom('wedge'), onUnreadable: showUnreadable });
  const isCovered = scans.shown !== null;
  return (
    <>
      <div className="screen" inert={isCovered}>
        <StatusStrip />
        <main className="screen-body gate">
          <CameraArea onCode={scanFrom('camera')} isPaused={open?.kind === 'find' || open?.kind === 'type'} />
          <div className="gate-side">
            <OccupancyCard occupancy={status.occupancy} coverage={status.coverage} />
            <ActivityCard
              occupancy={status.occupancy}
              notices={status.caseNotices}
              onCase={(ticketId) => setOpen({ kind: 'ticket', ticketId })}
            />
          </div>
          <div className="gate-foot">
            <TouchButton icon={<IconKeyboard size={26} aria-hidden />} onPress={() => setOpen({ kind: 'type' })}>
              {t('gate.enterCode')}
            </TouchButton>
            <TouchButton icon={<IconSearch size={26} aria-hidden />} onPress={() => setOpen({ kind: 'find' })}>
              {t('gate.find')}
            </TouchButton>
            <RecentStrip scans={status.recentScans} onChoose={(scanId) => setOpen({ kind: 'scan', scanId })} />
          </div>
        </main>
      </div>
      {scans.shown !== null && (
        <VerdictScreen
          shown={scans.shown}
          actions={{
            onUndo: undoing.undo,
            onHistory: (view) => setOpen({ kind: 'scan', scanId: view.scanId }),
            onOverride: (view) => {
              scans.hold();
              setOpen({ kind: 'override', view });
            },
            onHold: scans.hold,
            onClose: scans.close,
          }}
        />
      )}
      {open?.kind === 'type' && <CodeEntryPanel onCode={scanFrom('typed')} onClose={close} />}
      {open?.kind === 'override' && (
        <OverridePanel
          view={open.view}
          onClose={close}
          onDone={(admitted) => {
            scans.overridden(open.view, admitted);
            close();
          }}
        />
      )}
      {open?.kind === 'ticket' && <FindPanel scanned={open.ticketId} onClose={close} />}
      {open?.kind === 'find' && <FindPanel onClose={close} />}
      {open?.kind === 'scan' && <ScanPanel scanId={open.scanId} onUndo={undoing.undo} onClose={close} />}
      <GateToast said={undoing.said} />
    </>
  );
}

/** What the toast at the foot says; the number makes the same words count as new. */
export type Said = { readonly nth: number } & (
  | { readonly kind: 'done' }
  | { readonly kind: 'problem'; readonly problem: ScreenProblem }
);

function useUndo(onDone: () => void) {
  const api = useApi();
  const [said, setSaid] = useState<Said | null>(null);
  const undo = async (scanId: string) => {
    const answer = await answerOf(api.undoLast({ scanId }));
    setSaid((before) => {
      const nth = (before?.nth ?? 0) + 1;
      return answer.ok ? { nth, kind: 'done' } : { nth, kind: 'problem', problem: answer.problem };
    });
    if (answer.ok) onDone();
  };
  return { undo, said };
}

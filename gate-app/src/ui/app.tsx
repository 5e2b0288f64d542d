import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ScreenFrame } from './components/screen-frame.tsx';
import { LoadingView } from './components/state-views.tsx';
import { TouchButton } from './components/touch-button.tsx';
import { useKioskView } from './kiosk-provider.tsx';
import { GateScreen } from './screens/gate/gate-screen.tsx';
import { LoginScreen } from './screens/login/login-screen.tsx';
import { SalesScreen } from './screens/sales/sales-screen.tsx';
import { SetupScreen } from './screens/setup/setup-screen.tsx';
import { ShiftArea } from './screens/shift/shift-area.tsx';
import { StoppedScreen } from './screens/stopped/stopped-screen.tsx';
import { CatalogueScreen } from './screens/supervisor/catalogue-screen.tsx';
import { TillScreen } from './screens/till/till-screen.tsx';
import { type Shell, ShellContext, type ShellView } from './shell.tsx';
import type { VerdictSounds } from './sound/verdict-sounds.ts';

/** A kiosk that has stopped has one screen. */
const STANDING_STILL: Shell = { view: 'work', show: () => {} };

/** Which screen is in front follows from what the kiosk says; only the choice inside a person's work is ours. */
export function App({ sounds }: { sounds: VerdictSounds }) {
  const { status } = useKioskView();
  const staffId = status?.staff?.staffId ?? null;
  // Who saw the kiosk stop is led until it works again; a page opened later finds it at work.
  const [isLed, setLed] = useState(false);
  const isStopped = status !== null && status.stop !== null;
  if (isStopped && !isLed) setLed(true);
  // A revoked kiosk that has erased itself is nobody's: there is no way back to what it was.
  if (isLed && status !== null && status.identity === null) setLed(false);
  if (status !== null && (isStopped || isLed)) {
    return (
      <ShellContext value={STANDING_STILL}>
        <StoppedScreen status={status} onDone={() => setLed(false)} />
      </ShellContext>
    );
  }
  // A new person starts at the work, not where the last one left off.
  return <Work key={staffId} sounds={sounds} />;
}

function Work({ sounds }: { sounds: VerdictSounds }) {
  const { status } = useKioskView();
  const [view, show] = useState<ShellView>('work');
  const shell = useMemo((): Shell => ({ view, show }), [view]);
  return <ShellContext value={shell}>{screenFor()}</ShellContext>;

  function screenFor() {
    if (status === null) return <Connecting />;
    if (status.identity === null) return <SetupScreen wasErased={status.wasErased} />;
    if (status.staff === null) return <LoginScreen />;
    if (view === 'catalogue') return <CatalogueScreen />;
    if (status.identity.role === 'gate') return <GateScreen sounds={sounds} />;
    if (status.shift === null || view === 'shift') return <ShiftArea />;
    return view === 'sales' ? <SalesScreen /> : <TillScreen />;
  }
}

function Connecting() {
  const { t } = useTranslation();
  return (
    <ScreenFrame>
      <div className="centred">
        <div className="column" style={{ maxWidth: 560, alignItems: 'center' }}>
          <LoadingView what={t('boot.connecting')} />
          <p className="t1 quiet">{t('boot.waiting')}</p>
          <TouchButton onPress={() => window.location.reload()}>{t('boot.reload')}</TouchButton>
        </div>
      </div>
    </ScreenFrame>
  );
}

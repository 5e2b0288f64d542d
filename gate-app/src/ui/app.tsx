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
import { CatalogueScreen } from './screens/supervisor/catalogue-screen.tsx';
import { TillScreen } from './screens/till/till-screen.tsx';
import { type Shell, ShellContext, type ShellView } from './shell.tsx';
import type { VerdictSounds } from './sound/verdict-sounds.ts';

/** Which screen is in front follows from what the kiosk says; only the choice inside a person's work is ours. */
export function App({ sounds }: { sounds: VerdictSounds }) {
  const { status } = useKioskView();
  const staffId = status?.staff?.staffId ?? null;
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
    if (status.identity === null) return <SetupScreen />;
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

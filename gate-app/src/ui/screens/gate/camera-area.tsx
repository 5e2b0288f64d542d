import { IconCameraOff, IconDoorExit } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { GateMode } from '../../../rpc-contract/status-view.ts';
import { ControlGroup } from '../../components/control-group.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { answerOf, useApi, useStatus } from '../../kiosk-provider.tsx';
import { CameraScanner } from '../../scanner/camera-scanner.tsx';
import type { CameraState } from '../../scanner/camera-state.ts';
import { ExitCountPanel } from './exit-count-panel.tsx';

const MODES: readonly GateMode[] = ['entry', 'exit', 'both'];

interface CameraAreaProps {
  readonly onCode: (text: string) => void;
  /** Somebody is typing or looking a ticket up: what the camera sees meanwhile is no guest. */
  readonly isPaused: boolean;
}

/** Where the ticket is held up: the camera's picture with the aiming frame, and which way people go here. */
export function CameraArea({ onCode, isPaused }: CameraAreaProps) {
  const { t } = useTranslation();
  const { gateMode, scanner } = useStatus();
  const [camera, setCamera] = useState<CameraState>({ kind: 'starting' });
  const [attempt, setAttempt] = useState(0);
  const [isCounting, setCounting] = useState(false);
  return (
    <section className="camera">
      <CameraScanner
        onCode={onCode}
        paused={isPaused}
        library={scanner.library}
        cameraId={scanner.cameraId}
        attempt={attempt}
        onState={setCamera}
        label={t('gate.show')}
        className="camera-picture"
      />
      <div className="camera-frame" aria-hidden>
        <i />
        <i />
        <i />
        <i />
        {camera.kind === 'off' && <IconCameraOff size={72} stroke={1.5} />}
      </div>
      <div className="camera-top">
        <ModeSwitch mode={gateMode} />
        {gateMode !== 'entry' && (
          <TouchButton
            className="on-camera"
            icon={<IconDoorExit size={26} aria-hidden />}
            onPress={() => setCounting(true)}
          >
            {t('gate.countExit')}
          </TouchButton>
        )}
      </div>
      <div className="camera-words" aria-live="polite">
        <h1 className="t3 semi">{t('gate.show')}</h1>
        {camera.kind === 'off' ? (
          <div className="row">
            <p className="t2">
              {t(`camera.failure.${camera.failure}`)}. {t('camera.off')}
            </p>
            <TouchButton className="on-camera" onPress={() => setAttempt(attempt + 1)}>
              {t('common.retry')}
            </TouchButton>
          </div>
        ) : (
          <p className="t2">{t(camera.kind === 'starting' ? 'camera.starting' : 'gate.showHint')}</p>
        )}
      </div>
      {isCounting && <ExitCountPanel onClose={() => setCounting(false)} />}
    </section>
  );
}

function ModeSwitch({ mode }: { mode: GateMode }) {
  const { t } = useTranslation();
  const api = useApi();
  return (
    <ControlGroup className="mode-switch" label={t('gate.mode')}>
      {MODES.map((choice) => (
        <TouchButton
          key={choice}
          className="on-camera"
          chosen={choice === mode}
          onPress={() => void answerOf(api.setGateMode({ mode: choice }))}
        >
          {t(`gate.modes.${choice}`)}
        </TouchButton>
      ))}
    </ControlGroup>
  );
}

import { IconAlertTriangle, IconCheck, IconCircleDashed } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KioskStatus, StopView } from '../../../rpc-contract/status-view.ts';
import { ScreenFrame } from '../../components/screen-frame.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { useApi } from '../../kiosk-provider.tsx';
import { LoginScreen } from '../login/login-screen.tsx';
import { EnrolmentForm } from '../setup/enrolment-form.tsx';
import { recordsWords } from './records-words.ts';
import { recoverySteps } from './recovery-steps.ts';
import { RevokedScreen } from './revoked-screen.tsx';
import { StoppedFrame } from './stopped-frame.tsx';

interface StoppedScreenProps {
  readonly status: KioskStatus;
  /** The kiosk works again, and a person wants to. */
  readonly onDone: () => void;
}

/** A kiosk that was restored, copied or closed (E6): what happened, that nothing is lost, and the way back. */
export function StoppedScreen({ status, onDone }: StoppedScreenProps) {
  const { t } = useTranslation();
  const [step, setStep] = useState<'read' | 'log_in' | 'code'>('read');
  const { stop, staff } = status;
  if (stop === null) return <WayBack status={status} onDone={onDone} />;
  if (step === 'log_in' && staff === null) return <LoginScreen />;
  if (step !== 'read' && stop.mayEnrol) {
    return (
      <EnrolmentForm
        title={t('stopped.enrolTitle')}
        intro={t('stopped.enrolIntro')}
        action={t('stopped.enrol')}
        serverUrl={status.sync.serverUrl ?? undefined}
      />
    );
  }
  if (step === 'read' && stop.farewell !== null) {
    return <RevokedScreen status={status} farewell={stop.farewell} onBack={() => setStep('log_in')} />;
  }
  return <Explanation status={status} stop={stop} onLogIn={() => setStep('log_in')} onCode={() => setStep('code')} />;
}

interface ExplanationProps {
  readonly status: KioskStatus;
  readonly stop: StopView;
  readonly onLogIn: () => void;
  readonly onCode: () => void;
}

function Explanation({ status, stop, onLogIn, onCode }: ExplanationProps) {
  const { t } = useTranslation();
  const api = useApi();
  const role = status.identity?.role ?? 'gate';
  const records = recordsWords(stop.waiting, t);
  const { staff } = status;
  const isUnknown = stop.code === 'unknown_at_hq';
  const isLost = stop.code === 'lost_at_hq';
  // What HQ had of it, the backup may not have.
  const safeAll = t(isUnknown ? 'stopped.safeHere' : 'stopped.safeAll');
  const safeWords = stop.waiting === 0 || isUnknown ? safeAll : t('stopped.safe', { records });
  const keptWords = isLost ? t('stopped.safeLost') : safeWords;
  const isWrongPerson = staff !== null && !stop.mayEnrol;
  return (
    <StoppedFrame
      title={t('stopped.title')}
      meanwhile={t(`stopped.meanwhile.${role}`)}
      what={
        <>
          <p className="t2">{t(`stopped.what.${stop.code}`)}</p>
          <div className={isLost ? 'note warn' : 'note ok'}>
            {isLost ? <IconAlertTriangle size={28} aria-hidden /> : <IconCheck size={28} aria-hidden />}
            <div>{keptWords}</div>
          </div>
        </>
      }
      steps={[
        ...(isUnknown || isLost ? [] : [t('stopped.do.copy')]),
        // Whom it has let in by now, or who needs no log-in, is not sent to one.
        ...(stop.mayEnrol ? [] : [t('stopped.do.logIn')]),
        t(isUnknown ? 'stopped.do.unknownCode' : 'stopped.do.code'),
        t('stopped.do.type'),
      ]}
    >
      <div style={{ minHeight: 76 }} aria-live="polite">
        {isWrongPerson && <div className="note warn">{t('stopped.notSupervisor', { name: staff.name })}</div>}
      </div>
      {stop.mayEnrol ? (
        <TouchButton kind="primary" wide onPress={onCode}>
          {t('stopped.haveCode')}
        </TouchButton>
      ) : (
        <TouchButton
          kind="primary"
          wide
          onPress={() => {
            if (isWrongPerson) void api.logOut();
            onLogIn();
          }}
        >
          {t('stopped.logIn')}
        </TouchButton>
      )}
    </StoppedFrame>
  );
}

/** After the enrolment: each step ticks off, and then work goes on. */
function WayBack({ status, onDone }: StoppedScreenProps) {
  const { t } = useTranslation();
  const { steps, isReady } = recoverySteps(status.recovery);
  return (
    <ScreenFrame>
      <div className="stopped way-back">
        <section className="column">
          <h1 className="t4 strong">{t(isReady ? 'stopped.ready' : 'stopped.wayBack')}</h1>
          <ul className="t2 stopped-ticks" aria-live="polite">
            {steps.map(({ name, isDone, count }) => (
              <li key={name} data-step={name} data-done={isDone}>
                {isDone ? <IconCheck size={32} aria-hidden /> : <IconCircleDashed size={32} aria-hidden />}
                <span>
                  {t(`stopped.step.${name}`)}
                  <small className="t1 quiet">
                    {isDone ? t('stopped.done') : t('stopped.underWay')}
                    {count > 0 && ` · ${recordsWords(count, t)}`}
                  </small>
                </span>
              </li>
            ))}
          </ul>
        </section>
        <section className="column">
          <p className="t2 quiet" style={{ visibility: isReady ? 'hidden' : 'visible' }}>
            {t('stopped.restLater')}
          </p>
          <TouchButton
            kind="primary"
            wide
            disabled={!steps.some(({ name, isDone }) => name === 'pulled' && isDone)}
            onPress={onDone}
          >
            {t('stopped.goOn')}
          </TouchButton>
        </section>
      </div>
    </ScreenFrame>
  );
}

import { IconAlertTriangle, IconCheck, IconCloudUpload, IconHandStop, IconWifiOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { FarewellView, KioskStatus } from '../../../rpc-contract/status-view.ts';
import { ScreenFrame } from '../../components/screen-frame.tsx';
import { TouchButton } from '../../components/touch-button.tsx';

interface RevokedScreenProps {
  readonly status: KioskStatus;
  readonly farewell: FarewellView;
  /** HQ may have changed its mind: the way back of any stopped kiosk. */
  readonly onBack: () => void;
}

const LOOKS = {
  delivering: { tone: 'ok', Icon: IconCloudUpload },
  erasing: { tone: 'ok', Icon: IconCheck },
  waiting: { tone: 'warn', Icon: IconWifiOff },
  kept: { tone: 'warn', Icon: IconAlertTriangle },
} as const;

/** A kiosk that HQ revoked (X4): it works no more, and says how far it is with giving everything to HQ. */
export function RevokedScreen({ status, farewell, onBack }: RevokedScreenProps) {
  const { t } = useTranslation();
  const role = status.identity?.role ?? 'gate';
  const { tone, Icon } = LOOKS[farewell.state];
  const records = t('count.events', { count: farewell.left });
  const words = farewell.left === 0 ? `stopped.revoked.none.${farewell.state}` : `stopped.revoked.${farewell.state}`;
  return (
    <ScreenFrame>
      <div className="stopped">
        <section className="column">
          <h1 className="t4 strong stopped-title">
            <IconHandStop size={44} aria-hidden />
            {t('stopped.revoked.title')}
          </h1>
          <p className="t2 semi">{t(`stopped.revoked.meanwhile.${role}`)}</p>
          <div className={`note ${tone}`} style={{ minHeight: 104 }} aria-live="polite" data-farewell={farewell.state}>
            <Icon size={28} aria-hidden />
            <div>{t(words, { records })}</div>
          </div>
          {farewell.hasOpenShift && (
            <div className="note warn">
              <IconAlertTriangle size={28} aria-hidden />
              <div>{t('stopped.revoked.openShift')}</div>
            </div>
          )}
        </section>
        <section className="column">
          <h2 className="t3 strong">{t('stopped.doTitle')}</h2>
          <ol className="t2 stopped-steps">
            <li>{t('stopped.revoked.do.leave')}</li>
            <li>{t('stopped.revoked.do.after')}</li>
            <li>{t('stopped.revoked.do.back')}</li>
          </ol>
          <TouchButton wide onPress={onBack}>
            {t('stopped.haveCode')}
          </TouchButton>
        </section>
      </div>
    </ScreenFrame>
  );
}

import { IconAlertTriangle, IconCheck, IconCloudUpload, IconWifiOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { FarewellView, KioskStatus } from '../../../rpc-contract/status-view.ts';
import { TouchButton } from '../../components/touch-button.tsx';
import { recordsWords } from './records-words.ts';
import { StoppedFrame } from './stopped-frame.tsx';

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

const DELIVERED_STEPS = ['leave', 'after'] as const;
/** Nothing will be erased by itself there. */
const KEPT_STEPS = ['tell', 'stay'] as const;

/** A kiosk that HQ revoked (X4): it works no more, and says how far it is with giving everything to HQ. */
export function RevokedScreen({ status, farewell, onBack }: RevokedScreenProps) {
  const { t } = useTranslation();
  const role = status.identity?.role ?? 'gate';
  const { tone, Icon } = LOOKS[farewell.state];
  const records = recordsWords(farewell.left, t);
  const first = farewell.state === 'kept' ? KEPT_STEPS : DELIVERED_STEPS;
  const words = farewell.left === 0 ? `stopped.revoked.none.${farewell.state}` : `stopped.revoked.${farewell.state}`;
  return (
    <StoppedFrame
      title={t('stopped.revoked.title')}
      meanwhile={t(`stopped.revoked.meanwhile.${role}`)}
      what={
        <>
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
        </>
      }
      steps={[...first, 'back' as const].map((step) => t(`stopped.revoked.do.${step}`))}
    >
      <TouchButton wide onPress={onBack}>
        {t('stopped.haveCode')}
      </TouchButton>
    </StoppedFrame>
  );
}

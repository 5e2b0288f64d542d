import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../components/panel.tsx';
import { SupervisorPin } from '../../components/supervisor-pin.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { ReasonChoice } from '../shift/reason-choice.tsx';

/** Who lets a sale go past this till's share, and why (C3). The PIN goes with the sale and is kept nowhere. */
export interface PastShare {
  readonly staffId: string;
  readonly pin: string;
  readonly reason: string;
}

interface PastSharePanelProps {
  readonly onAllowed: (pastShare: PastShare) => void;
  readonly onClose: () => void;
}

/** First why, then who: the name and the reason go into the log and onto the receipt. */
export function PastSharePanel({ onAllowed, onClose }: PastSharePanelProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [hasReason, setHasReason] = useState(false);
  if (hasReason) {
    return (
      <Panel title={t('pastShare.who')} onClose={onClose} width={900}>
        <SupervisorPin action={t('pastShare.goOn')} onPin={(who) => onAllowed({ ...who, reason: reason.trim() })} />
      </Panel>
    );
  }
  return (
    <Panel title={t('pastShare.title')} onClose={onClose} width={1080}>
      <p className="t2 quiet">{t('pastShare.intro')}</p>
      <ReasonChoice
        reasons={[t('pastShare.reasons.group'), t('pastShare.reasons.family'), t('pastShare.reasons.mistake')]}
        value={reason}
        onChange={setReason}
      />
      <TouchButton kind="primary" wide disabled={reason.trim() === ''} onPress={() => setHasReason(true)}>
        {t('override.next')}
      </TouchButton>
    </Panel>
  );
}

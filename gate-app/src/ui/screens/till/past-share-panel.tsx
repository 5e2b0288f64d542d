import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NumberPad } from '../../components/number-pad.tsx';
import { Panel } from '../../components/panel.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { TouchField } from '../../components/touch-field.tsx';
import { useApi } from '../../kiosk-provider.tsx';
import { ReasonChoice } from '../shift/reason-choice.tsx';

/** Who lets a sale go past this till's share, and why (C3). The PIN goes with the sale and is kept nowhere. */
export interface PastShare {
  readonly staffId: string;
  readonly pin: string;
  readonly reason: string;
}

const PIN_LENGTH_MAX = 12;

interface PastSharePanelProps {
  readonly onAllowed: (pastShare: PastShare) => void;
  readonly onClose: () => void;
}

/** First why, then who: the name and the reason go into the log and onto the receipt. */
export function PastSharePanel({ onAllowed, onClose }: PastSharePanelProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [hasReason, setHasReason] = useState(false);
  if (hasReason) return <WhoPanel reason={reason.trim()} onAllowed={onAllowed} onClose={onClose} />;
  return (
    <Panel title={t('pastShare.title')} onClose={onClose} width={1080}>
      <p className="t2 quiet">{t('pastShare.intro')}</p>
      <ReasonChoice
        reasons={[t('pastShare.reasons.group'), t('pastShare.reasons.family'), t('pastShare.reasons.mistake')]}
        value={reason}
        onChange={setReason}
      />
      <TouchButton kind="primary" wide disabled={reason.trim() === ''} onPress={() => setHasReason(true)}>
        {t('common.next')}
      </TouchButton>
    </Panel>
  );
}

function WhoPanel({ reason, onAllowed, onClose }: PastSharePanelProps & { readonly reason: string }) {
  const { t } = useTranslation();
  const api = useApi();
  const staff = useQuery({ queryKey: ['staff'], queryFn: () => api.listStaff() });
  const supervisors = (staff.data ?? []).filter(({ role }) => role === 'supervisor').slice(0, 4);
  const [chosen, setChosen] = useState('');
  const [pin, setPin] = useState('');
  const staffId = chosen === '' ? (supervisors[0]?.staffId ?? '') : chosen;
  const canAllow = staffId !== '' && pin.length >= 4;
  const allow = () => {
    if (canAllow) onAllowed({ staffId, pin, reason });
  };
  return (
    <Panel title={t('pastShare.who')} onClose={onClose} width={560}>
      <div className="row" style={{ flexWrap: 'wrap' }}>
        {supervisors.map((person) => (
          <TouchButton
            key={person.staffId}
            chosen={person.staffId === staffId}
            onPress={() => {
              setChosen(person.staffId);
              setPin('');
            }}
          >
            {person.name}
          </TouchButton>
        ))}
      </div>
      <TouchField
        label={t('login.pin')}
        value={pin}
        isSecret
        autoFocus
        lengthMax={PIN_LENGTH_MAX}
        onChange={(typed) => setPin(typed.replace(/\D/g, ''))}
        onEnter={allow}
      />
      <NumberPad value={pin} onChange={setPin} lengthMax={PIN_LENGTH_MAX} />
      <TouchButton kind="primary" wide disabled={!canAllow} onPress={allow}>
        {t('pastShare.goOn')}
      </TouchButton>
    </Panel>
  );
}

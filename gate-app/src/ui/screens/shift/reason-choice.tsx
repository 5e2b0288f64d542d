import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TextPad } from '../../components/text-pad.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { TouchField } from '../../components/touch-field.tsx';

interface ReasonChoiceProps {
  readonly reasons: readonly string[];
  readonly value: string;
  readonly onChange: (reason: string) => void;
}

const REASON_LENGTH_MAX = 120;

/** A reason by one touch, or in one's own words. */
export function ReasonChoice({ reasons, value, onChange }: ReasonChoiceProps) {
  const { t } = useTranslation();
  const [isOther, setOther] = useState(false);
  return (
    <div className="column">
      <p className="t1 quiet">{t('shift.reason')}</p>
      <div className="row" style={{ flexWrap: 'wrap' }}>
        {reasons.map((reason) => (
          <TouchButton
            key={reason}
            chosen={!isOther && value === reason}
            onPress={() => {
              setOther(false);
              onChange(reason);
            }}
          >
            {reason}
          </TouchButton>
        ))}
        <TouchButton
          chosen={isOther}
          onPress={() => {
            setOther(true);
            onChange('');
          }}
        >
          {t('shift.otherReason')}
        </TouchButton>
      </div>
      {isOther && (
        <>
          <TouchField
            label={t('shift.otherReason')}
            hideLabel
            autoFocus
            value={value}
            lengthMax={REASON_LENGTH_MAX}
            onChange={onChange}
          />
          <TextPad
            value={value}
            onChange={onChange}
            lengthMax={REASON_LENGTH_MAX}
            layouts={['ru', 'ky', 'en', 'signs']}
          />
        </>
      )}
    </div>
  );
}

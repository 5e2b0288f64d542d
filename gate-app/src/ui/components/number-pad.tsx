import { IconBackspace } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { ControlGroup } from './control-group.tsx';
import { TouchButton } from './touch-button.tsx';

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

interface NumberPadProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly lengthMax: number;
  /** Left of the zero: two zeros for money, nothing for a PIN. */
  readonly extraKey?: '00' | '.' | null;
}

/** Digits under a thumb, instead of a system keyboard. */
export function NumberPad({ value, onChange, lengthMax, extraKey = null }: NumberPadProps) {
  const { t } = useTranslation();
  const add = (digits: string): void => {
    if (value.length + digits.length <= lengthMax) onChange(value + digits);
  };
  return (
    <ControlGroup className="number-pad" label={t('pad.number')}>
      {DIGITS.map((digit) => (
        <TouchButton key={digit} onPress={() => add(digit)}>
          {digit}
        </TouchButton>
      ))}
      {extraKey === null ? (
        <TouchButton label={t('pad.clear')} onPress={() => onChange('')}>
          C
        </TouchButton>
      ) : (
        <TouchButton onPress={() => add(extraKey)}>{extraKey}</TouchButton>
      )}
      <TouchButton onPress={() => add('0')}>0</TouchButton>
      <TouchButton label={t('pad.backspace')} onPress={() => onChange(value.slice(0, -1))}>
        <IconBackspace size={32} aria-hidden />
      </TouchButton>
    </ControlGroup>
  );
}

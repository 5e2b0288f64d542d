import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../components/panel.tsx';
import { TextPad } from '../../components/text-pad.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { TouchField } from '../../components/touch-field.tsx';

const CODE_LENGTH_MAX = 600;

/** A code that no scanner reads, typed by hand. */
export function CodeEntryPanel({ onCode, onClose }: { onCode: (text: string) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [code, setCode] = useState('');
  const check = () => {
    if (code.trim() !== '') onCode(code.trim());
  };
  return (
    <Panel title={t('gate.typeTitle')} onClose={onClose} width={1080}>
      <TouchField
        label={t('gate.typeHint')}
        value={code}
        autoFocus
        lengthMax={CODE_LENGTH_MAX}
        onChange={(typed) => setCode(typed.toUpperCase())}
        onEnter={check}
      />
      <TextPad value={code} onChange={setCode} lengthMax={CODE_LENGTH_MAX} layouts={['code', 'signs']} isCode />
      <TouchButton kind="primary" wide disabled={code.trim() === ''} onPress={check}>
        {t('gate.typeCheck')}
      </TouchButton>
    </Panel>
  );
}

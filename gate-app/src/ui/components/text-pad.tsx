import { IconArrowBigUp, IconBackspace } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ControlGroup } from './control-group.tsx';
import { LAYOUT_SIGNS, LAYOUTS, type LayoutName } from './keyboard-layouts.ts';
import { TouchButton } from './touch-button.tsx';

interface TextPadProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly lengthMax: number;
  /** The layouts offered, the first one shown first. */
  readonly layouts: readonly LayoutName[];
  /** Codes have capitals only, and no spaces. */
  readonly isCode?: boolean;
}

/** Letters under a thumb, in the layouts of the park's languages. */
export function TextPad({ value, onChange, lengthMax, layouts, isCode = false }: TextPadProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<LayoutName>(layouts[0] ?? 'ru');
  const [isCapital, setCapital] = useState(false);
  const layout = layouts.includes(chosen) ? chosen : (layouts[0] ?? 'ru');
  const letter = (key: string): string => (isCode || isCapital ? key.toUpperCase() : key);
  const add = (text: string): void => {
    if (value.length + text.length <= lengthMax) onChange(value + text);
    setCapital(false);
  };
  const rows = LAYOUTS[layout];
  const last = rows.at(-1) ?? '';
  const keys = (row: string) =>
    [...row].map((key) => (
      <TouchButton key={key} onPress={() => add(letter(key))}>
        {letter(key)}
      </TouchButton>
    ));
  return (
    <ControlGroup className="text-pad" label={t('pad.text')}>
      {rows.slice(0, -1).map((row) => (
        <div key={row} className="text-pad-row">
          {keys(row)}
        </div>
      ))}
      <div className="text-pad-row">
        {!isCode && (
          <TouchButton
            className="word"
            label={t('pad.shift')}
            chosen={isCapital}
            onPress={() => setCapital(!isCapital)}
          >
            <IconArrowBigUp size={28} aria-hidden />
          </TouchButton>
        )}
        {keys(last)}
        <TouchButton className="word" label={t('pad.backspace')} onPress={() => onChange(value.slice(0, -1))}>
          <IconBackspace size={28} aria-hidden />
        </TouchButton>
      </div>
      {(layouts.length > 1 || !isCode) && (
        <div className="text-pad-row">
          {layouts.length > 1 &&
            layouts.map((name) => (
              <TouchButton
                key={name}
                className="word"
                label={`${LAYOUT_SIGNS[name]}: ${t(name === 'signs' ? 'pad.digits' : 'pad.layout')}`}
                chosen={name === layout}
                onPress={() => setChosen(name)}
              >
                {LAYOUT_SIGNS[name]}
              </TouchButton>
            ))}
          {!isCode && (
            <TouchButton className="space" onPress={() => add(' ')}>
              {t('pad.space')}
            </TouchButton>
          )}
          <TouchButton className="word" label={t('pad.clear')} onPress={() => onChange('')}>
            C
          </TouchButton>
        </div>
      )}
    </ControlGroup>
  );
}

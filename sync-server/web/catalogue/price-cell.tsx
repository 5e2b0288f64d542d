import { TextInput, UnstyledButton } from '@mantine/core';
import { minorDigitsOf } from '@skygate/shared/lib/money';
import { type KeyboardEvent, useState } from 'react';
import { useFormat } from '../format/use-format.ts';
import { minorOfText } from './minor-of-text.ts';

interface PriceCellProps {
  readonly label: string;
  readonly minor: number;
  readonly currency: string;
  readonly onSave: (minor: number) => void;
}

/** A price that becomes a field where it stands, at the same size, so that nothing moves. */
export function PriceCell({ label, minor, currency, onSave }: PriceCellProps) {
  const format = useFormat();
  const [text, setText] = useState<string | null>(null);
  if (text === null) {
    return (
      <UnstyledButton className="price-button" onClick={() => setText(plain(minor, currency))}>
        <span className="visually-hidden">{label}: </span>
        {format.amount(minor, currency)}
      </UnstyledButton>
    );
  }
  const typed = minorOfText(text, currency);
  const save = (): void => {
    if (typed === null) return;
    if (typed !== minor) onSave(typed);
    setText(null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') save();
    if (event.key === 'Escape') setText(null);
  };
  return (
    <TextInput
      aria-label={label}
      autoFocus
      inputMode="decimal"
      value={text}
      error={typed === null}
      onChange={(event) => setText(event.currentTarget.value)}
      onFocus={(event) => event.currentTarget.select()}
      onKeyDown={onKeyDown}
      onBlur={() => (typed === null ? setText(null) : save())}
      w={140}
      ml="auto"
      styles={{ input: { textAlign: 'right', fontWeight: 650, height: 40 } }}
    />
  );
}

const plain = (minor: number, currency: string): string => String(minor / 10 ** minorDigitsOf(currency));

import { IconArrowDown } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { NumberPad } from '../../components/number-pad.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { denominationsOf } from '../../format/money.ts';
import { useFormat } from '../../format/use-format.ts';
import { COUNT_DIGITS_MAX, type Counts, countsTotalMinor } from './denomination-count.ts';

interface DenominationPadProps {
  readonly counts: Counts;
  readonly onChange: (counts: Counts) => void;
  readonly totalLabel: string;
  /** What comes under the pad: the button that goes on. */
  readonly children: ReactNode;
}

/** Counts a drawer: choose a note, type how many, on to the next one. */
export function DenominationPad({ counts, onChange, totalLabel, children }: DenominationPadProps) {
  const format = useFormat();
  const values = denominationsOf(format.currency);
  const [chosen, setChosen] = useState(values[0] ?? 0);
  const next = values[(values.indexOf(chosen) + 1) % values.length] ?? chosen;
  return (
    <div className="denominations">
      <div className="denomination-list">
        {values.map((value) => (
          <TouchButton key={value} className="denomination" chosen={value === chosen} onPress={() => setChosen(value)}>
            <span className="t3 strong">{format.amount(value)}</span>
            <span className={`t2 ${counts[value] ? 'semi' : 'quiet'}`}>× {counts[value] || '0'}</span>
          </TouchButton>
        ))}
      </div>
      <div className="column">
        <div className="row spread">
          <span className="t2 quiet">{totalLabel}</span>
          <strong className="t4" data-testid="counted">
            {format.money(countsTotalMinor(counts))}
          </strong>
        </div>
        <NumberPad
          value={counts[chosen] ?? ''}
          onChange={(typed) => onChange({ ...counts, [chosen]: typed.replace(/^0+(?=\d)/, '') })}
          lengthMax={COUNT_DIGITS_MAX}
        />
        <TouchButton wide icon={<IconArrowDown aria-hidden />} onPress={() => setChosen(next)}>
          {format.money(next)}
        </TouchButton>
        {children}
      </div>
    </div>
  );
}

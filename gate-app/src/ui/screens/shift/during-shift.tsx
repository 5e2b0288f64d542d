import { IconArrowBarToDown, IconArrowBarUp, IconChevronLeft, IconLock } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ShiftView } from '../../../rpc-contract/till-view.ts';
import { ScreenFrame } from '../../components/screen-frame.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { formatCount } from '../../format/money.ts';
import { useFormat } from '../../format/use-format.ts';
import { useShell } from '../../shell.tsx';
import { MoveCashPanel } from './move-cash-panel.tsx';

/** The shift as it stands, without what the drawer should hold: the count at the end is blind. */
export function DuringShift({ shift, onClose }: { shift: ShiftView; onClose: () => void }) {
  const { t } = useTranslation();
  const { show } = useShell();
  const format = useFormat();
  const [moving, setMoving] = useState<'in' | 'out' | null>(null);
  const [movedMinor, setMovedMinor] = useState<number | null>(null);
  const moved = (amountMinor: number) => {
    setMoving(null);
    setMovedMinor(amountMinor);
  };
  const average = shift.salesCount === 0 ? 0 : Math.round(shift.salesMinor / shift.salesCount);
  const figures: readonly (readonly [string, string])[] = [
    [t('shift.salesTotal'), format.money(shift.salesMinor)],
    [t('shift.salesCount'), formatCount(shift.salesCount)],
    [t('shift.average'), format.money(average)],
    [t('shift.float'), format.money(shift.floatMinor)],
  ];
  return (
    <ScreenFrame className="shift">
      <div className="shift-head row">
        <TouchButton icon={<IconChevronLeft aria-hidden />} onPress={() => show('work')}>
          {t('common.back')}
        </TouchButton>
        <h1 className="t3 strong">{t('shift.title', { number: shift.number })}</h1>
        <p className="t2 quiet clip">
          {t('shift.since', { name: shift.staff.name, time: format.time.clock(shift.openedMs) })}
        </p>
        <div className="shift-moved" aria-live="polite">
          {movedMinor !== null && (
            <div className="note ok">{t('shift.moved', { amount: format.money(movedMinor) })}</div>
          )}
        </div>
      </div>
      <div className="shift-figures">
        {figures.map(([name, value]) => (
          <div key={name} className="card shift-figure">
            <p className="t2 quiet">{name}</p>
            <p className="t4 strong">{value}</p>
          </div>
        ))}
      </div>
      <div className="shift-foot">
        <TouchButton icon={<IconArrowBarToDown aria-hidden />} onPress={() => setMoving('in')}>
          {t('shift.cashIn')}
        </TouchButton>
        <TouchButton icon={<IconArrowBarUp aria-hidden />} onPress={() => setMoving('out')}>
          {t('shift.cashOut')}
        </TouchButton>
        <TouchButton kind="primary" icon={<IconLock size={28} aria-hidden />} onPress={onClose}>
          {t('shift.close')}
        </TouchButton>
      </div>
      {moving !== null && <MoveCashPanel way={moving} onMoved={moved} onClose={() => setMoving(null)} />}
    </ScreenFrame>
  );
}

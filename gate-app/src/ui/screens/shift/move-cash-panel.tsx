import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NumberPad } from '../../components/number-pad.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { TouchField } from '../../components/touch-field.tsx';
import { minorDigits } from '../../format/money.ts';
import { useFormat } from '../../format/use-format.ts';
import { answerOf, type ScreenProblem, useApi } from '../../kiosk-provider.tsx';
import { newCommandId } from '../till/pending-sale.ts';
import { ReasonChoice } from './reason-choice.tsx';

const AMOUNT_DIGITS_MAX = 7;

interface MoveCashPanelProps {
  readonly way: 'in' | 'out';
  /** It is recorded; negative if it was taken out. */
  readonly onMoved: (amountMinor: number) => void;
  readonly onClose: () => void;
}

/** Cash put into the drawer or taken from it, with its reason: first how much, then why. */
export function MoveCashPanel({ way, onMoved, onClose }: MoveCashPanelProps) {
  const { t } = useTranslation();
  const api = useApi();
  const format = useFormat();
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const [hasAmount, setHasAmount] = useState(false);
  const [problem, setProblem] = useState<ScreenProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  // One for the whole panel: a second touch, or a try after no answer, moves nothing again.
  const [commandId] = useState(newCommandId);
  const amountMinor = Number(typed === '' ? 0 : typed) * 10 ** minorDigits(format.currency);
  const setDigits = (text: string) => setTyped(text.replace(/\D/g, '').slice(0, AMOUNT_DIGITS_MAX));
  const move = async () => {
    setBusy(true);
    const signed = way === 'in' ? amountMinor : -amountMinor;
    const answer = await answerOf(api.moveCash({ commandId, amountMinor: signed, reason: reason.trim() }));
    setBusy(false);
    if (answer.ok) onMoved(signed);
    else setProblem(answer.problem);
  };
  const goOn = () => setHasAmount(amountMinor > 0);
  const title = t(way === 'in' ? 'shift.cashInTitle' : 'shift.cashOutTitle');
  if (!hasAmount) {
    return (
      <Panel title={title} onClose={onClose} width={520}>
        <TouchField label={t('shift.amount')} value={typed} autoFocus onChange={setDigits} onEnter={goOn} />
        <NumberPad value={typed} onChange={setDigits} lengthMax={AMOUNT_DIGITS_MAX} extraKey="00" />
        <TouchButton kind="primary" wide disabled={amountMinor === 0} onPress={goOn}>
          {t('shift.goOn', { amount: format.money(amountMinor) })}
        </TouchButton>
      </Panel>
    );
  }
  const reasons =
    way === 'in'
      ? [t('shift.reasonsIn.change'), t('shift.reasonsIn.correction')]
      : [t('shift.reasonsOut.bank'), t('shift.reasonsOut.expense'), t('shift.reasonsOut.correction')];
  return (
    <Panel title={`${title}: ${format.money(amountMinor)}`} onClose={onClose} width={1080}>
      <ReasonChoice reasons={reasons} value={reason} onChange={setReason} />
      {problem !== null && <ProblemNote problem={problem} />}
      <TouchButton kind="primary" wide busy={isBusy} disabled={reason.trim() === ''} onPress={move}>
        {t('common.save')}
      </TouchButton>
    </Panel>
  );
}

import { IconChevronLeft } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ShiftReport } from '../../../rpc-contract/till-view.ts';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { ScreenFrame } from '../../components/screen-frame.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { useFormat } from '../../format/use-format.ts';
import { answerOf, type ScreenProblem, useApi } from '../../kiosk-provider.tsx';
import { type Counts, countsTotalMinor, denominationsFrom } from './denomination-count.ts';
import { DenominationPad } from './denomination-pad.tsx';
import { ReasonChoice } from './reason-choice.tsx';

interface CloseShiftProps {
  readonly onBack: () => void;
  readonly onClosed: (report: ShiftReport) => void;
}

/** A blind count first; only then what should be there, the difference, and its reason. */
export function CloseShift({ onBack, onClosed }: CloseShiftProps) {
  const { t } = useTranslation();
  const api = useApi();
  const [counts, setCounts] = useState<Counts>({});
  const [expectedMinor, setExpectedMinor] = useState<number | null>(null);
  const [problem, setProblem] = useState<ScreenProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const close = async (reason: string) => {
    setBusy(true);
    setProblem(null);
    const answer = await answerOf(api.closeShift({ denominations: denominationsFrom(counts), reason }));
    setBusy(false);
    if (answer.ok) return onClosed(answer.value);
    const expected = answer.problem.data['expectedMinor'];
    if (answer.problem.code === 'reason_needed' && typeof expected === 'number') setExpectedMinor(expected);
    else setProblem(answer.problem);
  };
  return (
    <ScreenFrame className="shift">
      <div className="shift-head row">
        <TouchButton icon={<IconChevronLeft aria-hidden />} onPress={onBack}>
          {t('common.back')}
        </TouchButton>
        <div className="clip">
          <h1 className="t3 strong">{t('shift.closeTitle')}</h1>
          <p className="t1 quiet clip">{t('shift.closeIntro')}</p>
        </div>
      </div>
      <DenominationPad counts={counts} onChange={setCounts} totalLabel={t('shift.counted')}>
        {problem !== null && <ProblemNote problem={problem} />}
        <TouchButton kind="primary" wide busy={isBusy && expectedMinor === null} onPress={() => close('')}>
          {t('shift.compare')}
        </TouchButton>
      </DenominationPad>
      {expectedMinor !== null && (
        <DifferencePanel
          expectedMinor={expectedMinor}
          countedMinor={countsTotalMinor(counts)}
          isBusy={isBusy}
          onRecount={() => setExpectedMinor(null)}
          onReason={close}
        />
      )}
    </ScreenFrame>
  );
}

interface DifferencePanelProps {
  readonly expectedMinor: number;
  readonly countedMinor: number;
  readonly isBusy: boolean;
  readonly onRecount: () => void;
  readonly onReason: (reason: string) => void;
}

function DifferencePanel({ expectedMinor, countedMinor, isBusy, onRecount, onReason }: DifferencePanelProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [reason, setReason] = useState('');
  const difference = countedMinor - expectedMinor;
  const reasons = [
    t('shift.reasonsDifference.change'),
    t('shift.reasonsDifference.count'),
    t('shift.reasonsDifference.unknown'),
  ];
  return (
    <Panel title={t('shift.differenceWhat')} onClose={onRecount} width={1080}>
      <div className="row spread t2">
        <span>
          {t('shift.expected')} <strong>{format.money(expectedMinor)}</strong>
        </span>
        <span>
          {t('shift.counted')} <strong>{format.money(countedMinor)}</strong>
        </span>
        <span className="bad">
          {t('shift.difference')} <strong className="t3">{format.money(difference)}</strong>
        </span>
      </div>
      <ReasonChoice reasons={reasons} value={reason} onChange={setReason} />
      <div className="row">
        <TouchButton className="grow" onPress={onRecount}>
          {t('shift.recount')}
        </TouchButton>
        <TouchButton
          kind="primary"
          className="grow"
          busy={isBusy}
          disabled={reason.trim() === ''}
          onPress={() => onReason(reason.trim())}
        >
          {t('shift.closeAnyway')}
        </TouchButton>
      </div>
    </Panel>
  );
}

import { IconChevronLeft } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ShiftReport } from '../../../rpc-contract/till-view.ts';
import { ProblemNote } from '../../components/problem-note.tsx';
import { ScreenFrame } from '../../components/screen-frame.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { answerOf, type ScreenProblem, useApi, useKioskView, useStatus } from '../../kiosk-provider.tsx';
import { useShell } from '../../shell.tsx';
import { CloseShift } from './close-shift.tsx';
import { type Counts, countsTotalMinor, denominationsFrom } from './denomination-count.ts';
import { DenominationPad } from './denomination-pad.tsx';
import { DuringShift } from './during-shift.tsx';
import { ShiftReportView } from './shift-report-view.tsx';

/** A cashier's drawer: opened, looked at, closed. Without an open shift nothing is sold. */
export function ShiftArea() {
  const { shift } = useStatus();
  const [isClosing, setClosing] = useState(false);
  const [report, setReport] = useState<ShiftReport | null>(null);
  if (report !== null) return <ShiftReportView report={report} />;
  if (shift === null) return <OpenShift />;
  if (!isClosing) return <DuringShift shift={shift} onClose={() => setClosing(true)} />;
  return <CloseShift onBack={() => setClosing(false)} onClosed={setReport} />;
}

function OpenShift() {
  const { t } = useTranslation();
  const api = useApi();
  const { takeStatus } = useKioskView();
  const { show } = useShell();
  const [counts, setCounts] = useState<Counts>({});
  const [problem, setProblem] = useState<ScreenProblem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const open = async () => {
    setBusy(true);
    const input = { floatMinor: countsTotalMinor(counts), denominations: denominationsFrom(counts) };
    const answer = await answerOf(api.openShift(input));
    setBusy(false);
    if (!answer.ok) return setProblem(answer.problem);
    show('work');
    api.getStatus().then(takeStatus, () => undefined);
  };
  return (
    <ScreenFrame className="shift">
      <div className="shift-head">
        <h1 className="t3 strong">{t('shift.openTitle')}</h1>
        <p className="t2 quiet">{t('shift.openIntro')}</p>
      </div>
      <DenominationPad counts={counts} onChange={setCounts} totalLabel={t('shift.float')}>
        {problem !== null && <ProblemNote problem={problem} />}
        <TouchButton kind="primary" wide busy={isBusy} onPress={open}>
          {t('shift.open')}
        </TouchButton>
      </DenominationPad>
    </ScreenFrame>
  );
}

/** The way back from a shift screen to selling. */
export function BackToWork() {
  const { t } = useTranslation();
  const { show } = useShell();
  return (
    <TouchButton icon={<IconChevronLeft aria-hidden />} onPress={() => show('work')}>
      {t('common.back')}
    </TouchButton>
  );
}

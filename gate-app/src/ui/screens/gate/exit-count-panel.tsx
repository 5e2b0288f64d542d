import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { answerOf, type ScreenProblem, useApi } from '../../kiosk-provider.tsx';

const PEOPLE = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20] as const;

/** People who left without showing a ticket (T4): one touch for how many. */
export function ExitCountPanel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const [counted, setCounted] = useState<number | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ScreenProblem | null>(null);
  const count = async (people: number) => {
    if (isBusy) return;
    setBusy(true);
    const answer = await answerOf(api.countExit({ people }));
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    setCounted(answer.ok ? people : null);
  };
  return (
    <Panel title={t('gate.countExitTitle')} onClose={onClose} width={560}>
      <div className="number-pad">
        {PEOPLE.map((people) => (
          <TouchButton key={people} onPress={() => count(people)}>
            {people}
          </TouchButton>
        ))}
      </div>
      <div style={{ minHeight: 64 }} aria-live="polite">
        {counted !== null && <div className="note ok">{t('gate.counted', { count: counted })}</div>}
        {problem !== null && <ProblemNote problem={problem} />}
      </div>
      <TouchButton kind="primary" wide onPress={onClose}>
        {t('common.ok')}
      </TouchButton>
    </Panel>
  );
}

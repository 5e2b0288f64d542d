import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecentScan, VerdictView } from '../../../rpc-contract/gate-view.ts';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { SupervisorPin } from '../../components/supervisor-pin.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { answerOf, type ScreenProblem, useApi, useStatus } from '../../kiosk-provider.tsx';
import { ReasonChoice } from '../shift/reason-choice.tsx';

const REASONS = ['steppedOut', 'notPassed', 'checkedAtTill', 'accompanies'] as const;

interface OverridePanelProps {
  readonly view: VerdictView;
  readonly onDone: (admitted: RecentScan) => void;
  readonly onClose: () => void;
}

/** A supervisor lets in whom the gate refused: first why, then who. Whoever is at the gate stays logged in. */
export function OverridePanel({ view, onDone, onClose }: OverridePanelProps) {
  const { t } = useTranslation();
  const api = useApi();
  const { staff } = useStatus();
  const [reason, setReason] = useState('');
  const [isReasoned, setReasoned] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ScreenProblem | null>(null);
  const admit = async (supervisor: { readonly staffId: string; readonly pin: string } | null) => {
    setBusy(true);
    const answer = await answerOf(api.overrideRefusal({ scanId: view.scanId, reason, supervisor }));
    setBusy(false);
    if (answer.ok) onDone(answer.value);
    else setProblem(answer.problem);
  };
  const isSupervisor = staff?.role === 'supervisor';
  const reasons = REASONS.map((key) => t(`override.reasons.${key}`));
  if (isReasoned && !isSupervisor) {
    return (
      <Panel title={t('override.whoTitle')} onClose={onClose} width={900}>
        <SupervisorPin action={t('override.admit')} isBusy={isBusy} problem={problem} onPin={admit} />
      </Panel>
    );
  }
  return (
    <Panel title={t('override.title')} onClose={onClose} width={1080}>
      <p className="t2">{t('override.what')}</p>
      <ReasonChoice reasons={reasons} value={reason} onChange={setReason} />
      <div style={{ minHeight: 64 }} aria-live="polite">
        {problem !== null && <ProblemNote problem={problem} />}
      </div>
      <TouchButton
        kind="primary"
        wide
        busy={isBusy}
        disabled={reason.trim() === ''}
        onPress={() => (isSupervisor ? admit(null) : setReasoned(true))}
      >
        {t(isSupervisor ? 'override.admit' : 'override.next')}
      </TouchButton>
    </Panel>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RecentScan, VerdictView } from '../../../rpc-contract/gate-view.ts';
import { NumberPad } from '../../components/number-pad.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { EmptyView } from '../../components/state-views.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { TouchField } from '../../components/touch-field.tsx';
import { answerOf, type ScreenProblem, useApi, useStatus } from '../../kiosk-provider.tsx';
import { ReasonChoice } from '../shift/reason-choice.tsx';

const PIN_LENGTH_MAX = 12;
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
        <SupervisorPin isBusy={isBusy} problem={problem} onPin={admit} />
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

interface SupervisorPinProps {
  readonly isBusy: boolean;
  readonly problem: ScreenProblem | null;
  readonly onPin: (supervisor: { readonly staffId: string; readonly pin: string }) => void;
}

function SupervisorPin({ isBusy, problem, onPin }: SupervisorPinProps) {
  const { t } = useTranslation();
  const api = useApi();
  const staff = useQuery({ queryKey: ['staff'], queryFn: () => api.listStaff() });
  const supervisors = (staff.data ?? []).filter(({ role }) => role === 'supervisor');
  const [chosen, setChosen] = useState<string | null>(null);
  const [pin, setPin] = useState('');
  const staffId = chosen ?? (supervisors.length === 1 ? (supervisors[0]?.staffId ?? null) : null);
  const enter = () => {
    if (staffId === null || pin.length < 4) return;
    onPin({ staffId, pin });
    setPin('');
  };
  return (
    <div className="row" style={{ alignItems: 'stretch' }}>
      <div className="column grow">
        {staff.isSuccess && supervisors.length === 0 && <EmptyView title={t('override.nobody')} />}
        {supervisors.map((member) => (
          <TouchButton
            key={member.staffId}
            wide
            chosen={member.staffId === staffId}
            onPress={() => setChosen(member.staffId)}
          >
            {member.name}
          </TouchButton>
        ))}
        <div style={{ minHeight: 96 }} aria-live="polite">
          {problem !== null && <ProblemNote problem={problem} />}
        </div>
      </div>
      <div className="column" style={{ width: 400 }}>
        <TouchField
          label={t('login.pin')}
          value={pin}
          isSecret
          autoFocus
          lengthMax={PIN_LENGTH_MAX}
          onChange={(typed) => setPin(typed.replace(/\D/g, ''))}
          onEnter={enter}
        />
        <NumberPad value={pin} onChange={setPin} lengthMax={PIN_LENGTH_MAX} />
        <TouchButton kind="primary" wide busy={isBusy} disabled={staffId === null || pin.length < 4} onPress={enter}>
          {t('override.admit')}
        </TouchButton>
      </div>
    </div>
  );
}

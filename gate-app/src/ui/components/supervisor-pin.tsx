import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ScreenProblem, useApi } from '../kiosk-provider.tsx';
import { NumberPad } from './number-pad.tsx';
import { Pager, pageOf } from './pager.tsx';
import { ProblemNote } from './problem-note.tsx';
import { EmptyView } from './state-views.tsx';
import { TouchButton } from './touch-button.tsx';
import { TouchField } from './touch-field.tsx';

const PIN_LENGTH_MAX = 12;
const PIN_LENGTH_MIN = 4;
const NAMES_A_PAGE = 3;

interface SupervisorPinProps {
  /** What the supervisor's PIN does, on the button. */
  readonly action: string;
  readonly isBusy?: boolean;
  readonly problem?: ScreenProblem | null;
  readonly onPin: (supervisor: { readonly staffId: string; readonly pin: string }) => void;
}

/** A supervisor answers for something at a kiosk where somebody else works: name at the left, PIN at the right. */
export function SupervisorPin({ action, isBusy = false, problem = null, onPin }: SupervisorPinProps) {
  const { t } = useTranslation();
  const api = useApi();
  const staff = useQuery({ queryKey: ['staff'], queryFn: () => api.listStaff() });
  const supervisors = (staff.data ?? []).filter(({ role }) => role === 'supervisor');
  const [chosen, setChosen] = useState<string | null>(null);
  const [page, setPage] = useState(0);
  const [pin, setPin] = useState('');
  const shown = pageOf(supervisors, page, NAMES_A_PAGE);
  const staffId = chosen ?? (supervisors.length === 1 ? (supervisors[0]?.staffId ?? null) : null);
  const canEnter = staffId !== null && pin.length >= PIN_LENGTH_MIN;
  const enter = () => {
    if (!canEnter || isBusy) return;
    onPin({ staffId, pin });
    setPin('');
  };
  return (
    <div className="row" style={{ alignItems: 'stretch', gap: 24 }}>
      <div className="column grow">
        {staff.isSuccess && supervisors.length === 0 && <EmptyView title={t('override.nobody')} />}
        {shown.items.map((member) => (
          <TouchButton
            key={member.staffId}
            wide
            chosen={member.staffId === staffId}
            onPress={() => {
              setChosen(member.staffId);
              setPin('');
            }}
          >
            {member.name}
          </TouchButton>
        ))}
        {shown.pages > 1 && <Pager page={shown.page} pages={shown.pages} onPage={setPage} />}
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
        <TouchButton kind="primary" wide busy={isBusy} disabled={!canEnter} onPress={enter}>
          {action}
        </TouchButton>
      </div>
    </div>
  );
}

import { IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StaffMember } from '../../../rpc-contract/status-view.ts';
import { NumberPad } from '../../components/number-pad.tsx';
import { Pager, pageOf } from '../../components/pager.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { ScreenFrame } from '../../components/screen-frame.tsx';
import { EmptyView, LoadingView } from '../../components/state-views.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { TouchField } from '../../components/touch-field.tsx';
import { useFormat } from '../../format/use-format.ts';
import { answerOf, type ScreenProblem, useApi, useStatus } from '../../kiosk-provider.tsx';

const TILES_A_PAGE = 9;
const PIN_LENGTH_MAX = 12;

/** Who works here: a tile for each person, then the PIN. Works with no network (X3). */
export function LoginScreen() {
  const { t } = useTranslation();
  const api = useApi();
  const staff = useQuery({ queryKey: ['staff'], queryFn: () => api.listStaff(), refetchInterval: 5_000 });
  const [chosen, setChosen] = useState<StaffMember | null>(null);
  const [page, setPage] = useState(0);
  const shown = pageOf(staff.data ?? [], page, TILES_A_PAGE);
  return (
    <ScreenFrame>
      <div className="login">
        <section className="column grow">
          <h1 className="t4 strong">{t('login.title')}</h1>
          <div className="login-tiles">
            {staff.isPending && <LoadingView />}
            {staff.isError && <ProblemNote problem={{ code: 'kiosk_unreachable', data: {} }} />}
            {staff.data?.length === 0 && (
              <EmptyView
                icon={<IconUsers size={44} aria-hidden />}
                title={t('login.empty')}
                what={t('login.emptyWhat')}
              />
            )}
            {shown.items.map((member) => (
              <TouchButton
                key={member.staffId}
                className="login-tile"
                chosen={member.staffId === chosen?.staffId}
                onPress={() => setChosen(member)}
              >
                <span className="login-initials" aria-hidden>
                  {member.initials}
                </span>
                <span className="login-name">
                  <span className="t2 semi">{member.name}</span>
                  <span className="t1 quiet">{t(`menu.role.${member.role}`)}</span>
                </span>
              </TouchButton>
            ))}
          </div>
          <Pager page={shown.page} pages={shown.pages} onPage={setPage} />
        </section>
        <aside className="login-pin card">
          <PinEntry key={chosen?.staffId} member={chosen} />
        </aside>
      </div>
    </ScreenFrame>
  );
}

function PinEntry({ member }: { member: StaffMember | null }) {
  const { t } = useTranslation();
  const api = useApi();
  const [pin, setPin] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ScreenProblem | null>(null);
  const lock = useLock(problem);
  const canEnter = member !== null && pin.length >= 4 && !lock.isLocked;
  const enter = async () => {
    if (!canEnter || isBusy) return;
    setBusy(true);
    const answer = await answerOf(api.logIn({ staffId: member.staffId, pin }));
    setBusy(false);
    setPin('');
    setProblem(answer.ok ? null : answer.problem);
  };
  return (
    <>
      <TouchField
        label={member === null ? t('login.pin') : t('login.pinFor', { name: member.name })}
        value={pin}
        isSecret
        autoFocus={member !== null}
        lengthMax={PIN_LENGTH_MAX}
        onChange={(typed) => setPin(typed.replace(/\D/g, ''))}
        onEnter={enter}
      />
      <NumberPad value={pin} onChange={setPin} lengthMax={PIN_LENGTH_MAX} />
      <div style={{ minHeight: 96 }} aria-live="polite">
        <PinProblem problem={problem} leftMs={lock.leftMs} />
      </div>
      <TouchButton kind="primary" wide disabled={!canEnter} busy={isBusy} onPress={enter}>
        {t('login.enter')}
      </TouchButton>
    </>
  );
}

function PinProblem({ problem, leftMs }: { problem: ScreenProblem | null; leftMs: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (problem === null) return null;
  if (leftMs > 0)
    return <ProblemNote problem={problem} extra={t('login.locked', { time: format.duration(leftMs + 999) })} />;
  // Waited out: the person may try again, and nothing is wrong any more.
  return problem.code === 'locked_out' ? null : <ProblemNote problem={problem} />;
}

/** Counts a lock-out down by the kiosk's clock, so that a reload or a wrong browser clock changes nothing. */
function useLock(problem: ScreenProblem | null): { readonly isLocked: boolean; readonly leftMs: number } {
  const { nowMs } = useStatus();
  const [untilMs, setUntilMs] = useState(0);
  // A wrong PIN may bring a wait of its own, before the next try.
  const waitMs = Number(problem?.data['waitMs'] ?? 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end of the wait is fixed when the answer arrives
  useEffect(() => {
    setUntilMs(nowMs + waitMs);
  }, [problem]);
  return { isLocked: untilMs > nowMs, leftMs: Math.max(0, untilMs - nowMs) };
}

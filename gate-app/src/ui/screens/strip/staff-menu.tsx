import { IconCoins, IconLogout, IconPencil, IconScan } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StaffMember } from '../../../rpc-contract/status-view.ts';
import { Panel } from '../../components/panel.tsx';
import { ProblemNote } from '../../components/problem-note.tsx';
import { TouchButton } from '../../components/touch-button.tsx';
import { answerOf, type ScreenProblem, useApi, useKioskView } from '../../kiosk-provider.tsx';
import { useShell } from '../../shell.tsx';
import { ScannerPanel } from '../supervisor/scanner-panel.tsx';

/** Who works here: a tap offers to log out, and what this person may open. */
export function StaffMenu({ staff }: { staff: StaffMember }) {
  const { t } = useTranslation();
  const { status } = useKioskView();
  const { show } = useShell();
  const api = useApi();
  const [isOpen, setOpen] = useState(false);
  const [isSettingScanner, setSettingScanner] = useState(false);
  const [problem, setProblem] = useState<ScreenProblem | null>(null);
  const open = (view: 'catalogue' | 'shift') => {
    setOpen(false);
    show(view);
  };
  const logOut = async () => {
    const answer = await answerOf(api.logOut());
    if (!answer.ok) setProblem(answer.problem);
  };
  return (
    <>
      <button
        type="button"
        className="chip none"
        aria-label={`${staff.initials}: ${t('strip.staff', { name: staff.name })}`}
        onClick={() => setOpen(true)}
      >
        {staff.initials}
      </button>
      {isOpen && (
        <Panel title={staff.name} onClose={() => setOpen(false)} width={480}>
          <p className="t2 quiet">{t(`menu.role.${staff.role}`)}</p>
          {problem !== null && <ProblemNote problem={problem} />}
          {staff.role === 'supervisor' && (
            <TouchButton wide icon={<IconPencil aria-hidden />} onPress={() => open('catalogue')}>
              {t('menu.catalogue')}
            </TouchButton>
          )}
          {staff.role === 'supervisor' && (
            <TouchButton
              wide
              icon={<IconScan aria-hidden />}
              onPress={() => {
                setOpen(false);
                setSettingScanner(true);
              }}
            >
              {t('menu.scanner')}
            </TouchButton>
          )}
          {status?.identity?.role === 'till' && status.shift !== null && (
            <TouchButton wide icon={<IconCoins aria-hidden />} onPress={() => open('shift')}>
              {t('menu.shift')}
            </TouchButton>
          )}
          <TouchButton kind="primary" wide icon={<IconLogout size={28} aria-hidden />} onPress={logOut}>
            {t('menu.logOut')}
          </TouchButton>
        </Panel>
      )}
      {isSettingScanner && <ScannerPanel onClose={() => setSettingScanner(false)} />}
    </>
  );
}

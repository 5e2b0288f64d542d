import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ScreenProblem } from '../kiosk-provider.tsx';

/** What went wrong, what it means and what to do next; the code in small print for support. */
export function ProblemNote({ problem, extra }: { problem: ScreenProblem; extra?: string }) {
  const { t } = useTranslation();
  const detail = typeof problem.data['detail'] === 'string' ? ` · ${problem.data['detail']}` : '';
  return (
    <div className="note bad" role="alert">
      <IconAlertTriangle size={28} aria-hidden />
      <div>
        {extra ?? t(`problem.${problem.code}`, problem.data)}
        <small>
          {t('common.code', { code: problem.code })}
          {detail}
        </small>
      </div>
    </div>
  );
}

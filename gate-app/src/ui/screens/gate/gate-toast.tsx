import { IconArrowBackUp } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemNote } from '../../components/problem-note.tsx';
import type { Said } from './gate-screen.tsx';

const SHOWN_MS = 3_000;

/** Says for a moment how an undo went. Lies over the screen, so nothing under it moves. */
export function GateToast({ said }: { said: Said | null }) {
  const { t } = useTranslation();
  const [hidden, setHidden] = useState(0);
  const nth = said?.nth ?? 0;
  useEffect(() => {
    const timer = setTimeout(() => setHidden(nth), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [nth]);
  return (
    <div className="toast" aria-live="polite">
      {said !== null && hidden !== said.nth && said.kind === 'done' && (
        <div className="note ok">
          <IconArrowBackUp size={28} aria-hidden />
          {t('gate.undone')}
        </div>
      )}
      {said !== null && hidden !== said.nth && said.kind === 'problem' && <ProblemNote problem={said.problem} />}
    </div>
  );
}

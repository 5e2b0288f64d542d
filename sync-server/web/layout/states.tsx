import { Button, Loader } from '@mantine/core';
import { IconCloudOff, IconMoodEmpty } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useProblemText } from '../format/use-problem-text.ts';

/** Something is on its way. */
export function Loading() {
  const { t } = useTranslation();
  return (
    <div className="state" role="status">
      <Loader size="md" />
      <div className="quiet">{t('state.loading')}</div>
    </div>
  );
}

/** It did not come: why, and a way on. */
export function Failed({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const { t } = useTranslation();
  const problemText = useProblemText();
  return (
    <div className="card state" role="alert">
      <IconCloudOff size={44} aria-hidden />
      <div className="state-title">{t('state.failed')}</div>
      <div className="quiet">{problemText(error)}</div>
      <Button variant="light" onClick={onRetry}>
        {t('state.retry')}
      </Button>
    </div>
  );
}

/** There is nothing, and what to do about it. */
export function Empty({ title, hint, children }: { title: string; hint: string; children?: ReactNode }) {
  return (
    <div className="card state">
      <IconMoodEmpty size={44} aria-hidden color="var(--hq-quiet)" />
      <div className="state-title">{title}</div>
      <div className="quiet">{hint}</div>
      {children}
    </div>
  );
}

/** The place of an error in a form is kept, so that nothing jumps when one appears. */
export function FormError({ error }: { readonly error: unknown }) {
  const problemText = useProblemText();
  return (
    <div className="form-error" role="alert">
      {problemText(error)}
    </div>
  );
}

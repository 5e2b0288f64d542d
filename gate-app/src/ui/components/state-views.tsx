import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** Nothing here, and why that is so. */
export function EmptyView({ title, what, icon }: { title: string; what?: string; icon?: ReactNode }) {
  return (
    <div className="empty">
      {icon}
      <p className="t2 semi">{title}</p>
      {what !== undefined && <p className="t1">{what}</p>}
    </div>
  );
}

/** Something is on its way. */
export function LoadingView({ what }: { what?: string }) {
  const { t } = useTranslation();
  return (
    <div className="empty" role="status">
      <span className="busy-dot" aria-hidden />
      <p className="t2">{what ?? t('common.loading')}</p>
    </div>
  );
}

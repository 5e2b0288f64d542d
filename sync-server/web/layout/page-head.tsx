import type { ReactNode } from 'react';

/** A page's title, what stands right beside it, and its actions at the end of the line. */
export function PageHead({ title, beside, children }: { title: string; beside?: ReactNode; children?: ReactNode }) {
  return (
    <header className="page-head">
      <h1 className="page-title">{title}</h1>
      {beside}
      <div className="page-head-end">{children}</div>
    </header>
  );
}

import type { ReactNode } from 'react';

interface NoticeProps {
  readonly tone: 'warn' | 'bad';
  readonly title?: string;
  readonly children?: ReactNode;
}

/** Something of the page that wants a person, above what the page is about. */
export function Notice({ tone, title, children }: NoticeProps) {
  return (
    <section className="notice page-notice" data-tone={tone}>
      {title === undefined ? null : <div className="notice-title">{title}</div>}
      {children}
    </section>
  );
}

import { IconHandStop } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ScreenFrame } from '../../components/screen-frame.tsx';

interface StoppedFrameProps {
  readonly title: string;
  /** What that means for the guests in front. */
  readonly meanwhile: string;
  /** What happened, and that nothing is lost. */
  readonly what: ReactNode;
  /** What people do about it, in this order. */
  readonly steps: readonly string[];
  /** The buttons below the steps. */
  readonly children: ReactNode;
}

/** A kiosk that works no more: what happened at the left, what to do at the right. */
export function StoppedFrame({ title, meanwhile, what, steps, children }: StoppedFrameProps) {
  const { t } = useTranslation();
  return (
    <ScreenFrame>
      <div className="stopped">
        <section className="column">
          <h1 className="t4 strong stopped-title">
            <IconHandStop size={44} aria-hidden />
            {title}
          </h1>
          <p className="t2 semi">{meanwhile}</p>
          {what}
        </section>
        <section className="column">
          <h2 className="t3 strong">{t('stopped.doTitle')}</h2>
          <ol className="t2 stopped-steps">
            {steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          {children}
        </section>
      </div>
    </ScreenFrame>
  );
}

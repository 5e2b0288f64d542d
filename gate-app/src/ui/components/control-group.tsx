import type { ReactNode } from 'react';

interface ControlGroupProps {
  /** What the controls are for, said by screen readers. */
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Buttons that belong together, such as the keys of a pad. */
export function ControlGroup({ label, className, children }: ControlGroupProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend of its own
    <div className={className} role="group" aria-label={label}>
      {children}
    </div>
  );
}

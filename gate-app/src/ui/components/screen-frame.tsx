import type { ReactNode } from 'react';
import { StatusStrip } from '../screens/strip/status-strip.tsx';

/** A whole screen: the strip, and under it what the screen is about. */
export function ScreenFrame({ children, className = '' }: { children: ReactNode; className?: string }) {
  return (
    <div className="screen">
      <StatusStrip />
      <main className={`screen-body ${className}`}>{children}</main>
    </div>
  );
}

import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from 'react';
import { useKioskView } from './kiosk-provider.tsx';
import { listenToWedge } from './scanner/wedge.ts';
import { DEFAULT_WEDGE_SETTINGS } from './scanner/wedge-machine.ts';

/** What a screen does with a code that was shown to a scanner while the screen is in front. */
export interface CodeTaker {
  readonly onCode: (text: string) => void;
  readonly onUnreadable: () => void;
}

interface Codes {
  /** @returns how to step back */
  readonly take: (taker: () => CodeTaker) => () => void;
}

const CodesContext = createContext<Codes | null>(null);

/**
 * One listener for the hand scanner, at the root: a scan goes to the screen in front and never into whatever field has
 * the focus.
 */
export function CodesProvider({ children }: { children: ReactNode }) {
  const takers = useRef<(() => CodeTaker)[]>([]);
  const { status } = useKioskView();
  const { prefix, suffix } = status?.scanner ?? DEFAULT_WEDGE_SETTINGS;
  useEffect(() => {
    const front = (): CodeTaker | undefined => takers.current.at(-1)?.();
    const handlers = {
      onCode: (text: string) => front()?.onCode(text),
      onUnreadable: () => front()?.onUnreadable(),
    };
    return listenToWedge(window, handlers, { ...DEFAULT_WEDGE_SETTINGS, prefix, suffix });
  }, [prefix, suffix]);
  const codes = useMemo(
    (): Codes => ({
      take: (taker) => {
        takers.current.push(taker);
        return () => {
          takers.current = takers.current.filter((other) => other !== taker);
        };
      },
    }),
    [],
  );
  return <CodesContext value={codes}>{children}</CodesContext>;
}

/** Codes go to this screen for as long as it is there. The last one mounted is in front. */
export function useCodes(taker: CodeTaker): void {
  const codes = useContext(CodesContext);
  const latest = useRef(taker);
  latest.current = taker;
  useEffect(() => codes?.take(() => latest.current), [codes]);
}

import { createContext, useContext } from 'react';

/** What is in front once somebody is logged in. `work` is the gate or the sale, whichever this kiosk is for. */
export type ShellView = 'work' | 'sales' | 'shift' | 'catalogue';

export interface Shell {
  readonly view: ShellView;
  readonly show: (view: ShellView) => void;
}

export const ShellContext = createContext<Shell | null>(null);

export function useShell(): Shell {
  const shell = useContext(ShellContext);
  if (shell === null) throw new Error('a screen is used outside the shell');
  return shell;
}

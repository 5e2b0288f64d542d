import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import type { KioskApi, Problem, ProblemCode, Reply } from '../rpc-contract/kiosk-api.ts';
import type { KioskStatus } from '../rpc-contract/status-view.ts';
import type { KioskConnection } from './kiosk-connection.ts';

/** What a screen can meet beyond the kiosk's own problems: the kiosk process did not answer at all. */
export interface ScreenProblem {
  readonly code: ProblemCode | 'kiosk_unreachable';
  readonly data: Problem['data'];
}

export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: ScreenProblem };

interface KioskView {
  readonly api: KioskApi;
  /** The newest status; null until the first one arrived. */
  readonly status: KioskStatus | null;
  /** Whether the wire to the kiosk process is up (not the network!). */
  readonly linked: boolean;
  /** Takes a status that came as an answer, so that the screen need not wait for the next push. */
  readonly takeStatus: (status: KioskStatus) => void;
}

const KioskContext = createContext<KioskView | null>(null);

/** Gives all screens the kiosk's api and its live status. */
export function KioskProvider({ connection, children }: { connection: KioskConnection; children: ReactNode }) {
  const [status, takeStatus] = useState<KioskStatus | null>(null);
  const [linked, setLinked] = useState(false);
  useEffect(() => {
    const refresh = () => connection.api.getStatus().then(takeStatus, () => undefined);
    const stopStatus = connection.onStatus(takeStatus);
    const stopLinked = connection.onLinked((up) => {
      setLinked(up);
      if (up) refresh();
    });
    connection.run();
    return () => {
      stopStatus();
      stopLinked();
      connection.stop();
    };
  }, [connection]);
  const view = useMemo(() => ({ api: connection.api, status, linked, takeStatus }), [connection, status, linked]);
  return <KioskContext value={view}>{children}</KioskContext>;
}

export function useKioskView(): KioskView {
  const view = useContext(KioskContext);
  if (view === null) throw new Error('a screen is used outside KioskProvider');
  return view;
}

export const useApi = (): KioskApi => useKioskView().api;

type Identity = NonNullable<KioskStatus['identity']>;
export type EnrolledStatus = KioskStatus & { readonly identity: Identity };

/** The status where the kiosk is known to be enrolled: every screen after set-up. */
export function useStatus(): EnrolledStatus {
  const { status } = useKioskView();
  if (status === null || status.identity === null) throw new Error('this screen needs an enrolled kiosk');
  return status as EnrolledStatus;
}

/** A reply, with a call that failed outright turned into a problem the screen can word. */
export async function answerOf<Value>(call: Promise<Reply<Value>>): Promise<Answer<Value>> {
  try {
    return await call;
  } catch (failure) {
    console.error(failure);
    return { ok: false, problem: { code: 'kiosk_unreachable', data: {} } };
  }
}

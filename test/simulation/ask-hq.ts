import type { ServerDeps } from '@skygate/sync-server/app';
import type { Run } from './run.ts';
import { PowerCut } from './yield-points.ts';

/** @returns null if the server was down, or died over it */
export async function asHq<Value>(run: Run, deed: (deps: ServerDeps) => Promise<Value>): Promise<Value | null> {
  const deps = run.server.deps();
  if (deps === null) return null;
  try {
    return await run.activity.track(() => deed(deps));
  } catch (error) {
    if (error instanceof PowerCut) return null;
    throw error;
  }
}

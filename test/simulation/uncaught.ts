import { PowerCut } from './yield-points.ts';

const KINDS = ['unhandledRejection', 'uncaughtException'] as const;

/**
 * What is thrown where nobody waits for it fails its seed, and never the process with all its other seeds.
 * @returns how to end it, once the last of the seed's work has come to rest
 */
export function reportUncaught(report: (error: unknown) => void): () => void {
  const listener = (error: unknown): void => {
    // The dead may be left unheard.
    if (!(error instanceof PowerCut)) report(error);
  };
  for (const kind of KINDS) process.on(kind, listener);
  return () => {
    for (const kind of KINDS) process.off(kind, listener);
  };
}

import { type Database, withTransaction } from '../db/database.ts';
import { isOutOfTime, isPassingTrouble } from '../db/passing-trouble.ts';
import type { Caught, FoldDeps } from './catch-up.ts';
import { replayPart } from './fold-page.ts';
import { lockCursor } from './page.ts';
import { putAside, takeOut, tooSlow } from './quarantine.ts';
import { olderParts, type PartToTry, releasedParts } from './quarantined-parts.ts';

const TIMEOUT_MS = 10_000;
/** A part may be a recovery of hundreds of events. */
const TRIED_AT_ONCE = 10;

type ReplayDeps = FoldDeps & { readonly database: Database };

/**
 * Tries again what a program of before could not fold (S7): a few parts, each call a transaction. What fails again is put
 * aside anew with this program's version.
 * @param after the last part that was tried; null to begin
 * @returns where to go on, or null if there is no more
 */
export async function replayOlder(deps: ReplayDeps, park: string, after: PartToTry | null): Promise<PartToTry | null> {
  const parts = await olderParts(deps.database.reader, park, after, TRIED_AT_ONCE);
  await tryAgain(deps, park, parts);
  return parts.at(-1) ?? null;
}

/** Folds a few of the recoveries whose key has come (E6). They wait for it no more, however that goes. */
export async function foldReleased(deps: ReplayDeps, park: string): Promise<Caught> {
  const parts = await releasedParts(deps.database.reader, park, TRIED_AT_ONCE);
  await tryAgain(deps, park, parts);
  return { moved: parts.length > 0, more: parts.length > 0 };
}

async function tryAgain(deps: ReplayDeps, park: string, parts: readonly PartToTry[]): Promise<void> {
  if (parts.length === 0) return;
  try {
    await inOneTransaction(deps, park, parts);
  } catch (error) {
    if (isOfTheDatabase(error)) throw error;
    for (const part of parts) await tryAlone(deps, park, part);
  }
}

async function tryAlone(deps: ReplayDeps, park: string, { event, part }: PartToTry): Promise<void> {
  try {
    await inOneTransaction(deps, park, [{ event, part }]);
  } catch (error) {
    if (isOfTheDatabase(error)) throw error;
    const words = error instanceof Error ? error.message : String(error);
    const aside = isOutOfTime(error) ? tooSlow(event, part) : { event, problems: [{ ...part, error: words }] };
    await withTransaction(deps, { timeoutMs: TIMEOUT_MS }, async (tx) => {
      await takeOut(tx, event, part);
      await putAside(tx, [aside]);
    });
  }
}

const isOfTheDatabase = (error: unknown): boolean => isPassingTrouble(error) && !isOutOfTime(error);

const inOneTransaction = (deps: ReplayDeps, park: string, parts: readonly PartToTry[]): Promise<void> =>
  withTransaction(deps, { timeoutMs: TIMEOUT_MS }, async (tx) => {
    const { position: folded } = await lockCursor(tx, park);
    for (const { event, part } of parts) await replayPart({ tx, crypto: deps.crypto, folded }, event, part);
  });

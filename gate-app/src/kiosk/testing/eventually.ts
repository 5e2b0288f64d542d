import { vi } from 'vitest';

/** Far longer than anything takes: a machine that does much else is slow, and nothing here measures time. */
const PATIENCE_MS = 60_000;

/** Waits until an expectation holds. @throws what it said last if it never does */
export const eventually = (expectation: () => void): Promise<void> => vi.waitFor(expectation, PATIENCE_MS);

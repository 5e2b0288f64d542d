import { defineConfig } from 'vitest/config';
import { LongestFirst } from './.ci/longest-first.ts';

/** Whose tests look at no other process and leave nothing behind: they share two processes and what those have loaded. */
const TOGETHER = ['shared/**', 'gate-app/**', 'sync-server/**'];
/** Long, or with programs of their own. */
const ALONE = ['**/headless.test.ts', '**/start-server.test.ts', '**/*-main.test.ts', '**/restored-flag.test.ts'];
const NEVER = ['**/node_modules/**', '**/dist/**'];
const under = (folders: readonly string[]) => folders.map((folder) => `${folder}/*.test.{ts,tsx}`);

export default defineConfig({
  test: {
    globalSetup: ['sync-server/src/db/testing/keep-databases.ts'],
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    // Longer than anything that a test waits for: what takes its time says itself what it waited for.
    testTimeout: 150_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['test/**/*.test.ts', ...ALONE],
          exclude: NEVER,
          // They wait for other programs; what time that leaves two cores the simulator's slice takes (`.ci/sim-slice.ts`).
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'together',
          include: under(TOGETHER),
          exclude: [...NEVER, ...ALONE],
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

// The product's own tests, with the edits of `SKYGATE_PLANTED` in what they load; the last line counts like a harness's.
import { defineConfig } from 'vitest/config';
import type { Reporter } from 'vitest/node';
import { readPlanted } from './plant.ts';

const sources = readPlanted();

const lastLine: Reporter = {
  onTestRunEnd: (modules) => {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const ended = (state: string) => tests.filter((test) => test.result().state === state).map(({ name }) => name);
    const failed = ended('failed');
    const broken = Object.fromEntries(failed.map((name) => [name, 1]));
    // A file that does not load runs no test: nothing was looked at then, and no result says so.
    const ran = failed.length + ended('passed').length;
    if (ran > 0) console.log(JSON.stringify({ ran, broken }));
  },
};

export default defineConfig({
  root: `${import.meta.dirname}/../..`,
  plugins: [{ name: 'planted-bug', enforce: 'pre', load: (id) => sources.get(id.split('?')[0] ?? '') ?? null }],
  test: {
    include: ['**/*.test.ts'],
    // Kept transforms go by the file on disk, and would plant the bug in runs to come, or none in this one.
    fsModuleCache: false,
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: [lastLine],
  },
});

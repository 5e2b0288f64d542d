// `npm test`: the quick check, the web builds that the browser tests need, every test, then a slice of the simulator's
// seeds; the last line counts them. With filters (`npm test -- path`) those tests alone.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildWeb } from './build-web.ts';
import { runSimSlice } from './sim-slice.ts';

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
}

const root = resolve(import.meta.dirname, '..');
const filters = process.argv.slice(2);

// Colours are for a person at a terminal; in a log they bury the words.
const env = process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };

const run = (args: readonly string[]): number =>
  spawnSync(process.execPath, [...args], { cwd: root, stdio: 'inherit', env }).status ?? 1;

function runTests(): VitestReport {
  const folder = mkdtempSync(join(tmpdir(), 'skygate-test-'));
  const report = join(folder, 'report.json');
  try {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    run([vitest, 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`, ...filters]);
    return JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const isWhole = filters.length === 0;
const checked = !isWhole || run(['.ci/check.ts']) === 0;
buildWeb();
const report = runTests();
const slice = isWhole ? await runSimSlice(root, env) : { passed: 0, failed: 0 };
// A file that fails before its first test counts as one failure, and so does the check: neither may look green.
const failed =
  Math.max(report.numFailedTests, Math.min(report.numFailedTestSuites, 1)) + (checked ? 0 : 1) + slice.failed;
const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : '';
console.log(`${report.numPassedTests + slice.passed} passed, ${failed} failed${skipped}`);
process.exit(failed === 0 && report.numPassedTests > 0 ? 0 : 1);

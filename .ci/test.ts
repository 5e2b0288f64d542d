// `npm test`: the quick check, the web builds that the browser tests need, every test, then a slice of the simulator's
// seeds; the last line counts them. With filters (`npm test -- path`) those tests alone.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setup as keepDatabases } from '../sync-server/src/db/testing/keep-databases.ts';
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
const colours = process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: undefined };
const environment = (): NodeJS.ProcessEnv => ({ ...process.env, ...colours });

/** Not `spawnSync`: this process answers what the tests ask of it meanwhile. */
function run(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...args], { cwd: root, stdio: 'inherit', env: environment() });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done(code ?? 1));
  });
}

async function runTests(): Promise<VitestReport> {
  const folder = mkdtempSync(join(tmpdir(), 'skygate-test-'));
  const report = join(folder, 'report.json');
  try {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    await run([vitest, 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`, ...filters]);
    return JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runAll() {
  const letGo = await keepDatabases();
  try {
    const report = await runTests();
    return { report, slice: isWhole ? await runSimSlice(root, environment()) : { passed: 0, failed: 0 } };
  } finally {
    await letGo();
  }
}

const isWhole = filters.length === 0;
const checked = !isWhole || (await run(['.ci/check.ts'])) === 0;
buildWeb();
const { report, slice } = await runAll();
// A file that fails before its first test counts as one failure, and so does the check: neither may look green.
const failed =
  Math.max(report.numFailedTests, Math.min(report.numFailedTestSuites, 1)) + (checked ? 0 : 1) + slice.failed;
const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : '';
console.log(`${report.numPassedTests + slice.passed} passed, ${failed} failed${skipped}`);
process.exit(failed === 0 && report.numPassedTests > 0 ? 0 : 1);

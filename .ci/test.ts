// `npm test`: the quick check, the web builds that the browser tests need, every test, and a slice of the simulator's
// seeds in what time these leave; the last line counts them. With filters (`npm test -- path`) those tests alone.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setup as keepDatabases } from '../sync-server/src/db/testing/keep-databases.ts';
import { startSimSlice } from './sim-slice.ts';

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

const MEMORY_FOLDER = '/dev/shm';
/** All that a run lays on disks at once, and room to spare. */
const ROOM_BYTES = 6 * 2 ** 30;

/**
 * Tests copy databases by the hundred, and no test survives its machine: their disks are memory where there is enough.
 * @returns a new folder, and it is where whatever is started from here puts what it does not keep
 */
function makeTemporaryFolder(): string {
  const folder = mkdtempSync(join(hasRoom(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir(), 'skygate-test-'));
  // A PostgreSQL that root starts is another user's.
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
  return folder;
}

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > ROOM_BYTES;
}

/** Not `spawnSync`: this process answers what the tests ask of it meanwhile. */
function run(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [...args], { cwd: root, stdio: 'inherit', env: environment() });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done(code ?? 1));
  });
}

async function runTests(folder: string): Promise<VitestReport> {
  const report = join(folder, 'report.json');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  await run([vitest, 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`, ...filters]);
  return JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
}

/** One step after the other, and the slice beside them from the first on. */
async function runSteps(folder: string) {
  const slice = isWhole ? startSimSlice(root, environment()) : null;
  try {
    const checked = !isWhole || (await run(['.ci/check.ts'])) === 0;
    if ((await run(['.ci/build-web.ts'])) !== 0) throw new Error('without its web builds the program cannot be tested');
    const report = await runTests(folder);
    return { checked, report, seeds: slice === null ? { passed: 0, failed: 0 } : await slice.counts() };
  } finally {
    slice?.stop();
  }
}

async function runAll() {
  const folder = makeTemporaryFolder();
  const letGo = await keepDatabases();
  try {
    return await runSteps(folder);
  } finally {
    await letGo();
    rmSync(folder, { recursive: true, force: true });
  }
}

const isWhole = filters.length === 0;
const { checked, report, seeds } = await runAll();
// A file that fails before its first test counts as one failure, and so does the check: neither may look green.
const failed =
  Math.max(report.numFailedTests, Math.min(report.numFailedTestSuites, 1)) + (checked ? 0 : 1) + seeds.failed;
const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : '';
console.log(`${report.numPassedTests + seeds.passed} passed, ${failed} failed${skipped}`);
process.exit(failed === 0 && report.numPassedTests > 0 ? 0 : 1);

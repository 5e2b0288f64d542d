// `npm run check`: format, lint, types, boundaries, purity, drift of generated files. Every failing step is printed.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

interface Step {
  readonly name: string;
  readonly args: readonly string[];
}

const root = resolve(import.meta.dirname, '..');
const PROJECTS = [
  'shared/tsconfig.json',
  'shared/tsconfig.test.json',
  'gate-app/tsconfig.json',
  'gate-app/src/ui/tsconfig.json',
  'sync-server/tsconfig.json',
  'sync-server/web/tsconfig.json',
  'test/tsconfig.json',
];
const AT_ONCE = 2;
/** The compiler takes four by itself, which work out most types four times over: twice the processor time for two cores. */
const CHECKERS = ['--checkers', '1'];

const bin = (file: string, ...args: string[]): readonly string[] => [join(root, 'node_modules', file), ...args];

const steps: readonly Step[] = [
  {
    name: 'boundaries',
    args: bin(
      'dependency-cruiser/bin/dependency-cruiser.mjs',
      '--config',
      '.ci/dependency-rules.cjs',
      'shared/src',
      'gate-app/src',
      'sync-server/src',
      'sync-server/web',
      'test',
    ),
  },
  { name: 'format and lint', args: bin('@biomejs/biome/bin/biome', 'ci', '--colors=off', '--error-on-warnings', '.') },
  { name: 'purity of shared/', args: ['.ci/shared-is-pure.ts'] },
  { name: 'lockfile', args: ['.ci/lockfile-is-clean.ts'] },
  ...PROJECTS.map((project) => ({
    name: `types of ${project}`,
    args: bin('typescript/bin/tsc', '-p', project, ...CHECKERS),
  })),
  { name: 'row types match the migrations', args: ['.ci/generate-row-types.ts', '--check'] },
];

function runStep(step: Step): Promise<boolean> {
  const started = performance.now();
  return new Promise((done) => {
    let output = '';
    const child = spawn(process.execPath, [...step.args], { cwd: root });
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${step.name} (${seconds} s)`);
      if (code !== 0) console.log(output.trimEnd());
      done(code === 0);
    });
  });
}

async function runAll(): Promise<boolean> {
  const queue = [...steps];
  const results: boolean[] = [];
  const worker = async (): Promise<void> => {
    for (let step = queue.shift(); step; step = queue.shift()) results.push(await runStep(step));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results.every(Boolean);
}

process.exit((await runAll()) ? 0 : 1);

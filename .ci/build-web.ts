// `npm run build`: the kiosk's screens and HQ's pages, by Vite. Skips what is newer than its sources.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

interface WebBuild {
  readonly name: string;
  readonly folder: string;
  readonly sources: readonly string[];
  readonly result: string;
}

const root = resolve(import.meta.dirname, '..');
const BUILDS: readonly WebBuild[] = [
  {
    name: "the kiosk's screens",
    folder: 'gate-app',
    sources: [
      'gate-app/src/ui/**/*',
      'gate-app/src/rpc-contract/**/*',
      'gate-app/vite.config.ts',
      'shared/src/**/*.ts',
      'pnpm-lock.yaml',
    ],
    result: 'gate-app/dist/ui/index.html',
  },
  {
    name: "HQ's pages",
    folder: 'sync-server',
    sources: ['sync-server/web/**/*', 'sync-server/vite.config.ts', 'shared/src/**/*.ts', 'pnpm-lock.yaml'],
    result: 'sync-server/dist/web/index.html',
  },
];

function isFresh({ sources, result }: WebBuild): boolean {
  const built = join(root, result);
  if (!existsSync(built)) return false;
  const builtMs = statSync(built).mtimeMs;
  return globSync([...sources], { cwd: root }).every((file) => statSync(join(root, file)).mtimeMs <= builtMs);
}

/** Builds what is stale. @throws with Vite's output if a build fails */
export function buildWeb(): void {
  for (const build of BUILDS.filter((candidate) => !isFresh(candidate))) {
    console.log(`building ${build.name} ...`);
    buildBeside(build);
  }
}

/** Builds into a folder of its own and puts it in place whole: programs that run meanwhile never see half a build. */
function buildBeside({ name, folder, result }: WebBuild): void {
  const target = dirname(join(root, result));
  const fresh = `${target}.${process.pid}`;
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--logLevel', 'warn', '--outDir', fresh, '--emptyOutDir'];
  const built = spawnSync(process.execPath, args, { cwd: join(root, folder), encoding: 'utf8' });
  if (built.status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new Error(`${name} could not be built:\n${built.stdout}${built.stderr}`);
  }
  const old = `${fresh}.old`;
  if (existsSync(target)) renameSync(target, old);
  renameSync(fresh, target);
  rmSync(old, { recursive: true, force: true });
}

if (import.meta.main) buildWeb();

// Takes a machine that has only Node 20+ and npm to a running program: installs the locked packages when they
// are missing or stale, then runs the given script (or a package's command after --bin) on the Node 24 among them.
// Plain JavaScript that any Node since 20 understands; everything it starts runs on Node 24.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const PNPM = 'pnpm@12.21.0';
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const stampFile = join(root, 'node_modules', '.skygate-installed');

function lockHash() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'])
    hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function fail(message) {
  console.error(`skygate: ${message}`);
  process.exit(1);
}

function installIfStale() {
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lockHash()) return;
  console.log('skygate: installing packages (once; about half a minute) ...');
  const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
  const installed = spawnSync(npx, ['--yes', PNPM, 'install', '--frozen-lockfile', '--config.engine-strict=false'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (installed.status !== 0) {
    fail(`the packages could not be installed:\n${installed.stdout ?? ''}${installed.stderr ?? installed.error ?? ''}`);
  }
  writeFileSync(stampFile, lockHash());
}

function command(args) {
  const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(node)) fail(`Node 24 is missing at ${node}; delete node_modules and run the command again`);
  const flags = ['--disable-warning=ExperimentalWarning'];
  if (args[0] !== '--bin') return [node, [...flags, join(root, args[0]), ...args.slice(1)]];
  const manifest = JSON.parse(readFileSync(join(root, 'node_modules', ...binPackage(args[1]), 'package.json'), 'utf8'));
  const bin = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[args[1]];
  return [node, [...flags, join(root, 'node_modules', ...binPackage(args[1]), bin), ...args.slice(2)]];
}

function binPackage(name) {
  return name === 'biome' ? ['@biomejs', 'biome'] : [name];
}

const major = Number(process.versions.node.split('.')[0]);
if (major < 20) fail(`Node 20 or newer is needed to start (this is ${process.version})`);
const args = process.argv.slice(2);
if (args.length === 0) fail('usage: node .ci/launch.mjs SCRIPT [ARG ...] | --bin NAME [ARG ...]');
installIfStale();
const [file, rest] = command(args);
const child = spawn(file, rest, {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${dirname(file)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}` },
});
// A terminal's Ctrl-C reaches the whole group; a signal sent to this process alone is passed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
// npm runs scripts through a shell, and the shell dies of a signal without passing it on: being left behind by it is the
// signal. (Started without npm, a program may outlive the shell it was started from.)
const parent = process.ppid;
if (process.env.npm_lifecycle_event) {
  setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500).unref();
}
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));

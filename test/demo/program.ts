import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** One of our programs as a process of its own, its output in a file. */
export interface Program {
  readonly process: ChildProcess;
  /** What it has printed so far (the last 64 kB). */
  output(): string;
  readonly exited: Promise<number | null>;
  /** SIGTERM, and the wait for it to end; one that does not heed it is killed after a while. */
  stop(): Promise<void>;
  /** SIGKILL: no goodbye. */
  kill(): Promise<void>;
}

/** Our programs promise to end within ten seconds. */
const STOP_MS_MAX = 15_000;

export interface ProgramOptions {
  readonly script: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly logFile: string;
}

export function startProgram({ script, args = [], env = {}, logFile }: ProgramOptions): Program {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile, { flags: 'a' });
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', resolve(root, script), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-65_536);
      log.write(chunk);
    });
  }
  const exited = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  const stop = async (): Promise<void> => {
    const patience = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    await end('SIGTERM');
    clearTimeout(patience);
  };
  return { process: child, output: () => output, exited, stop, kill: () => end('SIGKILL') };
}

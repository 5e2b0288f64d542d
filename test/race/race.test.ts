import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const command = join(import.meta.dirname, 'race-command.ts');

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (...args: string[]): Promise<Ended> =>
  new Promise((done) => {
    const child = execFile(process.execPath, [command, ...args], (_error, stdout, stderr) =>
      done({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });

/** A machine that does much else is slow: nothing here measures time. */
const PATIENCE_MS = 15 * 60_000;

describe('races on PostgreSQL', () => {
  it('hold what they must, whoever is first (S1, S3, S4, C1, E6, E8)', { timeout: PATIENCE_MS }, async () => {
    const ended = await run('--rounds', '1');
    expect(ended).toMatchObject({ status: 0 });
    expect(JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      rounds: 1,
      failed: 0,
      broken: {},
    });
  });

  it('refuse a race or a number that they do not know', { timeout: PATIENCE_MS }, async () => {
    expect(await run('--race', 'snails')).toMatchObject({ status: 1, stderr: expect.stringContaining('snails') });
    expect(await run('--rounds', '0')).toMatchObject({ status: 1 });
  });
});

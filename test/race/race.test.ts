import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const command = join(import.meta.dirname, 'race-command.ts');
const run = (...args: string[]) => spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' });

describe('races on PostgreSQL', () => {
  it('hold what they must, whoever is first (S1, S3, S4, C1, E6, E8)', { timeout: 240_000 }, () => {
    const { status, stdout, stderr } = run('--rounds', '1');
    expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ rounds: 1, failed: 0, broken: {} });
  });

  it('refuse a race or a number that they do not know', () => {
    expect(run('--race', 'snails')).toMatchObject({ status: 1, stderr: expect.stringContaining('snails') });
    expect(run('--rounds', '0')).toMatchObject({ status: 1 });
  });
});

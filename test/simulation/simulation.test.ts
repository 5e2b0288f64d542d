import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCounts, noFaults } from './faults.ts';
import { acknowledgingBeforeCommit, losingRuns } from './planted-bugs.ts';
import { runSeed } from './run-seed.ts';
import { createWorld, type World } from './world.ts';

const SEEDS = 12;
const command = join(import.meta.dirname, 'sim-command.ts');

describe('simulation', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.close());

  it(`holds its invariants over ${SEEDS} seeds, in which every kind of fault strikes`, {
    timeout: 240_000,
  }, async () => {
    const struck = noFaults();
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const { broken, faults } = await runSeed(world, seed);
      expect(broken, `seed ${seed}: npm run sim -- --seeds 1 --from ${seed} --trace`).toEqual([]);
      addCounts(struck, faults);
    }
    const never = Object.entries(struck).filter(([, times]) => times === 0);
    expect(never).toEqual([]);
  });

  it('repeats a seed exactly', { timeout: 60_000 }, async () => {
    const first = await runSeed(world, 7);
    await runSeed(world, 8);
    const again = await runSeed(world, 7);
    expect(again.traceHash).toBe(first.traceHash);
    expect((await runSeed(world, 9)).traceHash).not.toBe(first.traceHash);
  });

  /** Each breaks something by its nature, whatever else the seed brings, once it has hit somebody. */
  const PLANTED = [
    { bug: 'acknowledges what it does not store', plant: acknowledgingBeforeCommit },
    { bug: 'moves cursors past what it did not send', plant: losingRuns },
  ];

  it.each(PLANTED)('catches, in every seed, a server that $bug', { timeout: 120_000 }, async ({ plant }) => {
    for (const seed of [1, 2, 4]) {
      const { sabotage, victim } = plant();
      const { broken } = await runSeed(world, seed, { sabotage });
      expect(victim(), `seed ${seed} has somebody to hit`).not.toBeNull();
      const found = broken.filter(({ invariant }) => invariant === 'every node folds to the same state');
      expect(found.map((one) => one.found).join()).toContain(`holds ${victim()}/1 to`);
    }
  });

  it('K2: a sale that was swallowed after its acknowledgement is missed by name', { timeout: 60_000 }, async () => {
    const { sabotage } = acknowledgingBeforeCommit();
    const { broken } = await runSeed(world, 1, { sabotage });
    const missed = broken.filter(({ invariant }) => invariant === 'confirmed sales are at the server exactly once');
    expect(missed.map(({ found }) => found)).toContainEqual(expect.stringMatching(/^sale \w{16} 0 times$/));
  });
});

describe('the sim command', () => {
  const run = (...args: string[]) => spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' });

  it('refuses a flag or a value that it does not know', () => {
    const unknown = run('--sedes', '3');
    expect(unknown.status).toBe(1);
    expect(unknown.stderr).toContain('--sedes');
    expect(unknown.stderr).toContain('usage');
    expect(run('--seeds', 'many')).toMatchObject({ status: 1 });
  });

  it('ends with one line of JSON', { timeout: 60_000 }, () => {
    const { status, stdout } = run('--seeds', '1', '--from', '5', '--json');
    expect(status).toBe(0);
    const told = { yieldPoints: { min: expect.any(Number) }, cpuSecondsPerSeed: expect.any(Number) };
    expect(JSON.parse(stdout.trim())).toMatchObject({ seeds: 1, failed: 0, ...told });
  });
});

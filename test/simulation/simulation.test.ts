import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { PushRequest } from '@skygate/shared/protocol/push';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Serve } from './network.ts';
import { runSeed } from './run-seed.ts';
import { createWorld, type World } from './world.ts';

const SEEDS = 20;
const command = join(import.meta.dirname, 'sim-command.ts');

/** A planted bug: every third push is answered before it is stored, and then never stored. */
function acknowledgingBeforeCommit(): (serve: Serve) => Serve {
  let pushes = 0;
  return (serve) => async (request) => {
    if (request.path !== '/sync/push') return serve(request);
    pushes += 1;
    if (pushes % 3 !== 0) return serve(request);
    const push = JSON.parse(request.body ?? '') as PushRequest;
    const answer = { acknowledged: push.seal.to, durable: true, logId: await logIdFrom(serve, request), credits: 500 };
    return { status: 200, headers: {}, body: JSON.stringify(answer) };
  };
}

async function logIdFrom(serve: Serve, push: Parameters<Serve>[0]): Promise<string> {
  const state = await serve({ ...push, method: 'GET', path: '/sync/state', body: null });
  return state?.status === 200 ? JSON.parse(state.body).logId : 'none';
}

/** A planted bug: a pull loses its first run and moves the cursor all the same. */
const losingRuns = (serve: Serve): Serve => {
  let pulls = 0;
  return async (request) => {
    const response = await serve(request);
    if (!request.path.startsWith('/sync/pull') || response?.status !== 200) return response;
    const page = JSON.parse(response.body);
    if (page.runs.length === 0) return response;
    pulls += 1;
    return pulls % 4 === 0 ? { ...response, body: JSON.stringify({ ...page, runs: page.runs.slice(1) }) } : response;
  };
};

describe('simulation', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.close());

  it(`holds its invariants over ${SEEDS} seeds of faults`, { timeout: 240_000 }, async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const { broken } = await runSeed(world, seed);
      expect(broken, `seed ${seed}: npm run sim -- --seeds 1 --from ${seed} --trace`).toEqual([]);
    }
  });

  it('repeats a seed exactly', { timeout: 60_000 }, async () => {
    const first = await runSeed(world, 7);
    await runSeed(world, 8);
    const again = await runSeed(world, 7);
    expect(again.traceHash).toBe(first.traceHash);
    expect((await runSeed(world, 9)).traceHash).not.toBe(first.traceHash);
  });

  it('catches a server that acknowledges what it does not store', { timeout: 120_000 }, async () => {
    const invariants = new Set<string>();
    for (const seed of [1, 2, 4]) {
      const { broken } = await runSeed(world, seed, { sabotage: acknowledgingBeforeCommit() });
      for (const { invariant } of broken) invariants.add(invariant);
    }
    expect([...invariants]).toContain('confirmed admissions are at the server exactly once');
  });

  it('catches a download that moves its cursor past what it did not get', { timeout: 120_000 }, async () => {
    const { broken } = await runSeed(world, 1, { sabotage: losingRuns });
    expect(broken.map(({ invariant }) => invariant)).toContain('every node folds to the same state');
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
    expect(JSON.parse(stdout.trim())).toMatchObject({ seeds: 1, failed: 0, yieldPoints: { min: expect.any(Number) } });
  });
});

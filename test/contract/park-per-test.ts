import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Serve } from '../simulation/network.ts';
import { createWorld, type World } from '../simulation/world.ts';
import { openRunningPark, type RunningPark } from './running-park.ts';

/**
 * The parks of a suite, which share one world because it is dear: each test opens its own, and it is closed behind it.
 * @returns opens the park of a test; a facade stands between the network and the server
 */
export function parkPerTest(): (facade?: (serve: Serve) => Serve) => Promise<RunningPark> {
  let world: World;
  let park: RunningPark | null = null;
  beforeAll(async () => {
    world = await createWorld();
  }, 120_000);
  afterAll(() => world?.close());
  afterEach(async () => {
    await park?.close();
    park = null;
  });
  return async (facade) => {
    park = await openRunningPark(world, facade);
    return park;
  };
}

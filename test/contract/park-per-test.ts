import { afterAll, afterEach, beforeAll } from 'vitest';
import { createWorld, type World } from '../simulation/world.ts';
import { openRunningPark, type RunningPark, type RunningParkOptions } from './running-park.ts';

/**
 * The parks of a suite, which share one world because it is dear: each test opens its own, and it is closed behind it.
 * @returns opens the park of a test
 */
export function parkPerTest(): (options?: RunningParkOptions) => Promise<RunningPark> {
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
  return async (options) => {
    park = await openRunningPark(world, options);
    return park;
  };
}

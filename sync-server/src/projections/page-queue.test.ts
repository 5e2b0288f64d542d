import { expect, it } from 'vitest';
import { SILENT_LOG } from '../ports.ts';
import { createPageQueue, type PageQueueDeps } from './page-queue.ts';

/** A queue whose second passes when the test says so. */
function given(step: PageQueueDeps['step'], look: PageQueueDeps['look'] = async () => []) {
  const stopping = new AbortController();
  const sleepers: (() => void)[] = [];
  const queue = createPageQueue({
    timers: {
      sleep: (_ms, signal) =>
        new Promise((wake) => {
          sleepers.push(wake);
          signal.addEventListener('abort', () => wake(), { once: true });
        }),
    },
    log: SILENT_LOG,
    stopping: stopping.signal,
    atOnce: 1,
    looksByItself: true,
    look,
    step,
  });
  const aSecondPasses = (): void => {
    for (const wake of sleepers.splice(0)) wake();
  };
  return { queue, stopping, aSecondPasses };
}

const LONG = 50;

it('S7: all parks are looked at once a second also while there is always something to fold', async () => {
  let behind: readonly string[] = [];
  const steps: string[] = [];
  const { queue, stopping, aSecondPasses } = given(
    async (park) => {
      steps.push(park);
      if (steps.length === LONG) {
        // Another instance took this in, and died before it said so.
        behind = ['unheard'];
        aSecondPasses();
      }
      if (park === 'unheard' || steps.length > 10 * LONG) stopping.abort();
      return park === 'busy';
    },
    async () => behind,
  );
  queue.add('busy');
  await queue.run();
  expect(steps).toContain('unheard');
});

it('S5: each park has its turn, however much there is of another', async () => {
  const steps: string[] = [];
  const { queue, stopping } = given(async (park) => {
    steps.push(park);
    if (park === 'b' || steps.length > LONG) stopping.abort();
    return park === 'a';
  });
  queue.add('a');
  queue.add('b');
  await queue.run();
  expect(steps.slice(0, 2)).toEqual(['a', 'b']);
});

it('S5: a park in trouble holds up no other, and is tried again when all are looked at', async () => {
  const steps: string[] = [];
  const { queue, stopping, aSecondPasses } = given(
    async (park) => {
      steps.push(park);
      if (steps.filter((one) => one === 'a').length === 2) stopping.abort();
      if (park === 'b') setImmediate(aSecondPasses);
      if (park === 'a') throw new Error('the database refuses this park');
      return false;
    },
    async () => ['a', 'b'],
  );
  await queue.run();
  expect(steps.slice(0, 3)).toEqual(['a', 'b', 'a']);
});

import { describe, expect, it } from 'vitest';
import { createActivity } from './activity.ts';

describe('activity', () => {
  it('comes to rest when what runs waits at a port or is done', async () => {
    const activity = createActivity();
    const order: string[] = [];
    void activity.track(async () => {
      await new Promise((turn) => setImmediate(turn));
      order.push('worked');
      await activity.park(new Promise(() => {}));
    });
    await activity.settle();
    expect(order).toEqual(['worked']);
  });

  it('gives up what never comes to rest once nobody waits for it, and waits for it before', {
    timeout: 120_000,
  }, async () => {
    const calling = new AbortController();
    const activity = createActivity(calling.signal);
    let isOver = false;
    void activity.track(() => new Promise(() => {}));
    const settled = activity.settle().finally(() => {
      isOver = true;
    });
    const outcome = expect(settled).rejects.toThrow('nobody waits');
    for (let turns = 0; turns < 1_000; turns += 1) await new Promise((turn) => setImmediate(turn));
    expect(isOver).toBe(false);
    calling.abort(new Error('nobody waits'));
    await outcome;
  });
});

import { PUSH_EVENTS_MAX } from '@skygate/shared/protocol/limits';
import { expect, it } from 'vitest';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';
import { createPushGate, type PushLimits } from './push-gate.ts';

const limits: PushLimits = { atOnce: 2, atOncePerPark: 1, perKiosk: 3, waiting: 4 };
const kiosk = (node: string, park = 'a') => ({ park, node, epoch: 1 }) as unknown as AuthenticatedNode;
const here = new AbortController().signal;
const gateWith = (clock = { nowMs: () => 0, monotonicMs: () => 0 }) => createPushGate({ clock }, limits);
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('S5: a park has its share of the pushes under way, and another park its own', async () => {
  const gate = gateWith();
  const first = await gate.enter(kiosk('1'), here);
  let second: (() => void) | null = null;
  void gate.enter(kiosk('2'), here).then((leave) => {
    second = leave;
  });
  const elsewhere = await gate.enter(kiosk('3', 'b'), here);
  await settled();
  expect([first !== null, second, elsewhere !== null]).toEqual([true, null, true]);
  first?.();
  first?.();
  await settled();
  expect(second).not.toBeNull();
});

it('S5: kiosks that wait have their turn one after the other, however much one of them sends', async () => {
  const gate = gateWith();
  const order: string[] = [];
  const running = await gate.enter(kiosk('busy'), here);
  for (const name of ['busy', 'busy', 'quiet']) {
    void gate.enter(kiosk(name), here).then((leave) => {
      order.push(name);
      leave?.();
    });
  }
  running?.();
  await expect.poll(() => order).toEqual(['busy', 'quiet', 'busy']);
});

it('S5: beyond its limits a push is told to come later, at once', async () => {
  const gate = gateWith();
  const waits = ['1', '1', '1', '2', '3'].map((name) => gate.enter(kiosk(name), here));
  expect(await gate.enter(kiosk('1'), here)).toBeNull();
  expect(await gate.enter(kiosk('4'), here)).toBeNull();
  (await waits[0])?.();
  const last = gate.enter(kiosk('4'), here);
  for (const wait of [...waits.slice(1), last]) {
    void wait.then((leave) => leave?.());
  }
  expect(await last).not.toBeNull();
});

it('S5: a kiosk that is gone leaves its place in the queue', async () => {
  const gate = gateWith();
  const leave = await gate.enter(kiosk('1'), here);
  const gone = new AbortController();
  const wait = gate.enter(kiosk('2'), gone.signal);
  gone.abort();
  expect(await wait).toBeNull();
  leave?.();
  expect(await gate.enter(kiosk('3'), here)).not.toBeNull();
});

it('S5: credits follow the backlog, the crowd and the database, and are never 0', async () => {
  let nowMs = 0;
  const gate = gateWith({ nowMs: () => 0, monotonicMs: () => nowMs });
  expect(gate.credits(0)).toBe(PUSH_EVENTS_MAX);
  expect(gate.credits(20_000)).toBeLessThan(PUSH_EVENTS_MAX);
  expect(gate.credits(Number.MAX_SAFE_INTEGER)).toBeGreaterThan(0);
  await gate.enter(kiosk('1'), here);
  void gate.enter(kiosk('2'), here);
  expect(gate.credits(0)).toBeLessThan(PUSH_EVENTS_MAX);
  gate.noteTrouble();
  expect(gate.credits(0)).toBeLessThanOrEqual(50);
  nowMs = 60_000;
  expect(gate.credits(0)).toBeGreaterThan(50);
});

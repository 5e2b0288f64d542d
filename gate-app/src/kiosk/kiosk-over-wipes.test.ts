import { expect, it } from 'vitest';
import type { KioskApi } from '../rpc-contract/kiosk-api.ts';
import type { KioskStatus } from '../rpc-contract/status-view.ts';
import { type FolderKiosk, kioskOverWipes } from './kiosk-over-wipes.ts';

/** A kiosk of one folder that counts who listens to it; `mark` has it wiped. */
function folderKiosk(name: string) {
  const listeners = new Set<(status: KioskStatus) => void>();
  let mark: () => void = () => {};
  let end: () => void = () => {};
  const marked = new Promise<void>((done) => {
    mark = done;
  });
  const ended = new Promise<void>((done) => {
    end = done;
  });
  const status = { businessDate: name } as KioskStatus;
  const kiosk: FolderKiosk = {
    api: { getStatus: async () => status } as unknown as KioskApi,
    onStatus: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    marked,
    run: () => ended,
    stop: async () => end(),
  };
  return {
    kiosk,
    mark: () => mark(),
    listening: () => listeners.size,
    tell: () => {
      for (const listener of listeners) listener(status);
    },
  };
}

it('X4: is listened to only while somebody listens, also after it was wiped and opened anew', async () => {
  const [first, second] = [folderKiosk('first'), folderKiosk('second')];
  const folders = [first, second];
  const kiosk = kioskOverWipes(() => (folders.shift() as typeof first).kiosk);
  const running = kiosk.run();
  expect(first.listening()).toBe(0);
  const heard: (string | null)[] = [];
  const endOne = kiosk.onStatus(({ businessDate }) => heard.push(businessDate));
  const endOther = kiosk.onStatus(() => {});
  expect(first.listening()).toBe(1);
  endOther();
  first.tell();
  expect(heard).toEqual(['first']);

  first.mark();
  await expect.poll(() => second.listening()).toBe(1);
  second.tell();
  expect(heard).toEqual(['first', 'second']);
  endOne();
  expect(second.listening()).toBe(0);
  await kiosk.stop();
  await running;
});

it('X4: a status that nobody wanted before a wipe is not made after it either; who comes later is told', async () => {
  const [first, second] = [folderKiosk('first'), folderKiosk('second')];
  const folders = [first, second];
  const kiosk = kioskOverWipes(() => (folders.shift() as typeof first).kiosk);
  void kiosk.run();
  first.mark();
  await expect.poll(() => folders.length).toBe(0);
  expect((await kiosk.api.getStatus()).businessDate).toBe('second');
  expect(second.listening()).toBe(0);
  const heard: (string | null)[] = [];
  kiosk.onStatus(({ businessDate }) => heard.push(businessDate));
  second.tell();
  expect(heard).toEqual(['second']);
  await kiosk.stop();
});

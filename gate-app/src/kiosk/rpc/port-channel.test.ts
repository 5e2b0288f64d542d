import { MessageChannel } from 'node:worker_threads';
import { createBirpc } from 'birpc';
import { expect, it, vi } from 'vitest';
import type { KioskApi, ScreenApi } from '../../rpc-contract/kiosk-api.ts';
import { portChannel } from './port-channel.ts';
import { serveRpc } from './serve-rpc.ts';

it('serves the same api over a MessagePort, arguments checked', async () => {
  const { port1, port2 } = new MessageChannel();
  const scan = vi.fn(async () => ({ ok: false, problem: { code: 'not_enrolled', data: {} } }));
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const api = { scan } as unknown as KioskApi;
  const serving = serveRpc({ api, log, onStatus: () => () => undefined }, portChannel(port1));
  const rpc = createBirpc<KioskApi, ScreenApi>(
    { statusChanged: () => undefined },
    { post: (message) => port2.postMessage(message), on: (listener) => void port2.on('message', listener) },
  );

  expect(await rpc.scan({ text: 'x', source: 'typed' })).toMatchObject({ problem: { code: 'not_enrolled' } });
  expect(await rpc.$callRaw({ method: 'scan', args: [1] })).toMatchObject({ problem: { code: 'bad_input' } });
  expect(scan).toHaveBeenCalledOnce();
  serving.close();
  port1.close();
});

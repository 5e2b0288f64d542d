import { createBirpc } from 'birpc';
import type { KioskApi, ScreenApi } from '../rpc-contract/kiosk-api.ts';
import { KIOSK_PORT, RPC_PATH, SCREENS_READY } from '../rpc-contract/rpc-wire.ts';
import type { KioskStatus } from '../rpc-contract/status-view.ts';

/**
 * The screens' end of the wire to their kiosk. Two ways in:
 * - headless: a WebSocket at the page's own origin; the http-only cookie the page was loaded with is its secret (X1);
 *   each frame is one JSON text.
 * - Electron: the preload posts `skygate:kiosk-port` with one MessagePort to this window, once it has seen
 *   `skygate:screens-ready`; each message is one structured-cloned birpc message.
 */
export interface KioskConnection {
  readonly api: KioskApi;
  /** Called with every status the kiosk pushes. @returns how to stop listening */
  onStatus(listener: (status: KioskStatus) => void): () => void;
  /** Called when the wire comes up or goes down. @returns how to stop listening */
  onLinked(listener: (linked: boolean) => void): () => void;
  run(): void;
  stop(): void;
}

/** The kiosk process did not answer: restarting, or gone. What was asked may or may not have happened. */
export class KioskUnreachable extends Error {
  override readonly name = 'KioskUnreachable';
}

const LINK_WAIT_MS = 4_000;
const ANSWER_WAIT_MS = 20_000;
const RETRY_MS = 500;

type Rpc = ReturnType<typeof createBirpc<KioskApi, ScreenApi>>;

interface Wire {
  readonly post: (message: unknown) => void;
  readonly on: (listener: (message: unknown) => void) => void;
  readonly serialize?: (message: unknown) => unknown;
  readonly deserialize?: (message: unknown) => unknown;
}

/** Opens wires one after another for as long as it runs; calls wait a moment for a wire, then fail. */
export function kioskConnection(host: Window): KioskConnection {
  const statusListeners = new Set<(status: KioskStatus) => void>();
  const linkedListeners = new Set<(linked: boolean) => void>();
  const waiting = new Set<(rpc: Rpc) => void>();
  let rpc: Rpc | null = null;
  let close: (() => void) | null = null;

  const screens: ScreenApi = {
    statusChanged: (status) => {
      for (const listener of statusListeners) listener(status);
    },
  };
  const linkUp = (wire: Wire): void => {
    const linked = createBirpc<KioskApi, ScreenApi>(screens, { ...wire, timeout: ANSWER_WAIT_MS });
    rpc = linked;
    for (const resolve of waiting) resolve(linked);
    waiting.clear();
    for (const listener of linkedListeners) listener(true);
  };
  const linkDown = (): void => {
    if (rpc === null) return;
    const lost = rpc;
    rpc = null;
    lost.$close(new KioskUnreachable('the kiosk closed the connection'));
    for (const listener of linkedListeners) listener(false);
  };
  const linked = (): Promise<Rpc> =>
    rpc !== null ? Promise.resolve(rpc) : nextWire(waiting, (handle, waitMs) => host.setTimeout(handle, waitMs));
  const call = async (method: keyof KioskApi, input: unknown): Promise<unknown> =>
    (await linked()).$call(method, ...((input === undefined ? [] : [input]) as never));

  return {
    api: apiThatCalls(call),
    onStatus: (listener) => subscribe(statusListeners, listener),
    onLinked: (listener) => subscribe(linkedListeners, listener),
    run: () => {
      const isHeadless = host.location.protocol.startsWith('http');
      const link = { linkUp, linkDown };
      close = isHeadless ? keepSocket(host, link) : awaitPort(host, link);
    },
    stop: () => {
      close?.();
      linkDown();
    },
  };
}

function nextWire(waiting: Set<(rpc: Rpc) => void>, after: (handle: () => void, waitMs: number) => void): Promise<Rpc> {
  return new Promise((resolve, reject) => {
    waiting.add(resolve);
    after(() => {
      if (waiting.delete(resolve)) reject(new KioskUnreachable('no connection to the kiosk'));
    }, LINK_WAIT_MS);
  });
}

/** Every property is a call of that name, save `then`, which would make the api itself look like a promise. */
function apiThatCalls(call: (method: keyof KioskApi, input: unknown) => Promise<unknown>): KioskApi {
  return new Proxy({} as KioskApi, {
    get: (_target, name) =>
      typeof name === 'symbol' || name === 'then' ? undefined : (input: unknown) => call(name as keyof KioskApi, input),
  });
}

function subscribe<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

interface Link {
  readonly linkUp: (wire: Wire) => void;
  readonly linkDown: () => void;
}

function keepSocket(host: Window, link: Link): () => void {
  let stopped = false;
  let socket: WebSocket | null = null;
  const open = (): void => {
    const scheme = host.location.protocol === 'https:' ? 'wss' : 'ws';
    const opened = new WebSocket(`${scheme}://${host.location.host}${RPC_PATH}`);
    socket = opened;
    opened.onopen = () =>
      link.linkUp({
        post: (message) => opened.send(message as string),
        on: (listener) => {
          opened.onmessage = (event) => listener(event.data);
        },
        serialize: JSON.stringify,
        deserialize: (message) => JSON.parse(String(message)),
      });
    opened.onclose = () => {
      link.linkDown();
      if (!stopped) host.setTimeout(open, RETRY_MS);
    };
  };
  open();
  return () => {
    stopped = true;
    socket?.close();
  };
}

function awaitPort(host: Window, link: Link): () => void {
  const take = (event: MessageEvent): void => {
    const port = event.ports[0];
    if (event.source !== host || event.data !== KIOSK_PORT || port === undefined) return;
    // A second port: the kiosk process was restarted, and nothing will come through the first one.
    link.linkDown();
    link.linkUp({
      post: (message) => port.postMessage(message),
      on: (listener) => {
        port.onmessage = (message) => listener(message.data);
      },
    });
  };
  host.addEventListener('message', take);
  host.postMessage(SCREENS_READY, host.location.origin);
  return () => host.removeEventListener('message', take);
}

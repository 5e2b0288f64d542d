import { ipcRenderer } from 'electron';
import { KIOSK_PORT, SCREENS_READY } from '../rpc-contract/rpc-wire.ts';

// The page gets one thing from Electron: the port to its kiosk. No api of ours or of Electron's is exposed to it.

/** The page's window, as far as it is used: this program is compiled without the DOM's types. */
interface PageWindow {
  addEventListener(
    type: 'message',
    listener: (event: { readonly source: unknown; readonly data: unknown }) => void,
  ): void;
  postMessage(message: unknown, origin: string, ports: readonly unknown[]): void;
  readonly location: { readonly origin: string };
}

const page = globalThis as unknown as PageWindow;

page.addEventListener('message', ({ source, data }) => {
  if (source === page && data === SCREENS_READY) ipcRenderer.send(SCREENS_READY);
});
ipcRenderer.on(KIOSK_PORT, ({ ports }) => page.postMessage(KIOSK_PORT, page.location.origin, ports));

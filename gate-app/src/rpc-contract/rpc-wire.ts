// How a screen and its kiosk find each other. The messages themselves are birpc's, over KioskApi and ScreenApi.

/**
 * Headless: JSON text over a WebSocket at this path of the page's own origin. The page needs no secret of its own:
 * the http-only cookie it was loaded with travels along (X1).
 */
export const RPC_PATH = '/rpc';

/**
 * Electron: plain objects over a MessagePort. The preload script posts `{ type: RPC_PORT_MESSAGE }` with the port as
 * its only transferred object to the page's window, once, as soon as the page has sent `{ type: RPC_PORT_WANTED }` to
 * its own window. A page that runs in Electron sees `window.skygateDesktop === true`.
 */
export const RPC_PORT_MESSAGE = 'skygate:rpc-port';
export const RPC_PORT_WANTED = 'skygate:rpc-port-wanted';

/** Largest message a screen may send, in bytes; a longer one ends the connection (X2). */
export const RPC_MESSAGE_BYTES_MAX = 64 * 1024;

// How a screen and its kiosk find each other. The messages themselves are birpc's, over KioskApi and ScreenApi.

/**
 * Headless: JSON text over a WebSocket at this path of the page's own origin. The page holds no secret: the http-only
 * cookie it was loaded with travels along (X1).
 */
export const RPC_PATH = '/rpc';

/**
 * Electron: plain objects over a MessagePort. The page says SCREENS_READY to its own window once it listens; the preload
 * script answers with KIOSK_PORT and the port. It does so again when the kiosk process had to be restarted.
 */
export const SCREENS_READY = 'skygate:screens-ready';
export const KIOSK_PORT = 'skygate:kiosk-port';

/** Largest message a screen may send, in bytes; a longer one ends the connection (X2). */
export const RPC_MESSAGE_BYTES_MAX = 64 * 1024;

/** A push or a pull page holds at most this many events (S2). */
export const PUSH_EVENTS_MAX = 500;
/** ... and this many bytes of JSON before compression (S2). What is written at once is smaller: see `GROUP_BYTES_MAX`. */
export const PUSH_BYTES_MAX = 256 * 1024;
/** How long the server may hold a pull that has nothing to say (S4). */
export const PULL_WAIT_MS_MAX = 25_000;

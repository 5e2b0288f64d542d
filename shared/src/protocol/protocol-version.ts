/**
 * The newest version of the messages in this folder that this program speaks, sent as `Skygate-Protocol`. A server takes
 * every version in PROTOCOL_VERSIONS; a kiosk that is told 426 goes down to the one before and leaves out what that does
 * not know (`since` below).
 */
export const PROTOCOL_VERSION = 2;
export const PROTOCOL_VERSIONS: readonly number[] = [1, 2];
export const PROTOCOL_HEADER = 'skygate-protocol';

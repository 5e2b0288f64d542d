/** The version of every message in this folder. Sent as `Skygate-Protocol`; a newer kiosk is told 426 by an older server. */
export const PROTOCOL_VERSION = 1;
export const PROTOCOL_HEADER = 'skygate-protocol';

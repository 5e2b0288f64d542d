import type { Brand } from './brand.ts';
import { err, ok, type Result } from './result.ts';

export type ParkId = Brand<string, 'ParkId'>;
/** An enrolled writer of the log: a kiosk (`k-...`) or HQ in one park (`hq:<park>`). */
export type NodeId = Brand<string, 'NodeId'>;
export type TicketId = Brand<string, 'TicketId'>;
export type SaleId = Brand<string, 'SaleId'>;
export type ShiftId = Brand<string, 'ShiftId'>;
export type LeaseId = Brand<string, 'LeaseId'>;
export type StaffId = Brand<string, 'StaffId'>;

/** Crockford's base 32: no I, L, O, U, so a number read out over the radio has one spelling. */
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 80 random bits: with a hundred million tickets the chance of one collision is under one in a hundred million. */
export const ID_BYTES = 10;
export const ID_PATTERN = '^[0-9A-HJKMNP-TV-Z]{16}$';
export const PARK_PATTERN = '^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$';
/** A kiosk's node alone, never HQ's. */
export const KIOSK_NODE_PATTERN = '^k-[0-9A-HJKMNP-TV-Z]{16}$';
export const NODE_PATTERN = '^(?:k-[0-9A-HJKMNP-TV-Z]{16}|hq:[a-z0-9][a-z0-9-]{0,31})$';

/** Ten random bytes as an id of 16 characters. */
export function idFromBytes(bytes: Uint8Array): string {
  let id = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes.subarray(0, ID_BYTES)) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      id += CROCKFORD[(buffer >> bits) & 31];
      buffer &= (1 << bits) - 1;
    }
  }
  return id;
}

/** The ten bytes of an id; null if the text is no id. */
export function idToBytes(id: string): Uint8Array | null {
  if (!new RegExp(ID_PATTERN).test(id)) return null;
  const bytes = new Uint8Array(ID_BYTES);
  let written = 0;
  let buffer = 0;
  let bits = 0;
  for (const letter of id) {
    buffer = (buffer << 5) | CROCKFORD.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[written] = (buffer >> bits) & 255;
      written += 1;
      buffer &= (1 << bits) - 1;
    }
  }
  return bytes;
}

/** @returns the branded id, or what is wrong with it */
const parserOf =
  <Id extends string>(name: string, pattern: string) =>
  (text: string): Result<Id, string> =>
    new RegExp(pattern).test(text) ? ok(text as Id) : err(`${JSON.stringify(text.slice(0, 40))} is no ${name}`);

export const parseParkId = parserOf<ParkId>('park id', PARK_PATTERN);
export const parseNodeId = parserOf<NodeId>('node id', NODE_PATTERN);
export const parseTicketId = parserOf<TicketId>('ticket number', ID_PATTERN);

/** HQ's node in a park (E7). */
export const hqNodeOf = (park: ParkId): NodeId => `hq:${park}` as NodeId;
export const isHqNode = (node: string): boolean => node.startsWith('hq:');
/** The node id of a new kiosk, from its ten random bytes. */
export const kioskNodeOf = (bytes: Uint8Array): NodeId => `k-${idFromBytes(bytes)}` as NodeId;

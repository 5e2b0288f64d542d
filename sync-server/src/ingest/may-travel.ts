import type { JsonObject } from '@skygate/shared/lib/json';
import { PUSH_BYTES_MAX } from '@skygate/shared/protocol/limits';
import { isUnreadable } from '@skygate/shared/sync/unreadable';
import { wireBytes } from './append-batch.ts';
import type { ChainedRun } from './chain-run.ts';

const RUN_BYTES_MAX = PUSH_BYTES_MAX + 1_536;

/**
 * Whether others can push the run once it is here (E8): its canonical form, which is what is stored, may be longer than what
 * was sent (`1e20`). What honest programs write is no longer than they sent it.
 */
export const mayTravel = ({ events, bodies }: ChainedRun): boolean => {
  const inWords = events.reduce((sum, { type, version, body }) => sum + savedByWords(type, version, body), 0);
  return wireBytes({ events, bodies }) - inWords <= RUN_BYTES_MAX;
};

/** An `Unreadable` travels as its own words, of which its bytes are a third longer. */
const savedByWords = (type: string, version: number, body: JsonObject): number =>
  isUnreadable(type, version) ? Math.floor(String(body['bytes']).length / 4) : 0;

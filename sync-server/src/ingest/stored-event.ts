import type { Event, Trust } from '@skygate/shared/events/envelope';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import { CHAIN_START } from '@skygate/shared/sync/chain';
import type { Selectable } from 'kysely';
import type { EventsRow } from '../db/row-types.generated.ts';

export const EVENT_COLUMNS = [
  'park',
  'node',
  'epoch',
  'seq',
  'position',
  'hlc',
  'wall_ms',
  'trust',
  'type',
  'version',
  'subject',
  'cause',
  'actor',
  'body',
  'body_hash',
  'hash',
  'exact_words',
] as const satisfies readonly (keyof EventsRow)[];

export type StoredEvent = Pick<Selectable<EventsRow>, (typeof EVENT_COLUMNS)[number]>;

/** The words of an event's envelope as its author wrote them. */
export interface ExactWords {
  readonly type: string;
  readonly subject: string;
  readonly cause: string | null;
  readonly actor: string;
}

export function exactWords(row: Pick<StoredEvent, 'type' | 'subject' | 'cause' | 'actor' | 'exact_words'>): ExactWords {
  if (row.exact_words === null) return row;
  const [type, subject, cause, actor] = JSON.parse(row.exact_words) as [string, string, string | null, string];
  return { type, subject, cause, actor };
}

/** A stored row as the event it was. Its `prev` is the hash of the row before, which the caller knows or leaves out. */
export function storedToEvent(row: StoredEvent, prev: string = CHAIN_START): Event {
  return {
    park: row.park as ParkId,
    node: row.node as NodeId,
    epoch: row.epoch,
    seq: row.seq,
    hlc: row.hlc,
    wallMs: row.wall_ms,
    trust: row.trust as Trust,
    version: row.version,
    ...exactWordsOnly(row),
    body: JSON.parse(row.body),
    bodyHash: row.body_hash,
    prev,
    hash: row.hash,
  };
}

function exactWordsOnly(row: StoredEvent): ExactWords {
  const { type, subject, cause, actor } = exactWords(row);
  return { type, subject, cause, actor };
}

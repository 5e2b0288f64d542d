import type { Event, Seal } from '@skygate/shared/events/envelope';
import type { Cell } from '@skygate/shared/read-models/row-change';

/** A row beside the log that must survive what PGlite can lose. Upserted by its table's primary key. */
export interface KeptRow {
  readonly table: KeptTable;
  readonly row: Readonly<Record<string, Cell>>;
}
export type KeptTable = 'parks' | 'nodes' | 'server_keys' | 'people' | 'hq_users';

export interface HqJournal {
  /** One durable transaction: HQ's events with their seal, and rows beside them. */
  record(entry: {
    readonly events: readonly Event[];
    readonly seal: Seal | null;
    readonly rows: readonly KeptRow[];
  }): void;
}

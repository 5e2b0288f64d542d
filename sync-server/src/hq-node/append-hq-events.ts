import type { KnownDraft } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import type { Crypto } from '@skygate/shared/lib/crypto';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { Database, Writer } from '../db/database.ts';
import type { ParkBus } from '../db/park-bus.ts';
import type { Clock, Random } from '../ports.ts';
import type { HqJournal, KeptRow } from './hq-journal.ts';
import type { Keyring } from './keyring.ts';

export interface HqNodeDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly keyring: Keyring;
  readonly bus: ParkBus;
  /** E9: null on PostgreSQL, which is durable itself. */
  readonly journal: HqJournal | null;
}

/** What HQ decided: events, and rows that stand beside the log (people, users, nodes) written in the same transaction. */
export interface HqWork {
  readonly drafts: readonly KnownDraft[];
  readonly rows?: readonly KeptRow[];
}

/**
 * Appends HQ's events to a park (E7): chained, sealed, positioned and projected in one transaction under the park's
 * head row. With a function, that runs under the lock with the read models caught up, so what it reads there (places
 * left, a ticket's state) cannot change before its events are in; it may throw to refuse. Durable on return (E9).
 */
export declare function appendHqEvents(
  deps: HqNodeDeps,
  park: ParkId,
  work: readonly KnownDraft[] | ((tx: Writer) => Promise<HqWork>),
): Promise<readonly Event[]>;

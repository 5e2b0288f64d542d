import type { PushRequest } from '@skygate/shared/protocol/push';
import type { Database } from 'better-sqlite3';
import type { Log } from '../ports.ts';
import type { LogCore } from './log-core.ts';
import { createReadSealedRun, PUSH_LIMITS } from './sealed-runs.ts';

/** The newest own event. */
export interface OwnHead {
  /** 0 for an empty stream. */
  readonly seq: number;
  /** CHAIN_START for an empty stream. */
  readonly hash: string;
}

/** Own events that the server is not known to have, and since when. */
export interface Waiting {
  readonly count: number;
  /** When the oldest of them was written; null where none waits. */
  readonly oldestWallMs: number | null;
}

/** The log as an outbox: what this kiosk wrote, as it goes to the server (S2). */
export interface Outbox {
  /**
   * Own events after `afterSeq` as a push: ends at a seal, within the limits, which it defaults to (S2). Null if there
   * are none, or if they are pruned here (K4): then the server lost what it had called durable, and the log says so.
   */
  ownRun(afterSeq: number, limits?: { readonly events: number; readonly bytes: number }): PushRequest | null;
  /** Whether the server, by its last word, lacks own events that are pruned here: what follows them it can never take in. */
  lacksPruned(): boolean;
  ownHead(): OwnHead;
  /** The hash of an own event of the present epoch (CHAIN_START for 0); null if it is not held. */
  ownHashAt(seq: number): string | null;
  /** Own events of the present epoch that the server has not acknowledged. */
  waiting(): Waiting;
}

interface OutboxDeps {
  readonly database: Database;
  readonly log: Log;
}

/** The outbox of the present epoch; it keeps nothing of its own. */
export function createOutbox(core: LogCore, { database, log }: OutboxDeps): Outbox {
  const readRun = createReadSealedRun(database);
  /** What was asked for last in vain: it is asked again and again. */
  let told = -1;
  return {
    ownRun: (afterSeq, limits = PUSH_LIMITS) => {
      const { node, epoch } = core.enrolled();
      const { stream } = core.ownEnd();
      const prunedTo = core.events.prunedTo(stream);
      if (afterSeq < prunedTo) {
        const asked = { needFrom: afterSeq + 1, keptFrom: prunedTo + 1 };
        const why = 'the server asks for own events that it had called durable and that are pruned here (K4)';
        if (told !== afterSeq) log.error(asked, why);
        told = afterSeq;
        return null;
      }
      return readRun({ node, epoch, stream, kid: core.key().kid }, afterSeq, limits);
    },
    lacksPruned: () => {
      if (core.identity() === null) return false;
      return core.position().acknowledged < core.events.prunedTo(core.ownEnd().stream);
    },
    ownHead: () => core.ownEnd().head,
    ownHashAt: (seq) => core.events.hashAt(core.ownEnd().stream, seq),
    waiting: () => {
      if (core.identity() === null) return { count: 0, oldestWallMs: null };
      const { stream, head } = core.ownEnd();
      const { acknowledged } = core.position();
      const count = head.seq - acknowledged;
      return { count, oldestWallMs: count > 0 ? core.events.wallMsAt(stream, acknowledged + 1) : null };
    },
  };
}

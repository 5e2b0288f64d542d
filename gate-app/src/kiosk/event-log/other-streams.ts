import { ok, type Result } from '@skygate/shared/lib/result';
import type { PushRequest } from '@skygate/shared/protocol/push';
import { type StreamHeadOnWire, VECTOR_STREAMS_MAX, type WantedStream } from '@skygate/shared/protocol/state';
import { recoveryDrafts } from '@skygate/shared/sync/recovery';
import type { Appended, AppendInput, TooLarge } from './append-own.ts';
import { type Deliveries, streamName } from './deliveries.ts';
import type { AppendProblem, HqKey, StoreProblem } from './event-log.ts';
import type { Forks } from './forks.ts';
import type { LogCore } from './log-core.ts';
import type { DiskFull } from './open-database.ts';
import type { Waiting } from './outbox.ts';
import type { RunLimits } from './sealed-runs.ts';
import type { StreamPlace } from './stored-event.ts';

/** How far a kiosk that was enrolled anew is with what it was before (E6). */
export interface RecoveryProgress {
  /** Everything that the park had when it was enrolled has been pulled. */
  readonly pastPulled: boolean;
  /** Transactions that the park's log has no place for, still to be recorded again, and those that were. */
  readonly toRecord: number;
  readonly recorded: number;
  /** Events of earlier incarnations that the server is not known to have. */
  readonly toDeliver: number;
}

/**
 * What this kiosk holds besides its own present stream, and the server may lack: its own earlier incarnations (E6), and
 * any sealed stream that the server asks for (E8).
 */
export interface OtherStreams {
  /** To be pushed now; null if there is nothing. Nothing before the past is pulled: a fork shows there first. */
  nextDelivery(limits: RunLimits, except: Set<string>): PushRequest | null;
  hasDelivery(except: ReadonlySet<string>): boolean;
  delivered(place: StreamPlace, to: number): Result<null, StoreProblem>;
  /**
   * The server will never take what follows its own end of a stream. If that is an earlier incarnation of this kiosk's,
   * and the end is a part of the copy here, what follows becomes a fork, to be recorded again (E6).
   * @returns whether it did
   */
  endsAt(
    place: StreamPlace,
    end: { readonly lastSeq: number; readonly lastHash: string },
  ): Result<boolean, StoreProblem>;
  /**
   * The server lacks of an earlier incarnation of this kiosk's what is pruned here (K4): it can take in nothing of what
   * follows. That becomes a fork, to be recorded again (E6, E8).
   */
  endLost(): Result<null, StoreProblem>;
  /** The server asks for these, and names the keys of HQ's earlier epochs (E8). */
  wanted(streams: readonly WantedStream[], earlierHq: readonly HqKey[]): Result<null, StoreProblem>;
  vector(): readonly StreamHeadOnWire[];
  hasToRecord(): boolean;
  /** Records the next lost transaction again, in the present stream. @returns false if there was none */
  recordNext(): Result<boolean, AppendProblem>;
  /** A past of somebody else's stream that only this kiosk holds: for the server to put aside. */
  nextToShow(except: ReadonlySet<string>): PushRequest | null;
  hasToShow(except: ReadonlySet<string>): boolean;
  shown(push: PushRequest): Result<null, StoreProblem>;
  /** What it wrote in earlier epochs, to be delivered or recorded again: the server is not known to have it (E6). */
  ownWaiting(): Waiting;
  /** Null for a kiosk that was never enrolled anew. */
  progress(): RecoveryProgress | null;
}

export interface OtherStreamsDeps {
  readonly core: LogCore;
  readonly deliveries: Deliveries;
  readonly forks: Forks;
  readonly refoldAll: () => void;
  readonly append: (input: AppendInput) => Result<Appended, DiskFull | TooLarge>;
  readonly isOwnOld: (place: StreamPlace) => boolean;
  readonly wasAnother: () => boolean;
}

export function createOtherStreams(deps: OtherStreamsDeps): OtherStreams {
  const { core, deliveries, forks } = deps;
  return {
    nextDelivery: (limits, except) => (mayDeliver(core) ? deliveries.next(limits, except) : null),
    hasDelivery: (except) => mayDeliver(core) && deliveries.has(except),
    delivered: (place, to) => core.savePosition({}, () => deliveries.delivered(place, to)),
    endsAt: (place, end) => endAt(deps, place, end),
    endLost: () => endLost(deps),
    wanted: (streams, earlierHq) =>
      core.savePosition({}, () => {
        for (const hq of earlierHq) core.state.saveHqKey(hq);
        deliveries.want(streams);
      }),
    vector: () => [...forks.lostHeadsOfHq(), ...deliveries.vector()].slice(0, VECTOR_STREAMS_MAX),
    hasToRecord: () => mayRecord(core) && forks.hasToRecord(),
    recordNext: () => recordNext(deps),
    nextToShow: (except) => {
      const kept = forks.nextToShow();
      return kept === null || except.has(streamName(kept.push)) ? null : kept.push;
    },
    hasToShow: (except) => {
      const place = forks.placeToShow();
      return place !== null && !except.has(streamName(place));
    },
    shown: (push) => core.savePosition({}, () => forks.done(push)),
    ownWaiting: () => (deps.wasAnother() ? ownWaiting(deps) : { count: 0, oldestWallMs: null }),
    progress: () => {
      if (core.identity() === null || !deps.wasAnother()) return null;
      const { toRecord, recorded } = forks.counts();
      return { pastPulled: core.position().caughtUp, toRecord, recorded, toDeliver: deliveries.ownWaiting().count };
    },
  };
}

function ownWaiting({ deliveries, forks }: OtherStreamsDeps): Waiting {
  const toDeliver = deliveries.ownWaiting();
  const { toRecord } = forks.counts();
  if (toRecord === 0) return toDeliver;
  const first = forks.nextToRecord()?.transaction.events[0]?.wallMs ?? null;
  const oldest = [toDeliver.oldestWallMs, first].filter((wallMs) => wallMs !== null);
  return { count: toDeliver.count + toRecord, oldestWallMs: Math.min(...oldest) };
}

/** By what it has pulled, and the server's answers, it knows how far the server's copy of each goes. */
function endLost(deps: OtherStreamsDeps): Result<null, StoreProblem> {
  const { core, deliveries } = deps;
  const lost = mayDeliver(core) ? deliveries.ownLost() : null;
  if (lost === null) return ok(null);
  const stream = core.events.findStream(lost);
  const lastHash = stream === null ? null : core.events.hashAt(stream, lost.delivered);
  if (lastHash === null) return ok(null);
  const ended = endAt(deps, lost, { lastSeq: lost.delivered, lastHash });
  return ended.ok ? ok(null) : ended;
}

/** A revoked kiosk cannot pull any more: where its past parts from the park's, the server's answers say it (X4). */
const mayDeliver = (core: LogCore): boolean => core.position().caughtUp || core.position().stoppedCode === 'revoked';

/** Also for a revoked kiosk: what it recorded before is a fact, and has no other way to the park (X4, E6). */
function mayRecord(core: LogCore): boolean {
  const { stopped, stoppedCode } = core.position();
  return stopped === null || stoppedCode === 'revoked';
}

/**
 * One transaction: its `EventRecovered`, and the note that it is recorded. Never twice, whatever happens. Where a run brings
 * what was recorded again within it, too, that is as large again: each goes under a seal of its own.
 */
function recordNext({ core, forks, append }: OtherStreamsDeps): Result<boolean, AppendProblem> {
  const kept = forks.nextToRecord();
  if (kept === null || !mayRecord(core)) return ok(false);
  const drafts = recoveryDrafts(kept.transaction, kept.fork);
  const input = { identity: core.enrolled(), end: core.ownEnd(), drafts, commandId: undefined, sealEach: true };
  const appended = append({ ...input, also: () => forks.done(kept.push) });
  if (!appended.ok) return appended;
  core.committed(appended.value.end, appended.value.events);
  return ok(true);
}

function endAt(
  { core, forks, refoldAll, deliveries, isOwnOld }: OtherStreamsDeps,
  place: StreamPlace,
  { lastSeq, lastHash }: { readonly lastSeq: number; readonly lastHash: string },
): Result<boolean, StoreProblem> {
  const stream = core.events.findStream(place);
  if (stream === null || !isOwnOld(place) || core.events.hashAt(stream, lastSeq) !== lastHash) return ok(false);
  if (core.events.headOf(stream).seq <= lastSeq) return ok(false);
  const cut = core.savePosition({}, () => {
    forks.cutBack(place, lastSeq + 1);
    deliveries.delivered(place, lastSeq);
    refoldAll();
  });
  if (!cut.ok) return cut;
  core.replaced();
  return ok(true);
}

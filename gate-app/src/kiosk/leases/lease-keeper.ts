import type { Wish } from '@skygate/shared/domain/capacity/refill';
import type { Event } from '@skygate/shared/events/envelope';
import { isHqNode } from '@skygate/shared/lib/ids';
import { addDays, msOfLocal, weekdayOf } from '@skygate/shared/lib/local-time';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import { leasesResponse } from '@skygate/shared/protocol/leases';
import { hlcTick } from '@skygate/shared/sync/hlc';
import type { Problem } from '../../rpc-contract/kiosk-api.ts';
import type { PlacesAsked, ShareNews } from '../../rpc-contract/share-view.ts';
import { type CommandContext, type Ground, groundOf } from '../handle-command/command-context.ts';
import type { Random, Timers } from '../ports.ts';
import type { TillKnowledge } from '../read-models/till-knowledge.ts';
import { createBell } from '../sync/bell.ts';
import type { Sync } from '../sync/sync.ts';
import { createGiveBack, recordReturns } from './give-back.ts';
import { NEWS_MS, newsOf } from './share-news.ts';
import { PACE_WINDOW_MS, wishesOf } from './wishes.ts';

/** Keeps a till in places (C4), beside the lanes: whatever becomes of a question, they notice nothing. */
export interface LeaseKeeper {
  /** Until `stop`. */
  run(): Promise<void>;
  stop(): void;
  /** Asks HQ now, because somebody wants to. */
  askNow(wish: Wish): Promise<Result<PlacesAsked, Problem>>;
  /** The newest change of this till's places; null when there was none of late. */
  news(): ShareNews | null;
}

export interface LeaseKeeperDeps extends Pick<CommandContext, 'database' | 'eventLog' | 'documents' | 'clock' | 'log'> {
  readonly till: TillKnowledge;
  readonly sync: Pick<Sync, 'ask' | 'inContact' | 'onChange'>;
  readonly timers: Timers;
  readonly random: Random;
}

const LOOK_EVERY_MS = 30_000;
const TIMEOUT_MS = 10_000;
/** After a question that brought nothing, HQ is left alone for about so long, and longer each time. */
const QUIET_MS = 30_000;
const QUIET_MS_MAX = 10 * 60_000;
/** A shift that closes so near to the end of the opening hours is the day's last. */
const LAST_SHIFT_MS = 60 * 60_000;

export function createLeaseKeeper(deps: LeaseKeeperDeps): LeaseKeeper {
  const { eventLog, till, clock, timers, sync } = deps;
  const stopping = new AbortController();
  const bell = createBell(timers);
  let latest: ShareNews | null = null;
  let fruitless = 0;
  let quietUntilMs = 0;

  const { tillGround, sharesOf, returnWhatIsAskedBack, owesReturn, returnAtDaysEnd, takenBackOf } = createReturns(deps);

  const onCommit = (events: readonly Event[]): void => {
    const identity = eventLog.identity();
    if (identity === null || identity.role !== 'till') return;
    latest = newsOf(events, identity, clock.nowMs()).at(-1) ?? takenBackOf(events) ?? latest;
    const types = new Set(events.map(({ type }) => type));
    // At once, before anything else is sold: from here on the lowered slot is HQ's (C1).
    if (types.has('CapacitySet')) returnWhatIsAskedBack();
    const own = events.some(({ node, epoch }) => node === identity.node && epoch === identity.epoch);
    if (own && types.has('ShiftClosed')) returnAtDaysEnd();
    if (own && types.has('ShiftOpened')) quietUntilMs = 0;
    if (own || types.has('CapacitySet')) bell.ring();
  };

  const wishes = (): readonly Wish[] => {
    const ground = tillGround();
    if (ground === null || till.shift(ground.identity).status !== 'open') return [];
    const sold = till.soldSince(ground.identity, clock.nowMs() - PACE_WINDOW_MS);
    return wishesOf({ ...ground, shares: sharesOf(ground), sold });
  };

  const ask = async (wants: readonly Wish[]) => {
    const body = JSON.stringify({ wants });
    const headers = { 'content-type': 'application/json' };
    return sync.ask(
      { method: 'POST', path: '/sync/leases', headers, body, timeoutMs: TIMEOUT_MS, version1: null },
      { answer: leasesResponse, signal: stopping.signal },
    );
  };

  const refill = async (): Promise<void> => {
    if (!sync.inContact() || clock.monotonicMs() < quietUntilMs) return;
    const wants = wishes();
    if (wants.length === 0) return;
    const answer = await ask(wants);
    const lent = answer.ok ? answer.value.granted.reduce((sum, { places }) => sum + places, 0) : 0;
    fruitless = lent > 0 ? 0 : fruitless + 1;
    // Also after a good answer: what was lent has to arrive before it is known to be here.
    const quietMs = Math.min(QUIET_MS_MAX, QUIET_MS * 2 ** Math.min(fruitless, 10));
    quietUntilMs = clock.monotonicMs() + quietMs / 2 + deps.random.fraction() * (quietMs / 2);
  };

  return {
    run: async () => {
      const endWatch = eventLog.onCommit(onCommit);
      const endSync = sync.onChange(() => {
        if (sync.inContact()) bell.ring();
      });
      try {
        // A power cut may have come between the news of a lowered capacity and the answer to it.
        returnWhatIsAskedBack();
        while (!stopping.signal.aborted) {
          if (owesReturn()) returnWhatIsAskedBack();
          await refill();
          if (!stopping.signal.aborted) await bell.wait(LOOK_EVERY_MS);
        }
      } finally {
        endSync();
        endWatch();
      }
    },
    stop: () => {
      stopping.abort();
      bell.ring();
    },
    askNow: async (wish) => {
      const answer = await ask([wish]);
      if (!answer.ok) return err({ code: 'server_unreachable', data: {} });
      const [granted] = answer.value.granted;
      return ok({ granted: granted?.places ?? 0, leftAtHq: granted?.left ?? 0 });
    },
    news: () => (latest !== null && clock.nowMs() - latest.atMs < NEWS_MS ? latest : null),
  };
}

/** What goes back to HQ by itself, and what it took. */
function createReturns(deps: LeaseKeeperDeps) {
  const { eventLog, till, clock, sync, log } = deps;
  const giveBack = createGiveBack(deps.database, till);
  let owed = false;

  /** The ground of a till; null for a gate, or before its park is known. */
  const tillGround = (): Ground | null => {
    const ground = groundOf(deps);
    return ground.ok && ground.value.identity.role === 'till' && eventLog.stopped() === null ? ground.value : null;
  };
  const sharesOf = ({ identity, businessDate }: Ground) => till.shares(identity, businessDate, clock.nowMs());

  const returnWhatIsAskedBack = (): void => {
    const ground = tillGround();
    if (ground === null) return;
    const hlc = hlcTick(eventLog.hlc(), clock.nowMs());
    const returned = recordReturns(eventLog, giveBack.askedBack(ground.identity, sharesOf(ground), hlc));
    // A full disk: it goes back as soon as there is room.
    owed = !returned.ok;
    if (returned.ok && returned.value > 0) {
      log.info({ returned: returned.value }, 'places went back to HQ: its capacity was lowered');
    }
  };

  /** HQ names the lease it took back; whose it was is in the tables (C3). */
  const takenBackOf = (events: readonly Event[]): ShareNews | null => {
    const ground = tillGround();
    if (ground === null || !events.some(({ type, node }) => type === 'CapacityOverridden' && isHqNode(node)))
      return null;
    const { park, node, epoch } = ground.identity;
    const { leases, takenBack } = till.leaseRows(park, ground.businessDate);
    const names = new Set(events.map(({ subject }) => subject));
    const lease = leases.find(
      (row) =>
        row.node === node && row.epoch === epoch && takenBack.has(row.lease_id) && names.has(`lease:${row.lease_id}`),
    );
    if (!lease) return null;
    const { places, date, slot } = lease;
    return { kind: 'taken_back', places, date, slot, atMs: clock.nowMs() };
  };

  const returnAtDaysEnd = (): void => {
    const ground = tillGround();
    if (ground === null || !sync.inContact() || !isLastShift(ground)) return;
    recordReturns(eventLog, giveBack.notNeeded(sharesOf(ground), ground.businessDate));
  };
  const owesReturn = (): boolean => owed;
  return { tillGround, returnWhatIsAskedBack, owesReturn, returnAtDaysEnd, takenBackOf, sharesOf };
}

function isLastShift({ park, businessDate, nowMs }: Ground): boolean {
  const { opens, closes } = park.hours[weekdayOf(businessDate)];
  const closesOn = closes > opens ? businessDate : addDays(businessDate, 1);
  return nowMs >= msOfLocal(closesOn, closes, park.timeZone) - LAST_SHIFT_MS;
}

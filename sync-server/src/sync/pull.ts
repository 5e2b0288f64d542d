import { PUSH_EVENTS_MAX } from '@skygate/shared/protocol/limits';
import type { PullQuery } from '@skygate/shared/protocol/pull';
import type { Database } from '../db/database.ts';
import type { ParkBus } from '../db/park-bus.ts';
import type { HqJournal } from '../hq-node/hq-journal.ts';
import type { Contacts } from '../plugins/contacts.ts';
import type { AuthenticatedNode, KioskSession } from '../plugins/node-auth.ts';
import type { Clock, Timers } from '../ports.ts';
import { type PullPage, readPullPage } from './pull-page.ts';
import type { WaitingPulls } from './waiting-pulls.ts';

export interface PullDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly bus: ParkBus;
  readonly journal: HqJournal | null;
  readonly stopping: AbortSignal;
  readonly waitingPulls: WaitingPulls;
  readonly contacts: Contacts;
}

/** On PostgreSQL another instance's hint may be lost; a waiting pull looks this often in any case. */
const LOOK_AGAIN_MS = 1_000;

/**
 * What other nodes of the park did (S4), as JSON text. With nothing to say it waits up to `waitMs` for something;
 * `gone` ends the wait when the asker has left.
 */
export async function pull(deps: PullDeps, kiosk: KioskSession, query: PullQuery, gone: AbortSignal): Promise<string> {
  const askedMs = deps.clock.monotonicMs();
  const wait = deps.waitingPulls.begin(kiosk);
  const over = AbortSignal.any([gone, wait.superseded]);
  const { page, readMs } = await waitForPage(deps, kiosk, query, over).finally(wait.end);
  // Once seen, a position must not be given to another event (E8).
  deps.journal?.noteHead(kiosk.park, page.head);
  deps.contacts.asksAfter(kiosk, page.logId, query.after);
  // Beyond the head nothing was given: the position is of a past that is gone, or made up (E8).
  if (page.next <= page.head) await deps.contacts.given(kiosk, page.logId, page.next);
  const rest = {
    next: page.next,
    head: page.head,
    logId: page.logId,
    gates: page.gates,
    peopleRevision: page.peopleRevision,
    serverMs: deps.clock.nowMs(),
    heldMs: Math.max(0, Math.floor(readMs - askedMs)),
    ...(kiosk.protocol === 1 ? {} : wordsOf2(page, deps.database.durable)),
  };
  return `{"runs":[${page.runs.join(',')}],${JSON.stringify(rest).slice(1)}`;
}

const wordsOf2 = ({ acknowledged, afterStamp, nextStamp, peopleStamp }: PullPage, durable: boolean) => ({
  acknowledged,
  durable,
  afterStamp,
  nextStamp,
  ...(peopleStamp === null ? {} : { peopleStamp }),
});

async function waitForPage(
  deps: PullDeps,
  node: AuthenticatedNode,
  query: PullQuery,
  over: AbortSignal,
): Promise<{ readonly page: PullPage; readonly readMs: number }> {
  const { database, clock, timers, bus, stopping } = deps;
  const endsMs = clock.monotonicMs() + (query.waitMs ?? 0);
  const limit = query.limit ?? PUSH_EVENTS_MAX;
  let { after } = query;
  let afterStamp: string | null = null;
  let woken = new AbortController();
  const unsubscribe = bus.subscribe('appended', (park) => {
    if (park === node.park) woken.abort();
  });
  try {
    while (true) {
      woken = new AbortController();
      const readMs = clock.monotonicMs();
      const request = { park: node.park, after, limit, reader: node, nowMs: clock.nowMs() };
      const read = await readPullPage(database.reader, request);
      afterStamp ??= read.afterStamp;
      const page = { ...read, afterStamp };
      const leftMs = endsMs - clock.monotonicMs();
      const lostTail = page.next > page.head;
      if (page.runs.length > 0 || leftMs <= 0 || lostTail || stopping.aborted || over.aborted) return { page, readMs };
      after = page.next;
      if (page.next < page.head) continue;
      const waitMs = database.kind === 'postgres' ? Math.min(leftMs, LOOK_AGAIN_MS) : leftMs;
      await timers.sleep(waitMs, AbortSignal.any([woken.signal, stopping, over]));
    }
  } finally {
    unsubscribe();
  }
}

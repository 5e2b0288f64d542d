import { peopleResponse } from '@skygate/shared/protocol/people';
import { type PullResponse, pullResponse } from '@skygate/shared/protocol/pull';
import type { SyncPosition } from '../event-log/event-log.ts';
import type { Moment } from '../kiosk-clock.ts';
import type { Log, Timers } from '../ports.ts';
import { askAsNode, getToken, outcomeOfProblem } from './ask-as-node.ts';
import { type GreetDeps, greet, storeFailed } from './greet.ts';
import type { LaneWork, Outcome } from './lane.ts';
import { describeProblem } from './server-link.ts';
import type { GatesHeard } from './sync.ts';

/**
 * Coverage calls a gate silent after 10 s (L4), counting from its own last question to the last page here: two kiosks in
 * good contact ask often enough that both waits and the lines fit into that time.
 */
const WAIT_MS = 3_000;
const ANSWER_MS = 15_000;
/** The next pull waits for people, so not for long. */
const PEOPLE_MS = 5_000;
const LIMIT = 500;
/** A server that answers "nothing new" at once, instead of holding the pull, is not asked in a tight loop. */
const PAUSE_MS = 1_000;

export interface DownloadDeps extends GreetDeps {
  readonly timers: Timers;
  readonly log: Log;
  /** The server may have lost what it had acknowledged: the upload has to ask for its state (K3). */
  readonly doubtUpload: (why: string) => void;
}

export interface Download extends LaneWork {
  gatesHeard(): GatesHeard;
}

/** Fetches what other nodes of the park did, page by page, and waits at the server for the next (S4). */
export function createDownload(deps: DownloadDeps): Download {
  let heard: GatesHeard = { gates: [], asked: null };
  let lineMs = 0;

  const getState = async (signal: AbortSignal): Promise<Outcome> => {
    const outcome = await greet(deps, 'download', signal);
    lineMs = outcome.roundTripMs ?? lineMs;
    return outcome;
  };

  const exchange = async (signal: AbortSignal): Promise<Outcome> => {
    const before = deps.eventLog.position();
    const { cursor, logId, acknowledged } = before;
    // To ask for what comes after it is to say that all before it is done, also what it told to erase (E5).
    if (!deps.eventLog.erasedIsGone()) return { input: 'failed', why: 'erased words are still in the files' };
    const asked = deps.clock.moment();
    const answer = await pull(deps, cursor, signal);
    if (!answer.ok) return outcomeOfProblem(answer.error);
    const page = answer.value;
    const elapsedMs = deps.clock.monotonicMs() - asked.monotonicMs;
    // The wait was at the server, before it read its clock: only the line's own time counts.
    deps.clock.serverAnswered({ serverMs: page.serverMs, roundTripMs: Math.min(elapsedMs, lineMs), asked });
    const now = deps.eventLog.position();
    // Positions mean something within one log only, and the cursor may have been reset while the page was on its way.
    if (page.logId !== logId || now.logId !== logId || now.cursor !== cursor) return { input: 'state_doubted' };
    if (isOfLostPart(page, before)) return startOver(deps);
    watchAcknowledged(deps, page, acknowledged);
    const stored = storePage(deps, page);
    if (stored !== null) return stored;
    // The server may say how long it held the question, but a page cannot be newer than its arrival.
    heard = { gates: page.gates, asked: later(asked, Math.min(page.heldMs, elapsedMs)) };
    await fetchPeople(deps, page, signal);
    if (isIdlePage(page, cursor) && elapsedMs < WAIT_MS / 2) await deps.timers.sleep(PAUSE_MS, signal);
    return { input: 'exchanged' };
  };

  return {
    name: 'download',
    getToken: (signal) => getToken(deps, signal),
    getState,
    hasWork: () => true,
    exchange,
    gatesHeard: () => heard,
  };
}

const later = ({ wallMs, monotonicMs }: Moment, ms: number): Moment => ({
  wallMs: wallMs + ms,
  monotonicMs: monotonicMs + ms,
});

const pull = (deps: DownloadDeps, cursor: number, signal: AbortSignal) =>
  askAsNode(
    deps,
    {
      method: 'GET',
      path: `/sync/pull?after=${cursor}&limit=${LIMIT}&waitMs=${WAIT_MS}`,
      timeoutMs: WAIT_MS + ANSWER_MS,
    },
    { answer: pullResponse, signal },
  );

/**
 * E8: a server may come back from an older backup and notice nothing, where no event of HQ was lost that anybody holds. Its
 * log keeps its id, and the positions that were lost are given anew: what stands at the cursor is something else then, and
 * something that was never pulled may stand before it.
 */
const isOfLostPart = (page: PullResponse, { cursor, cursorStamp }: SyncPosition): boolean =>
  cursor > 0 && cursorStamp !== null && page.afterStamp !== undefined && page.afterStamp !== cursorStamp;

/** Everything is pulled anew; the greeting tells the server what it may have lost. */
function startOver({ eventLog, log }: DownloadDeps): Outcome {
  const why = 'the server lost what it had given: everything is pulled anew';
  log.warn({ cursor: eventLog.position().cursor }, why);
  const reset = eventLog.resetCursor();
  return reset.ok ? { input: 'state_doubted', why } : storeFailed(reset.error);
}

/**
 * K3: an idle kiosk learns here that the server lost its tail. The page is newer than the question, so it must have what
 * was acknowledged before that; how much it has now is the state's to say, which the upload asks in its own turn: this
 * page may be older than a push that was answered meanwhile.
 */
function watchAcknowledged({ eventLog, doubtUpload }: DownloadDeps, page: PullResponse, before: number): void {
  if (page.acknowledged === undefined) return;
  const { seq } = eventLog.ownHead();
  if (page.acknowledged < before) doubtUpload(`the server has ${page.acknowledged} of ${before} acknowledged events`);
  if (page.acknowledged > seq) doubtUpload(`the server has ${page.acknowledged} of our ${seq} events`);
}

const isIdlePage = (page: PullResponse, cursor: number): boolean => page.runs.length === 0 && page.next === cursor;

/** @returns the outcome if the page could not be stored, else null */
function storePage(deps: DownloadDeps, page: PullResponse): Outcome | null {
  const stored = deps.eventLog.storePage(page);
  if (!stored.ok) return storeFailed(stored.error);
  if (deps.eventLog.stopped() !== null) return { input: 'refused_for_good', why: deps.eventLog.stopped() ?? '' };
  if (stored.value.held > 0) deps.log.warn({ held: stored.value.held }, 'runs that do not verify are kept aside');
  return null;
}

/**
 * The whole list wherever it is another than the one held: a server that was put back may have given a revision twice, or got
 * a row back below one that was seen here (E8). Where the server does not name its list, what is newer. Null: nothing.
 */
function peopleToAskAfter({ peopleRevision, peopleStamp }: PullResponse, known: SyncPosition): number | null {
  if (peopleStamp !== undefined) return peopleStamp === known.peopleStamp ? null : 0;
  return peopleRevision === known.peopleRevision ? null : Math.min(known.peopleRevision, peopleRevision);
}

/** P1. Tried again with the next page if it fails: names and PINs never hold up facts. */
async function fetchPeople(deps: DownloadDeps, page: PullResponse, signal: AbortSignal): Promise<void> {
  const after = peopleToAskAfter(page, deps.eventLog.position());
  if (after === null) return;
  const answer = await askAsNode(
    deps,
    { method: 'GET', path: `/sync/people?after=${after}`, timeoutMs: PEOPLE_MS },
    { answer: peopleResponse, signal },
  );
  if (answer.ok) deps.eventLog.storePeople(answer.value);
  else if (answer.error.kind === 'refused') {
    deps.log.warn({ why: describeProblem(answer.error) }, 'people could not be fetched');
  }
}

import { assertNever } from '@skygate/shared/lib/assert';
import type { Result } from '@skygate/shared/lib/result';
import { type StateRequest, type StateResponse, stateResponse } from '@skygate/shared/protocol/state';
import { greetingStep } from '@skygate/shared/sync/greeting';
import type { AppendProblem, EventLog } from '../event-log/event-log.ts';
import type { KioskClock } from '../kiosk-clock.ts';
import { type AskAsNodeDeps, askAsNode, outcomeOfProblem } from './ask-as-node.ts';
import type { Outcome } from './lane.ts';
import type { Question } from './server-link.ts';

const TIMEOUT_MS = 10_000;

export interface GreetDeps extends AskAsNodeDeps {
  readonly clock: KioskClock;
}

/** What became of a greeting. */
export interface Greeted extends Outcome {
  readonly roundTripMs?: number;
  /** The server wants nothing of what this kiosk told that it holds (E8). */
  readonly isWhole?: boolean;
}

/** K3: every session starts with what the server has, and its word wins over our notes. */
export async function greet(deps: GreetDeps, lane: 'upload' | 'download', signal: AbortSignal): Promise<Greeted> {
  const asked = deps.clock.moment();
  const askedLogId = deps.eventLog.position().logId;
  const state = await askAsNode(deps, stateQuestion(deps), { answer: stateResponse, signal });
  if (!state.ok) return outcomeOfProblem(state.error);
  const roundTripMs = deps.clock.monotonicMs() - asked.monotonicMs;
  // The other lane may have learnt of another log meanwhile: an answer of any other is older than that (E8).
  const { logId } = deps.eventLog.position();
  if (logId !== askedLogId && logId !== state.value.logId) {
    return { input: 'state_doubted', why: 'the answer is of a log that is gone' };
  }
  deps.clock.serverAnswered({ serverMs: state.value.serverMs, roundTripMs, asked });
  const isWhole = (state.value.wants ?? []).length === 0;
  return { ...believeState(deps.eventLog, state.value, lane), roundTripMs, isWhole };
}

/** Since version 2 with what this kiosk holds, so that the server sees what it lacks (E8). */
export function stateQuestion({ eventLog }: Pick<GreetDeps, 'eventLog'>): Question {
  const body: StateRequest = { streams: [...eventLog.others.vector()] };
  return {
    method: 'POST',
    path: '/sync/state',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    timeoutMs: TIMEOUT_MS,
    version1: { method: 'GET' },
  };
}

function believeState(eventLog: EventLog, state: StateResponse, lane: 'upload' | 'download'): Outcome {
  const identity = eventLog.identity();
  if (identity === null) return { input: 'failed', why: 'not enrolled' };
  const { logId } = eventLog.position();
  const step = greetingStep(state, {
    node: identity.node,
    epoch: identity.epoch,
    headSeq: eventLog.ownHead().seq,
    logId,
    hashAtAcknowledged: eventLog.ownHashAt(state.acknowledged),
  });
  // An answer of another kiosk says nothing of this one.
  if (step.do === 'retry_later') return { input: 'failed', why: step.why };
  const noted = noteAsked(eventLog, state);
  if (!noted.ok) return storeFailed(noted.error);
  switch (step.do) {
    case 'stop_writing':
      // Revoked, it writes nothing any more. What it wrote onto another past HQ records, run by run (X4).
      if (eventLog.stop()?.code === 'revoked') return deliverOnto(eventLog, state);
      eventLog.stopWriting(step.why, step.code);
      return { input: 'refused_for_good', why: step.why };
    case 'start_over': {
      const reset = eventLog.resetCursor();
      return reset.ok ? takeWord(eventLog, state) : storeFailed(reset.error);
    }
    case 'go_on':
      // The download's greeting may be older than a push that was answered meanwhile: only the upload's moves the mark.
      if (lane === 'download' && logId !== null) return { input: 'state_known' };
      return takeWord(eventLog, state);
    default:
      return assertNever(step);
  }
}

/**
 * X4: of its stream, as the server has it, nothing need be this kiosk's own. What it had acknowledged is told of the log that
 * it had then: another one may have lost all of it, and is given everything again (E8).
 */
function deliverOnto(eventLog: EventLog, state: StateResponse): Outcome {
  if (eventLog.position().logId === state.logId) return { input: 'state_known' };
  const reset = eventLog.resetCursor();
  return reset.ok ? takeWord(eventLog, { ...state, acknowledged: 0 }) : storeFailed(reset.error);
}

/** What the server wants of what is held here, also where its word then stops this kiosk. */
function noteAsked(
  eventLog: EventLog,
  { wants = [], earlierHq = [], texts }: StateResponse,
): Result<null, AppendProblem> {
  const noted = eventLog.others.wanted(wants, earlierHq);
  return !noted.ok || texts === undefined ? noted : eventLog.texts.heldAtServer(texts);
}

function takeWord(eventLog: EventLog, state: StateResponse): Outcome {
  const learnt = eventLog.learnHqKey(state.hq);
  if (!learnt.ok) return storeFailed(learnt.error);
  const { acknowledged, durable, logId } = state;
  const noted = eventLog.acknowledge({ acknowledged, durable, logId });
  return noted.ok ? { input: 'state_known' } : storeFailed(noted.error);
}

/** A full disk is no reason to lose contact for good: it is tried again like a bad line. */
export const storeFailed = (problem: AppendProblem): Outcome => ({
  input: 'failed',
  why: whyNotStored(problem),
});

function whyNotStored(problem: AppendProblem): string {
  if (problem.kind === 'disk_full') return 'the disk is full';
  if (problem.kind === 'too_large') return `${problem.bytes} bytes are more than one push holds`;
  return `writing is stopped: ${problem.reason}`;
}

import { assertNever } from '@skygate/shared/lib/assert';
import type { Result } from '@skygate/shared/lib/result';
import { type PushRequest, type PushResponse, pushResponse } from '@skygate/shared/protocol/push';
import { type BatchSize, batchAfterFailure, batchAfterSuccess, FIRST_BATCH } from '@skygate/shared/sync/batch-size';
import { type OutboxStep, outboxStep, type PushAnswer } from '@skygate/shared/sync/outbox';
import { pushText } from '@skygate/shared/sync/push-text';
import type { Log } from '../ports.ts';
import { askAsNode, getToken, type NodeProblem } from './ask-as-node.ts';
import { createOtherDeliveries } from './deliver-others.ts';
import { createTextDeliveries } from './deliver-texts.ts';
import { type GreetDeps, greet, storeFailed } from './greet.ts';
import type { LaneWork, Outcome } from './lane.ts';
import { createOwedWord } from './owed-word.ts';
import { describeProblem, type Refusal } from './server-link.ts';
import { createTooLarge } from './too-large.ts';

const TIMEOUT_MS = 30_000;

export interface UploadDeps extends GreetDeps {
  readonly log: Log;
}

export interface Upload extends LaneWork {
  /** What was acknowledged may be gone: the lane asks for the state before it does anything else (K3). */
  doubt(why: string): void;
  /**
   * Takes up again what was set aside though the server itself never said a word about it.
   * @returns whether there is any
   */
  takeUpUnheard(): boolean;
  /** What an older program wrote and no push can hold (S2), in words for support; null if nothing is. */
  stuck(): string | null;
  /** The server was put back from so long ago that it lacks events which this kiosk has let go: its stream ends there (K4, E8). */
  isLost(): boolean;
}

/**
 * Sends what the server does not have yet: the log is the outbox (K3). What people typed goes only when its events are sent
 * (E5), and other streams only after that.
 */
export function createUpload(deps: UploadDeps): Upload {
  const { eventLog } = deps;
  const others = createOtherDeliveries(deps);
  const texts = createTextDeliveries(deps);
  const tooLarge = createTooLarge();
  let batch = FIRST_BATCH;
  let doubt: string | null = null;
  const word = createOwedWord(deps);
  const lost = createLost(eventLog);
  const isOwnWaiting = (): boolean => eventLog.position().acknowledged < eventLog.ownHead().seq;

  const hasToGive = (): boolean => isOwnWaiting() || others.hasWork();
  const owesWord = (): boolean => word.isOwed() && !hasToGive();

  const exchange = (signal: AbortSignal): Promise<Outcome> => {
    if (doubt !== null) return Promise.resolve({ input: 'state_doubted', why: doubt });
    if (owesWord()) return Promise.resolve({ input: 'state_doubted', why: 'all is given; the server is told so' });
    const run = eventLog.ownRun(eventLog.position().acknowledged, batch);
    if (run !== null) return exchangeOwn(run, signal);
    return texts.hasWork() ? texts.exchange(signal) : exchangeOther(isOwnWaiting(), signal);
  };

  /** @param isOwnStuck the server lost own events that it had called durable, and that are pruned here (K4) */
  const exchangeOther = async (isOwnStuck: boolean, signal: AbortSignal): Promise<Outcome> => {
    const failed = others.record();
    if (failed !== null) return failed;
    const delivery = others.next(batch, isOwnStuck);
    // It is asked again, after a while: it may be the wrong copy of the server, or one that comes right.
    if (delivery === null && isOwnStuck) return lost.found();
    if (delivery === null) return { input: 'exchanged' };
    const answer = await push(deps, delivery.run, signal);
    if (answer === 'other_incarnation') return { input: 'failed', why: 'enrolled anew' };
    tooLarge.answered(delivery.run, answer);
    if (answer.kind === 'stored') word.gave();
    batch = batchAfterOther(batch, answer);
    return others.answered(delivery, answer);
  };

  const exchangeOwn = async (run: PushRequest, signal: AbortSignal): Promise<Outcome> => {
    const { logId } = eventLog.position();
    const answer = await push(deps, run, signal);
    if (answer === 'other_incarnation') return { input: 'failed', why: 'enrolled anew' };
    tooLarge.answered(run, answer);
    const to = run.from + run.events.length - 1;
    const step = outboxStep(answer, { from: run.from, to, logId });
    batch = batchAfter(batch, step);
    if (step.do === 'advance') word.gave();
    // The download may have learnt of another log while this answer was on its way: its mark is of the one that is gone.
    if (eventLog.position().logId !== logId && movesMark(step)) {
      return { input: 'state_doubted', why: 'the answer is of a log that is gone' };
    }
    return carryOut(deps, step, answer);
  };

  return {
    name: 'upload',
    getToken: (signal) => getToken(deps, signal),
    getState: async (signal) => {
      doubt = null;
      word.greetingBegins();
      others.tryAgain();
      texts.tryAgain();
      const outcome = await greet(deps, 'upload', signal);
      // What it wants may have to wait until the past is pulled: then nothing is given yet, and the word is still owed.
      const isTold = outcome.input === 'state_known' && outcome.isWhole === true && !hasToGive();
      if (isTold) word.told();
      return outcome;
    },
    hasWork: () => doubt !== null || hasToGive() || owesWord() || texts.hasWork(),
    restMs: () => word.restMs(others.hasPutBack() || texts.hasPutBack()),
    exchange,
    doubt: (why) => {
      doubt = why;
    },
    takeUpUnheard: () => [others, texts].map((part) => part.takeUpUnheard()).includes(true),
    stuck: tooLarge.stuck,
    isLost: lost.isSo,
  };
}

/** Whether the server's own end lies before what is kept here (K4, E8). Of another log than it was found in nothing is known yet. */
function createLost(eventLog: GreetDeps['eventLog']) {
  let lostIn: string | null = null;
  return {
    found: (): Outcome => {
      lostIn = eventLog.position().logId;
      return { input: 'failed', why: 'the server lost events that are pruned here' };
    },
    isSo: (): boolean => lostIn !== null && lostIn === eventLog.position().logId && eventLog.lacksPruned(),
  };
}

async function push(deps: GreetDeps, run: PushRequest, signal: AbortSignal): Promise<PushAnswer | 'other_incarnation'> {
  const body = pushText(run);
  const headers = { 'content-type': 'application/json' };
  const result = await askAsNode(
    deps,
    { method: 'POST', path: '/sync/push', headers, body, timeoutMs: TIMEOUT_MS },
    { answer: pushResponse, signal },
  );
  return readPushAnswer(result);
}

/** The answer to a push in the outbox's terms. */
export function readPushAnswer(result: Result<PushResponse, NodeProblem>): PushAnswer | 'other_incarnation' {
  if (result.ok) return { kind: 'stored', response: result.value };
  const problem = result.error;
  switch (problem.kind) {
    case 'no_token':
      return { kind: 'unauthenticated' };
    case 'other_incarnation':
      return 'other_incarnation';
    case 'unreachable':
      return { kind: 'unreachable', detail: problem.detail };
    case 'nonsense':
      return problem.status === 429 || problem.status === 503
        ? { kind: 'busy', retryAfterMs: problem.retryAfterMs }
        : { kind: 'strange', detail: problem.detail };
    case 'refused':
      return readRefusedPush(problem.refusal);
    default:
      return assertNever(problem);
  }
}

function readRefusedPush(refusal: Refusal): PushAnswer {
  const { status, code, needFrom, retryAfterMs, end } = refusal;
  if (code === 'gap' && needFrom !== null) return { kind: 'gap', needFrom };
  if (code === 'equivocation') return { kind: 'equivocation', seq: needFrom, end };
  if (code === 'chain_broken' || code === 'epoch_closed') return { kind: code, end };
  if (status === 413) return { kind: 'too_large' };
  if (status === 426) return { kind: 'upgrade_needed' };
  if (status === 429 || status === 503) return { kind: 'busy', retryAfterMs };
  return { kind: 'not_understood', status, detail: describeProblem({ kind: 'refused', refusal }) };
}

function batchAfter(batch: BatchSize, step: OutboxStep): BatchSize {
  if (step.do === 'advance') return batchAfterSuccess(batch, step.credits);
  return step.do === 'shrink' ? batchAfterFailure(batch) : batch;
}

/** A line or a proxy that lets no large request through lets none of these through either (S5). */
function batchAfterOther(batch: BatchSize, answer: PushAnswer): BatchSize {
  if (answer.kind === 'stored') return batchAfterSuccess(batch, answer.response.credits);
  return answer.kind === 'strange' || answer.kind === 'unreachable' ? batchAfterFailure(batch) : batch;
}

const movesMark = (step: OutboxStep): boolean => step.do === 'advance' || step.do === 'rewind';

function carryOut(deps: GreetDeps, step: OutboxStep, answer: PushAnswer): Outcome {
  switch (step.do) {
    case 'advance':
    case 'rewind':
      return acknowledge(deps, step.acknowledged, answer);
    case 'ask_state':
      return { input: 'state_doubted', why: step.why };
    case 'stop_writing':
      deps.eventLog.stopWriting(step.why, step.code);
      return { input: 'refused_for_good', why: step.why };
    case 'new_token':
      return { input: 'token_refused' };
    case 'shrink':
      return { input: 'failed', why: step.why };
    case 'retry_later':
      return { input: 'failed', why: step.why, retryAfterMs: step.retryAfterMs };
    default:
      return assertNever(step);
  }
}

function acknowledge(deps: GreetDeps, acknowledged: number, answer: PushAnswer): Outcome {
  const { eventLog } = deps;
  const logId = answer.kind === 'stored' ? answer.response.logId : eventLog.position().logId;
  if (logId === null) return { input: 'state_doubted' };
  // More than we ever wrote is no acknowledgement: the greeting finds out whether this kiosk was restored (E6).
  if (acknowledged > eventLog.ownHead().seq)
    return { input: 'state_doubted', why: 'the server has more than we wrote' };
  const durable = answer.kind === 'stored' && answer.response.durable;
  const noted = eventLog.acknowledge({ acknowledged, durable, logId });
  return noted.ok ? { input: 'exchanged' } : storeFailed(noted.error);
}

import { backoffMs } from '@skygate/shared/sync/backoff';
import { nextSessionStep, type SessionInput, type SessionStatus, sessionAfter } from '@skygate/shared/sync/session';
import type { Log, Random, Timers } from '../ports.ts';
import { createBell } from './bell.ts';

/** How a step of a lane ended, as an input to its session. */
export interface Outcome {
  readonly input: SessionInput;
  /** In words for support, where it is a failure. */
  readonly why?: string;
  /** The least time before the next try. */
  readonly retryAfterMs?: number;
}

/**
 * What one direction of sync does at each step of its session. The signal ends when the step's outcome would say nothing
 * any more: the lane was stopped, or the kiosk is another incarnation.
 */
export interface LaneWork {
  readonly name: 'upload' | 'download';
  getToken(signal: AbortSignal): Promise<Outcome>;
  getState(signal: AbortSignal): Promise<Outcome>;
  hasWork(): boolean;
  /** So long it may wait for work before it asks for the state once more, within the session; null: as long as it takes. */
  restMs?(): number | null;
  exchange(signal: AbortSignal): Promise<Outcome>;
}

/** One direction of sync, driven by its session (shared/sync/session.ts). */
export interface Lane {
  /** Until `stop`. */
  run(): Promise<void>;
  stop(): void;
  /** Ends any wait, a backoff too. */
  wake(): void;
  /** Ends a wait for work; a lane that is backing off is left to it, or every sale would ask a dead network. */
  workArrived(): void;
  reEnrolled(): void;
  status(): SessionStatus;
  /** False from a failure to the next success. */
  inContact(): boolean;
  /** Why the last attempt failed; null if it did not. */
  lastError(): string | null;
}

export interface LaneDeps {
  readonly work: LaneWork;
  readonly random: Random;
  readonly timers: Timers;
  readonly log: Log;
  readonly onChange: () => void;
}

/** So many restarts in a row without one exchange are a failure: they would spin. */
const RESTARTS_MAX = 2;

interface Progress {
  status: SessionStatus;
  attempt: number;
  restarts: number;
  retryMs: number;
  waitsForWork: boolean;
  inContact: boolean;
  lastError: string | null;
  /** The newest that was told to the log: a page that is at fault is met at every try. */
  lastFault: string | null;
}

export function createLane(deps: LaneDeps): Lane {
  /** Of the step that is under way. */
  let step = new AbortController();
  const bell = createBell(deps.timers);
  const progress: Progress = {
    status: 'disconnected',
    attempt: 0,
    restarts: 0,
    retryMs: 0,
    waitsForWork: false,
    inContact: false,
    lastError: null,
    lastFault: null,
  };

  const take = (outcome: Outcome): void => {
    // A stop or a new enrolment may have come while the step was on its way: its outcome then says nothing any more.
    applyOutcome(progress, outcome, deps);
    deps.onChange();
  };

  const run = async (): Promise<void> => {
    while (progress.status !== 'closed') {
      const { status } = progress;
      step = new AbortController();
      const outcome = await takeStep(status, { ...deps, bell, progress, signal: step.signal }).catch((error: unknown) =>
        asFailure(error, progress, deps),
      );
      if (progress.status === status) take(outcome);
    }
  };

  const interrupt = (input: SessionInput): void => {
    progress.attempt = 0;
    progress.retryMs = 0;
    take({ input });
    // An answer to what was before may take its time: nobody waits for it (E6).
    step.abort();
    bell.ring();
  };

  return {
    run,
    stop: () => interrupt('stop'),
    wake: () => bell.ring(),
    workArrived: () => {
      // Only a wait that is under way: a remembered ring would cut a later backoff short.
      if (progress.waitsForWork) bell.ring();
    },
    reEnrolled: () => interrupt('re_enrolled'),
    status: () => progress.status,
    inContact: () => progress.inContact,
    lastError: () => progress.lastError,
  };
}

/** Said to the log where a step threw what nobody foresaw. */
export const STEP_THREW = 'a step of sync ended with a fault of this program';

/**
 * K5: whatever is wrong with a page or an answer, the gate goes on scanning and the till selling: the fault is shown like
 * any failure, and the step is tried again, later each time.
 */
function asFailure(error: unknown, progress: Progress, { work, log }: LaneDeps): Outcome {
  const why = `a fault of this program: ${error instanceof Error ? error.message : String(error)}`;
  const stack = error instanceof Error ? error.stack : undefined;
  if (progress.lastFault !== why) log.error({ lane: work.name, why, stack }, STEP_THREW);
  progress.lastFault = why;
  return { input: 'failed', why };
}

interface StepDeps extends LaneDeps {
  readonly bell: ReturnType<typeof createBell>;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

async function takeStep(status: SessionStatus, deps: StepDeps): Promise<Outcome> {
  const { work, bell, progress, signal } = deps;
  switch (nextSessionStep(status)) {
    case 'wait_for_retry':
      if (progress.retryMs > 0) await bell.wait(progress.retryMs);
      return { input: 'due' };
    case 'get_token':
      return work.getToken(signal);
    case 'get_state':
      return work.getState(signal);
    case 'wait_for_work':
      return waitForWork(deps);
    case 'exchange':
      return work.exchange(signal);
    case 'rest':
      await bell.wait(null);
      return { input: 'due' };
    case 'end':
      return { input: 'stop' };
  }
}

async function waitForWork({ work, bell, progress, random, signal }: StepDeps): Promise<Outcome> {
  if (work.hasWork()) return { input: 'work' };
  const restMs = work.restMs?.() ?? null;
  progress.waitsForWork = true;
  // Not in step with the park's other kiosks, which began to wait when this one did.
  const hasRung = await bell.wait(restMs === null ? null : restMs * (0.5 + random.fraction() / 2));
  progress.waitsForWork = false;
  if (work.hasWork()) return { input: 'work' };
  return restMs === null || hasRung ? { input: 'due' } : work.getState(signal);
}

function applyOutcome(progress: Progress, outcome: Outcome, deps: LaneDeps): void {
  const input = spunTooOften(progress, outcome.input) ? 'failed' : outcome.input;
  if (input === 'failed' || input === 'refused_for_good') noteFailure(progress, outcome, deps);
  if (input === 'state_known' || input === 'exchanged') {
    progress.inContact = true;
    progress.lastError = null;
  }
  if (input === 'exchanged') {
    progress.attempt = 0;
    progress.restarts = 0;
  }
  progress.status = sessionAfter(progress.status, input);
}

function spunTooOften(progress: Progress, input: SessionInput): boolean {
  if (input !== 'token_refused' && input !== 'state_doubted') return false;
  progress.restarts += 1;
  return progress.restarts > RESTARTS_MAX;
}

function noteFailure(progress: Progress, outcome: Outcome, deps: LaneDeps): void {
  const why = outcome.why ?? 'the server keeps refusing';
  // One line an outage, not one a try: a park without internet for a week should not fill its disk with this.
  if (progress.lastError === null) deps.log.warn({ lane: deps.work.name, why }, 'sync stopped');
  progress.retryMs = backoffMs(progress.attempt, deps.random.fraction(), outcome.retryAfterMs);
  progress.attempt += 1;
  progress.restarts = 0;
  progress.inContact = false;
  progress.lastError = why;
}

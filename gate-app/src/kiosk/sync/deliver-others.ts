import { assertNever } from '@skygate/shared/lib/assert';
import { isHqNode } from '@skygate/shared/lib/ids';
import type { PushRequest } from '@skygate/shared/protocol/push';
import type { BatchSize } from '@skygate/shared/sync/batch-size';
import type { PushAnswer, StreamEnd } from '@skygate/shared/sync/outbox';
import { streamName } from '../event-log/deliveries.ts';
import type { EventLog, StoreProblem } from '../event-log/event-log.ts';
import type { Log } from '../ports.ts';
import { storeFailed } from './greet.ts';
import type { Outcome } from './lane.ts';
import { createStrangeAnswers } from './strange-answers.ts';

/** So often a run is given that the server says it took and wants again; after that, at the pace of failures. */
const GIVEN_AT_ONCE = 3;

/** So many lost transactions are recorded again before the lane looks at anything else. */
const RECORDED_AT_ONCE = 20;

/** What the upload does when its own present stream has nothing to send, and never before (K5). */
export interface OtherDeliveries {
  hasWork(): boolean;
  /** Records lost transactions again, which then go as own events (E6). @returns why it failed; null if it did not */
  record(): Outcome | null;
  /** What to push next; null if there is nothing. */
  next(batch: BatchSize, isOwnStuck: boolean): Delivery | null;
  answered(delivery: Delivery, answer: PushAnswer): Outcome;
  /** Something that the server did not take is still to be given. */
  hasPutBack(): boolean;
  /** A new session: what was refused for a reason that may be over is tried again. */
  tryAgain(): void;
  /** Of what was put back, what the server never spoke of is tried again. @returns whether there is any */
  takeUpUnheard(): boolean;
}

export interface Delivery {
  readonly run: PushRequest;
  /** `stream`: the server may lack it. `fork`: a past that it will not take, only put aside. */
  readonly kind: 'stream' | 'fork';
}

const NONE: ReadonlySet<string> = new Set();
const DONE: Outcome = { input: 'exchanged' };

export function createOtherDeliveries({
  eventLog,
  log,
}: {
  readonly eventLog: EventLog;
  readonly log: Log;
}): OtherDeliveries {
  const { others } = eventLog;
  const refused = new Set<string>();
  /** Those of `refused` about which something else answered in the server's place. */
  const unheard = new Set<string>();
  const strange = createStrangeAnswers();
  const taken = createTakenRuns();
  const putBack = (run: PushRequest, why: string): Outcome => {
    refused.add(streamName(run));
    log.warn({ stream: streamName(run), from: run.from, why }, "the server does not take another stream's events");
    return DONE;
  };
  const stored = (result: { ok: true } | { ok: false; error: StoreProblem }): Outcome =>
    result.ok ? DONE : storeFailed(result.error);

  /** A page on the way refuses nothing: only after some in a row the other streams go first (K5). */
  const strangelyAnswered = (run: PushRequest, why: string): Outcome => {
    if (strange.isFirst()) return { input: 'failed', why };
    unheard.add(streamName(run));
    return putBack(run, why);
  };

  /** The server's copy of the stream ends where it says, and it will have nothing more of it from us. */
  const ended = (run: PushRequest, end: StreamEnd | null, why: string): Outcome => {
    if (end === null) return putBack(run, why);
    if (end.lastSeq < run.from - 1) return stored(others.delivered(run, end.lastSeq));
    const cut = others.endsAt(run, end);
    if (!cut.ok) return storeFailed(cut.error);
    return cut.value ? DONE : putBack(run, why);
  };

  const streamAnswered = (run: PushRequest, answer: PushAnswer): Outcome => {
    switch (answer.kind) {
      case 'stored': {
        const { acknowledged, logId } = answer.response;
        if (logId !== eventLog.position().logId) return { input: 'state_doubted', why: 'the server has another log' };
        if (acknowledged < run.from) return putBack(run, 'it took nothing');
        const noted = stored(others.delivered(run, acknowledged));
        const isCircle = taken.times(run, logId) > GIVEN_AT_ONCE;
        return isCircle ? { input: 'failed', why: 'the server wants again what it said it took' } : noted;
      }
      case 'gap':
        return answer.needFrom < run.from
          ? stored(others.delivered(run, answer.needFrom - 1))
          : putBack(run, `it needs ${answer.needFrom}`);
      case 'equivocation':
      case 'chain_broken':
      case 'epoch_closed':
        return ended(run, answer.end, answer.kind);
      default:
        return passing(run, answer, (why) => putBack(run, why));
    }
  };

  return {
    hasWork: () => others.hasToRecord() || others.hasDelivery(refused) || others.hasToShow(refused),
    record: () => record(others),
    next: (batch, isOwnStuck) => {
      // What was recorded goes first, as own events.
      if (others.hasToRecord() || (!isOwnStuck && eventLog.waiting().count > 0)) return null;
      const fork = others.nextToShow(refused);
      // A lost past of HQ's first: a restored server may not know the others' streams without it (E8).
      if (fork !== null && isHqNode(fork.node)) return { run: fork, kind: 'fork' };
      const run = others.nextDelivery(batch, refused);
      if (run !== null) return { run, kind: 'stream' };
      return fork === null ? null : { run: fork, kind: 'fork' };
    },
    answered: ({ run, kind }, answer) => {
      if (answer.kind === 'strange') return strangelyAnswered(run, answer.detail);
      strange.over();
      if (kind === 'stream') return streamAnswered(run, answer);
      // It was seen: taken in, or put aside under the author's own seal. A gap alone says that it was not.
      if (answer.kind === 'gap') return putBack(run, `it needs ${answer.needFrom}`);
      const isJudged = ['stored', 'equivocation', 'chain_broken', 'epoch_closed'].includes(answer.kind);
      return isJudged ? stored(others.shown(run)) : passing(run, answer, (why) => putBack(run, why));
    },
    hasPutBack: () => refused.size > 0 && (others.hasDelivery(NONE) || others.hasToShow(NONE)),
    tryAgain: () => {
      refused.clear();
      unheard.clear();
    },
    takeUpUnheard: () => {
      const isAny = unheard.size > 0;
      for (const stream of unheard) refused.delete(stream);
      unheard.clear();
      return isAny;
    },
  };
}

function record(others: EventLog['others']): Outcome | null {
  const ended = others.endLost();
  if (!ended.ok) return storeFailed(ended.error);
  for (let count = 0; count < RECORDED_AT_ONCE && others.hasToRecord(); count += 1) {
    const recorded = others.recordNext();
    if (!recorded.ok) return storeFailed(recorded.error);
  }
  return null;
}

/** How often the server said, of its present log, that it took a run: each greeting may ask for it anew. */
function createTakenRuns() {
  let ofLog: string | null = null;
  const counts = new Map<string, number>();
  return {
    times: (run: PushRequest, logId: string): number => {
      if (logId !== ofLog) counts.clear();
      ofLog = logId;
      const name = `${streamName(run)} ${run.from}`;
      const times = (counts.get(name) ?? 0) + 1;
      counts.set(name, times);
      return times;
    },
  };
}

/** Answers that say nothing of the stream itself. */
function passing(run: PushRequest, answer: PushAnswer, putBack: (why: string) => Outcome): Outcome {
  switch (answer.kind) {
    case 'unauthenticated':
      return { input: 'token_refused' };
    case 'unreachable':
    case 'strange':
      return { input: 'failed', why: answer.detail };
    case 'busy':
      return { input: 'failed', why: 'the server is busy', retryAfterMs: answer.retryAfterMs };
    case 'not_understood':
      // A server in trouble is tried again later; one that refuses this run is not asked in a circle.
      if (answer.status >= 500) return { input: 'failed', why: answer.detail };
      return putBack(`answer ${answer.status}: ${answer.detail}`);
    case 'too_large':
    case 'upgrade_needed':
      return putBack(answer.kind);
    case 'stored':
    case 'gap':
    case 'equivocation':
    case 'chain_broken':
    case 'epoch_closed':
      return putBack(`${answer.kind} at ${run.from}`);
    default:
      return assertNever(answer);
  }
}

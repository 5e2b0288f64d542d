import { assertNever } from '../lib/assert.ts';
import type { PushResponse } from '../protocol/push.ts';
import type { StopCode } from './stop-code.ts';

/** Where the server's own copy of a stream ends, told with a refusal since version 2. */
export interface StreamEnd {
  readonly lastSeq: number;
  readonly lastHash: string;
}

/** Every way in which a push can end (S2), from 200 to a network that says nothing. */
export type PushAnswer =
  | { readonly kind: 'stored'; readonly response: PushResponse }
  /** 409: the server needs `needFrom` next. */
  | { readonly kind: 'gap'; readonly needFrom: number }
  /** 409: another event stands at `seq`; two writers, or a disk that was restored. */
  | { readonly kind: 'equivocation'; readonly seq: number | null; readonly end: StreamEnd | null }
  /** 409: what was sent does not chain; the epoch was closed at its last good seq (S2). */
  | { readonly kind: 'chain_broken'; readonly end: StreamEnd | null }
  /** 410 (E6). */
  | { readonly kind: 'epoch_closed'; readonly end: StreamEnd | null }
  | { readonly kind: 'too_large' }
  /** 401. */
  | { readonly kind: 'unauthenticated' }
  /** 426. */
  | { readonly kind: 'upgrade_needed' }
  /** 429 and 503. */
  | { readonly kind: 'busy'; readonly retryAfterMs: number }
  /** 403, 422, any other status, in the server's own words. */
  | { readonly kind: 'not_understood'; readonly status: number; readonly detail: string }
  /** Not the server's words, whatever the status: a proxy's page, or a good answer that breaks its schema. */
  | { readonly kind: 'strange'; readonly detail: string }
  | { readonly kind: 'unreachable'; readonly detail: string };

/** What the outbox does with an answer. There is no step that drops an event (K3, S3). */
export type OutboxStep =
  /** Move the acknowledged position to `acknowledged`, forward or back. */
  | { readonly do: 'advance'; readonly acknowledged: number; readonly credits: number }
  | { readonly do: 'rewind'; readonly acknowledged: number }
  /** The server is not who it was, or speaks nonsense about us: start at its state (K3). */
  | { readonly do: 'ask_state'; readonly why: string }
  /** Stop writing; a person has to enrol the kiosk anew. */
  | { readonly do: 'stop_writing'; readonly code: StopCode; readonly why: string }
  | { readonly do: 'new_token' }
  /** Halve the batch and send the smaller one after a pause. */
  | { readonly do: 'shrink'; readonly why: string }
  | { readonly do: 'retry_later'; readonly retryAfterMs: number; readonly why: string };

/** What was sent and what is known at that moment. */
export interface PushContext {
  readonly from: number;
  readonly to: number;
  /** Null before the first contact. */
  readonly logId: string | null;
}

/** An app too old for its server is not helped by asking every second. */
const UPGRADE_RETRY_MS = 60_000;

/** S2: what each answer to a push means for the outbox. */
export function outboxStep(answer: PushAnswer, sent: PushContext): OutboxStep {
  switch (answer.kind) {
    case 'stored':
      return afterStored(answer.response, sent);
    case 'gap':
      // A server that holds less than it said is believed; one that wants events of the future, or the very ones we
      // sent, is asked for its state.
      return answer.needFrom < sent.from
        ? { do: 'rewind', acknowledged: answer.needFrom - 1 }
        : { do: 'ask_state', why: `the server needs ${answer.needFrom} and was sent ${sent.from}` };
    case 'equivocation':
      return {
        do: 'stop_writing',
        code: 'other_past',
        why: `the server holds another event at ${answer.seq ?? 'a seq of ours'}: this kiosk was restored or cloned`,
      };
    case 'epoch_closed':
      return { do: 'stop_writing', code: 'closed', why: 'this enrolment was closed at HQ' };
    case 'chain_broken':
      return { do: 'stop_writing', code: 'chain_broken', why: "this kiosk's log does not chain: its disk was changed" };
    case 'too_large':
      return { do: 'shrink', why: 'the server found the push too large' };
    case 'unauthenticated':
      return { do: 'new_token' };
    case 'upgrade_needed':
      return { do: 'retry_later', retryAfterMs: UPGRADE_RETRY_MS, why: 'the server needs a newer version of this app' };
    case 'busy':
      return { do: 'retry_later', retryAfterMs: answer.retryAfterMs, why: 'the server is busy' };
    case 'not_understood':
      // Perhaps one event upsets something on the way: smaller batches let the ones before it through (K5).
      return { do: 'shrink', why: `answer ${answer.status}: ${answer.detail}` };
    // A page of something on the way may say that the push was too large for it; it judges nothing else.
    case 'strange':
    case 'unreachable':
      return { do: 'shrink', why: answer.detail };
    default:
      return assertNever(answer);
  }
}

function afterStored(response: PushResponse, sent: PushContext): OutboxStep {
  if (sent.logId !== null && response.logId !== sent.logId)
    return { do: 'ask_state', why: 'the server has another log' };
  if (response.acknowledged < sent.from - 1) return { do: 'rewind', acknowledged: response.acknowledged };
  return { do: 'advance', acknowledged: response.acknowledged, credits: response.credits };
}

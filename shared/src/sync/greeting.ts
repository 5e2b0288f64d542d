import type { StateResponse } from '../protocol/state.ts';
import type { StopCode } from './stop-code.ts';

/** What a node knows of itself when the server says what it holds. */
export interface OwnPast {
  readonly node: string;
  readonly epoch: number;
  readonly headSeq: number;
  /** The log the node last spoke to; null before the first contact. */
  readonly logId: string | null;
  /** The hash of its own event at the server's `acknowledged`; null if it is not held. */
  readonly hashAtAcknowledged: string | null;
}

export type GreetingStep =
  | { readonly do: 'go_on' }
  /** The server was restored or replaced: pull from the beginning, push from its word on (E8). */
  | { readonly do: 'start_over' }
  /** The server holds a past of ours that we do not have (E6). */
  | { readonly do: 'stop_writing'; readonly code: StopCode; readonly why: string }
  | { readonly do: 'retry_later'; readonly why: string };

/** K3: compares the server's word with our own log at the start of every session. */
export function greetingStep(state: StateResponse, own: OwnPast): GreetingStep {
  if (state.node !== own.node || state.epoch !== own.epoch) {
    return { do: 'retry_later', why: `the server took us for ${state.node}/${state.epoch}` };
  }
  if (state.acknowledged > own.headSeq) {
    return {
      do: 'stop_writing',
      code: 'restored',
      why: `the server holds our event ${state.acknowledged} and we end at ${own.headSeq}: this kiosk was restored`,
    };
  }
  if (own.hashAtAcknowledged !== null && own.hashAtAcknowledged !== state.acknowledgedHash) {
    return {
      do: 'stop_writing',
      code: 'other_past',
      why: `the server holds another event at ${state.acknowledged}: this kiosk was restored or cloned`,
    };
  }
  return own.logId !== null && own.logId !== state.logId ? { do: 'start_over' } : { do: 'go_on' };
}

import { PUSH_BYTES_MAX, PUSH_EVENTS_MAX } from '@skygate/shared/protocol/limits';
import type { PushRequest } from '@skygate/shared/protocol/push';
import type { PushAnswer } from '@skygate/shared/sync/outbox';
import { pushText } from '@skygate/shared/sync/push-text';
import { streamName } from '../event-log/deliveries.ts';

/**
 * Transactions that no push can hold (S2) and that nobody may part (M1): version 1 of the program measured a sale by its
 * tickets, of which 200 with a dozen kinds of people each are more. They stay where they are, with what follows them, and are
 * tried again like anything else: a server may come that takes them. Till then the kiosk says so, at itself and to HQ.
 */
export interface TooLarge {
  /** What became of a push of any stream. */
  answered(run: PushRequest, answer: PushAnswer): void;
  /** What is stuck, in words for support; null if nothing is. */
  stuck(): string | null;
}

export function createTooLarge(): TooLarge {
  const stuck = new Map<string, string>();
  return {
    answered: (run, answer) => {
      if (answer.kind === 'stored') stuck.delete(streamName(run));
      if (answer.kind !== 'too_large' && answer.kind !== 'not_understood') return;
      // A run that keeps to the limits is only sent in smaller parts.
      const bytes = Buffer.byteLength(pushText(run));
      if (run.events.length <= PUSH_EVENTS_MAX && bytes <= PUSH_BYTES_MAX) return;
      const what = `the transaction that begins at ${streamName(run)}/${run.from}`;
      stuck.set(streamName(run), `${what} is too large for a push: ${run.events.length} events, ${bytes} bytes`);
    },
    stuck: () => stuck.values().next().value ?? null,
  };
}

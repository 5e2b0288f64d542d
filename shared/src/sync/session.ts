import { assertNever } from '../lib/assert.ts';

/**
 * The life of one lane of sync. A kiosk runs two of them, upload and download, each on its own, so that neither ever
 * waits for the other (K5). Inputs only change the status; `nextSessionStep` alone decides what is done next.
 */
export const SESSION_STATUSES = [
  /** No contact: waits for its next try. */
  'disconnected',
  /** Asks for a token (S1). */
  'authenticating',
  /** Asks what the server has (K3): nothing is exchanged before that is known. */
  'greeting',
  /** In contact, nothing to do. */
  'idle',
  /** A push or a pull is on its way. */
  'exchanging',
  /** The server will have no more of this incarnation: a person has to enrol the kiosk again. */
  'refused',
  /** Stopped by us. */
  'closed',
] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];

export const SESSION_INPUTS = [
  /** Time to try (again): at start, when a wait is over, or because somebody asked. */
  'due',
  'token_given',
  /** The token is old or unknown (401). */
  'token_refused',
  'state_known',
  /** There is something to exchange. */
  'work',
  /** An exchange ended well. */
  'exchanged',
  /** What we believed of the server is wrong (a gap, another log): ask again. */
  'state_doubted',
  /** No answer, or one that says "later". */
  'failed',
  'refused_for_good',
  /** A new enrolment: another incarnation starts anew. */
  're_enrolled',
  'stop',
] as const;
export type SessionInput = (typeof SESSION_INPUTS)[number];

type Row = Readonly<Record<SessionInput, SessionStatus>>;

// What every living status does with what may come at any time; the rows below say the rest.
const ANY_TIME = {
  failed: 'disconnected',
  token_refused: 'authenticating',
  state_doubted: 'greeting',
  refused_for_good: 'refused',
  re_enrolled: 'disconnected',
  stop: 'closed',
} as const;

const stay = (status: SessionStatus): Row => ({
  due: status,
  token_given: status,
  token_refused: status,
  state_known: status,
  work: status,
  exchanged: status,
  state_doubted: status,
  failed: status,
  refused_for_good: status,
  re_enrolled: status,
  stop: status,
});

/** Every input in every status. An input that means nothing in a status leaves it as it is. */
export const SESSION_TABLE: Readonly<Record<SessionStatus, Row>> = {
  disconnected: {
    ...stay('disconnected'),
    due: 'authenticating',
    refused_for_good: 'refused',
    stop: 'closed',
  },
  authenticating: { ...stay('authenticating'), ...ANY_TIME, token_given: 'greeting', state_doubted: 'authenticating' },
  greeting: { ...stay('greeting'), ...ANY_TIME, state_known: 'idle' },
  idle: { ...stay('idle'), ...ANY_TIME, work: 'exchanging' },
  exchanging: { ...stay('exchanging'), ...ANY_TIME, exchanged: 'idle' },
  refused: { ...stay('refused'), re_enrolled: 'disconnected', stop: 'closed' },
  closed: stay('closed'),
};

export const sessionAfter = (status: SessionStatus, input: SessionInput): SessionStatus => SESSION_TABLE[status][input];

export type SessionStep = 'wait_for_retry' | 'get_token' | 'get_state' | 'wait_for_work' | 'exchange' | 'rest' | 'end';

/** The one place that decides what a lane does next. */
export function nextSessionStep(status: SessionStatus): SessionStep {
  switch (status) {
    case 'disconnected':
      return 'wait_for_retry';
    case 'authenticating':
      return 'get_token';
    case 'greeting':
      return 'get_state';
    case 'idle':
      return 'wait_for_work';
    case 'exchanging':
      return 'exchange';
    case 'refused':
      return 'rest';
    case 'closed':
      return 'end';
    default:
      return assertNever(status);
  }
}

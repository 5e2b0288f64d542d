import { describe, expect, it } from 'vitest';
import {
  nextSessionStep,
  SESSION_INPUTS,
  SESSION_STATUSES,
  SESSION_TABLE,
  type SessionInput,
  type SessionStatus,
  sessionAfter,
} from './session.ts';

const after = (...inputs: readonly SessionInput[]): SessionStatus => {
  let status: SessionStatus = 'disconnected';
  for (const input of inputs) status = sessionAfter(status, input);
  return status;
};

describe('sync session', () => {
  it('answers every input in every status', () => {
    for (const status of SESSION_STATUSES) {
      for (const input of SESSION_INPUTS) expect(SESSION_STATUSES).toContain(SESSION_TABLE[status][input]);
      expect(nextSessionStep(status)).toBeTypeOf('string');
    }
  });

  it('K3: exchanges nothing before the server has said what it has', () => {
    expect(after('due', 'token_given', 'work')).toBe('greeting');
    expect(after('due', 'token_given', 'state_known', 'work')).toBe('exchanging');
  });

  it('K3: after every loss of contact it asks for the state again', () => {
    expect(after('due', 'token_given', 'state_known', 'work', 'failed', 'due', 'token_given')).toBe('greeting');
  });

  it('gets a new token when the old one is refused, whatever it was doing', () => {
    expect(after('due', 'token_given', 'token_refused')).toBe('authenticating');
    expect(after('due', 'token_given', 'state_known', 'token_refused')).toBe('authenticating');
    expect(after('due', 'token_given', 'state_known', 'work', 'token_refused')).toBe('authenticating');
  });

  it('E6: stays refused until the kiosk is enrolled anew', () => {
    for (const input of SESSION_INPUTS.filter((name) => name !== 're_enrolled' && name !== 'stop')) {
      expect(sessionAfter('refused', input)).toBe('refused');
    }
    expect(sessionAfter('refused', 're_enrolled')).toBe('disconnected');
  });

  it('closes for good', () => {
    for (const status of SESSION_STATUSES) expect(sessionAfter(status, 'stop')).toBe('closed');
    for (const input of SESSION_INPUTS) expect(sessionAfter('closed', input)).toBe('closed');
  });
});

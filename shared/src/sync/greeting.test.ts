import { describe, expect, it } from 'vitest';
import type { StateResponse } from '../protocol/state.ts';
import { CHAIN_START } from './chain.ts';
import { greetingStep, type OwnPast } from './greeting.ts';

const hash = 'a'.repeat(64);
const state: StateResponse = {
  protocolVersion: 1,
  node: 'k-1',
  epoch: 2,
  acknowledged: 7,
  acknowledgedHash: hash,
  durable: true,
  logId: 'log-1',
  head: 99,
  hq: { node: 'hq:park', epoch: 1, publicKey: 'A'.repeat(43) },
  peopleRevision: 0,
  serverMs: 1,
};
const own: OwnPast = { node: 'k-1', epoch: 2, headSeq: 9, logId: 'log-1', hashAtAcknowledged: hash };

describe('K3: a session starts with the word of the server', () => {
  it('goes on when the past is the same, however little of it the server has', () => {
    expect(greetingStep(state, own)).toEqual({ do: 'go_on' });
    const empty = { ...state, acknowledged: 0, acknowledgedHash: CHAIN_START };
    expect(greetingStep(empty, { ...own, hashAtAcknowledged: CHAIN_START })).toEqual({ do: 'go_on' });
    expect(greetingStep(state, { ...own, logId: null })).toEqual({ do: 'go_on' });
  });

  it('does not compare a past that was pruned here', () => {
    expect(greetingStep(state, { ...own, hashAtAcknowledged: null })).toEqual({ do: 'go_on' });
  });

  it('E8: starts over when the log is another one', () => {
    expect(greetingStep({ ...state, logId: 'log-2' }, own)).toEqual({ do: 'start_over' });
  });

  it('E6: a node that meets a higher seq or another past of its own epoch stops writing', () => {
    expect(greetingStep({ ...state, acknowledged: 10 }, own)).toMatchObject({ do: 'stop_writing', code: 'restored' });
    expect(greetingStep(state, { ...own, hashAtAcknowledged: 'b'.repeat(64) })).toMatchObject({
      do: 'stop_writing',
      code: 'other_past',
    });
    // A log that is new as well does not make the fork harmless.
    expect(greetingStep({ ...state, logId: 'log-2', acknowledged: 10 }, own).do).toBe('stop_writing');
  });

  it('believes nothing that is said of another node', () => {
    expect(greetingStep({ ...state, epoch: 3 }, own).do).toBe('retry_later');
  });
});

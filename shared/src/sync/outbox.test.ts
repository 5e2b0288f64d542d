import { describe, expect, it } from 'vitest';
import { outboxStep, type PushAnswer } from './outbox.ts';

const sent = { from: 11, to: 20, logId: 'log-1' };
const stored = (acknowledged: number, logId = 'log-1'): PushAnswer => ({
  kind: 'stored',
  response: { acknowledged, durable: true, logId, credits: 200 },
});

describe('S2: what the outbox does with each answer', () => {
  it('advances to what is acknowledged, whole or part', () => {
    expect(outboxStep(stored(20), sent)).toEqual({ do: 'advance', acknowledged: 20, credits: 200 });
    expect(outboxStep(stored(14), sent)).toMatchObject({ do: 'advance', acknowledged: 14 });
  });

  it('K3: rewinds when the server knows less than we thought', () => {
    expect(outboxStep(stored(3), sent)).toEqual({ do: 'rewind', acknowledged: 3 });
    expect(outboxStep({ kind: 'gap', needFrom: 5 }, sent)).toEqual({ do: 'rewind', acknowledged: 4 });
  });

  it('asks for the state when a gap makes no sense, instead of sending the same for ever', () => {
    expect(outboxStep({ kind: 'gap', needFrom: 11 }, sent).do).toBe('ask_state');
    expect(outboxStep({ kind: 'gap', needFrom: 50 }, sent).do).toBe('ask_state');
  });

  it('E8: asks for the state when the log is another one, whatever it acknowledges', () => {
    expect(outboxStep(stored(20, 'log-2'), sent).do).toBe('ask_state');
    expect(outboxStep(stored(20, 'log-2'), { ...sent, logId: null }).do).toBe('advance');
  });

  it.each([
    ['equivocation', 'other_past'],
    ['chain_broken', 'chain_broken'],
    ['epoch_closed', 'closed'],
  ] as const)('E6: stops writing on %s, and says that it is %s', (kind, code) => {
    expect(outboxStep({ kind, seq: 12, end: null }, sent)).toMatchObject({ do: 'stop_writing', code });
  });

  it('gets a new token, shrinks, or waits as told', () => {
    expect(outboxStep({ kind: 'unauthenticated' }, sent)).toEqual({ do: 'new_token' });
    expect(outboxStep({ kind: 'too_large' }, sent).do).toBe('shrink');
    expect(outboxStep({ kind: 'busy', retryAfterMs: 3000 }, sent)).toMatchObject({
      do: 'retry_later',
      retryAfterMs: 3000,
    });
    expect(outboxStep({ kind: 'upgrade_needed' }, sent)).toMatchObject({ do: 'retry_later', retryAfterMs: 60_000 });
    expect(outboxStep({ kind: 'unreachable', detail: 'timeout' }, sent)).toEqual({ do: 'shrink', why: 'timeout' });
  });

  it('a bad answer never makes the outbox drop or skip an event', () => {
    const bad: PushAnswer = { kind: 'not_understood', status: 400, detail: 'malformed' };
    expect(outboxStep(bad, sent)).toEqual({ do: 'shrink', why: 'answer 400: malformed' });
  });
});

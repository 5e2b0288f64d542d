import type { PushRequest } from '@skygate/shared/protocol/push';
import type { PushAnswer } from '@skygate/shared/sync/outbox';
import { expect, it } from 'vitest';
import type { EventLog } from '../event-log/event-log.ts';
import { createOtherDeliveries } from './deliver-others.ts';

const STREAM = { node: 'k-0000000000000001', epoch: 1 };
const SEALED = { headHash: 'a'.repeat(64), hlc: '0', kid: 'kid', signature: 'signature' };

const run = (from: number): PushRequest => ({
  ...STREAM,
  from,
  events: [],
  seal: { ...STREAM, ...SEALED, to: from },
});

const stored = (acknowledged: number, logId = 'log-1'): PushAnswer => ({
  kind: 'stored',
  response: { acknowledged, durable: true, logId, credits: 500 },
});

/** A log with a stream of somebody else's that is wanted whatever became of it. */
function fakeLog(): EventLog {
  const others = { delivered: () => ({ ok: true, value: undefined }) };
  return { others, position: () => ({ logId: 'log-1' }) } as unknown as EventLog;
}

const log = { info: () => {}, warn: () => {}, error: () => {} };

it('S5, K5: a run that the server takes and wants again is given again at once a few times, then as after a failure', () => {
  const deliveries = createOtherDeliveries({ eventLog: fakeLog(), log });
  const give = (from: number) => deliveries.answered({ run: run(from), kind: 'stream' }, stored(from)).input;
  const circle = Array.from({ length: 5 }, () => [give(1), give(2)]);
  expect(circle.map(([first]) => first)).toEqual(['exchanged', 'exchanged', 'exchanged', 'failed', 'failed']);
  expect(circle.map(([, second]) => second)).toEqual(['exchanged', 'exchanged', 'exchanged', 'failed', 'failed']);
  // What it never wanted before goes on at once.
  expect(give(3)).toBe('exchanged');
});

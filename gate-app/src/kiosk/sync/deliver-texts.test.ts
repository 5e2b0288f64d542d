import { err, ok } from '@skygate/shared/lib/result';
import { describe, expect, it, vi } from 'vitest';
import type { TextToDeliver } from '../event-log/text-store.ts';
import { placeOfText } from '../event-log/text-store.ts';
import { silentLog } from '../testing/test-park.ts';
import { createTextDeliveries, type TextDeliveryDeps } from './deliver-texts.ts';

const LOG_ID = 'log-1';
const signal = new AbortController().signal;
const WORDS = { name: 'n'.repeat(43), salt: 's'.repeat(22), text: 'Айбек взял на молоко' };
const lost: TextToDeliver = { ...WORDS, node: 'k-1', epoch: 1, seq: 7 };
const recorded: TextToDeliver = { ...WORDS, node: 'k-2', epoch: 1, seq: 3 };

/** A kiosk whose one text waits, and a server that has these verdicts. */
function deliveriesTo(...verdicts: readonly string[]) {
  let place = lost;
  const answers = [...verdicts];
  const sent: (readonly TextToDeliver[])[] = [];
  const delivered = vi.fn(() => ok(null));
  const next = (except: ReadonlySet<string>) => (except.has(placeOfText(place)) ? [] : [place]);
  const identity = { node: 'k-2', epoch: 1, serverUrl: 'http://hq' };
  let meanwhile = (): void => {};
  let pages = 0;
  let faults = 0;
  const deps = {
    eventLog: {
      identity: () => identity,
      position: () => ({ logId: LOG_ID }),
      texts: { next, hasNext: (except: ReadonlySet<string>) => next(except).length > 0, delivered },
    },
    tokens: { current: () => 'token' },
    link: {
      protocolVersion: () => 2,
      ask: async (_url: string, { body }: { body: string }) => {
        sent.push(JSON.parse(body).texts);
        meanwhile();
        if (pages > 0) {
          pages -= 1;
          return err({ kind: 'nonsense', status: 403, detail: 'a page', retryAfterMs: 0 });
        }
        if (faults > 0) {
          faults -= 1;
          return err({ kind: 'refused', refusal: { status: 500, code: 'internal', detail: 'it fell over' } });
        }
        return ok({ verdicts: [answers.shift()], logId: LOG_ID, held: 1 });
      },
    },
    log: silentLog,
  };
  return {
    deliveries: createTextDeliveries(deps as unknown as TextDeliveryDeps),
    sent,
    delivered,
    /** So often something on the way answers in the server's place. */
    standInTheWay: (times: number) => {
      pages = times;
    },
    /** So often the server itself fails over it. */
    failAtServer: (times: number) => {
      faults = times;
    },
    /** While the next question is out, the text's event is recorded again. */
    recordedMeanwhile: () => {
      meanwhile = () => {
        place = recorded;
      };
    },
  };
}

describe('texts on their way to the server', () => {
  it('E5: what it does not take waits for the next session', async () => {
    const { deliveries, sent } = deliveriesTo('not_named', 'kept');
    await deliveries.exchange(signal);
    expect(deliveries.hasWork()).toBe(false);
    deliveries.tryAgain();
    expect(deliveries.hasWork()).toBe(true);
    await deliveries.exchange(signal);
    expect(sent).toEqual([[lost], [lost]]);
  });

  it('X4, E5: what a server in trouble does not take is not done: it stays to be sent, and the lane backs off', async () => {
    const { deliveries, failAtServer, delivered } = deliveriesTo('kept');
    failAtServer(3);
    for (let tries = 0; tries < 3; tries += 1) {
      expect(await deliveries.exchange(signal)).toMatchObject({ input: 'failed' });
      expect(deliveries.hasWork()).toBe(true);
    }
    await deliveries.exchange(signal);
    expect(delivered).toHaveBeenLastCalledWith([WORDS.name], 1);
  });

  it('E5, E6: refused under an event that gave way meanwhile, it goes with the one that holds it now, in the same session', async () => {
    const { deliveries, sent, delivered, recordedMeanwhile } = deliveriesTo('not_named', 'kept');
    recordedMeanwhile();
    await deliveries.exchange(signal);
    expect(deliveries.hasWork()).toBe(true);
    await deliveries.exchange(signal);
    expect(sent).toEqual([[lost], [recorded]]);
    expect(delivered).toHaveBeenLastCalledWith([WORDS.name], 1);
  });

  it('K3, E5: a server without an event that it had is asked once what it has, and then not again for that', async () => {
    const { deliveries } = deliveriesTo('no_event', 'no_event');
    expect(await deliveries.exchange(signal)).toMatchObject({ input: 'state_doubted' });
    deliveries.tryAgain();
    expect(await deliveries.exchange(signal)).toEqual({ input: 'exchanged' });
    expect(deliveries.hasWork()).toBe(false);
  });

  it('E5, K5: what a page on the way keeps from the server waits behind the others, and is never taken for refused', async () => {
    const { deliveries, sent, standInTheWay } = deliveriesTo('not_named', 'kept');
    standInTheWay(3);
    for (let tries = 0; tries < 2; tries += 1)
      expect(await deliveries.exchange(signal)).toMatchObject({ input: 'failed' });
    expect(await deliveries.exchange(signal)).toEqual({ input: 'exchanged' });
    expect([deliveries.hasWork(), deliveries.takeUpUnheard(), deliveries.hasWork()]).toEqual([false, true, true]);
    await deliveries.exchange(signal);
    expect(sent).toHaveLength(4);
    // This was the server's own word.
    expect([deliveries.hasWork(), deliveries.takeUpUnheard(), deliveries.hasWork()]).toEqual([false, false, false]);
  });
});

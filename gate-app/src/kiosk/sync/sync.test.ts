import type { PushRequest } from '@skygate/shared/protocol/push';
import { describe, expect, it } from 'vitest';
import type { EventLog } from '../event-log/event-log.ts';
import type { HttpResponse } from '../ports.ts';
import { eventually } from '../testing/eventually.ts';
import type { Sync } from './sync.ts';
import { type FakeServer, json, problem } from './testing/fake-server.ts';
import { CALM, eachSyncingKiosk } from './testing/syncing-kiosk.ts';

describe('kiosk sync', () => {
  let server: FakeServer;
  let eventLog: EventLog;
  let sync: Sync;
  const { enrol, append, start, drained, told } = eachSyncingKiosk((kiosk) => {
    ({ server, eventLog, sync } = kiosk);
  });

  it('sends what is appended, and shows it', async () => {
    expect(sync.view().state).toBe('not_enrolled');
    await start();
    append(3);
    await drained();
    expect(server.held()).toBe(3);
    await eventually(() => expect(sync.view()).toMatchObject({ state: 'synced', waiting: 0, lastError: null }));
  });

  it('K5: an upload that fails for ever never stops the download', async () => {
    await start();
    server.always('push', () => problem(422, 'not_a_push'));
    append(2);
    const before = server.heard('pull');
    await eventually(() => expect(server.heard('push')).toBeGreaterThan(3));
    await eventually(() => expect(server.heard('pull')).toBeGreaterThan(before + 5));
    expect(sync.view()).toMatchObject({ state: 'offline', waiting: 2 });
    expect(sync.view().lastError).toContain('not_a_push');
  });

  it('K5: a download that fails for ever never stops the upload', async () => {
    await start();
    server.always('pull', () => json(200, { runs: 'nonsense' }));
    append(2);
    await drained();
    expect(server.held()).toBe(2);
  });

  it.each([
    ['equivocation', 409, 'other_past'],
    ['chain_broken', 409, 'chain_broken'],
    ['epoch_closed', 410, 'closed'],
  ])('E6: %s stops it, by a code of its own, and HQ hears of it at once', async (code, status, stop) => {
    server.always('telemetry', () => json(200, {}));
    await start();
    server.always('push', () => problem(status, code));
    append(1);
    await eventually(() => expect(eventLog.stop()).toMatchObject({ code: stop }));
    expect(eventLog.append([]).ok).toBe(false);
    await eventually(() => expect(told().at(-1)).toMatchObject({ problem: 'stopped_writing' }));
  });

  it.each([
    [403, 'wrong_stream'],
    [422, 'seal_refused'],
    [409, 'equivocation'],
  ])(
    'K5: an old stream that the server answers %i is not sent in a circle, and holds up nothing',
    async (status, code) => {
      await start();
      append(1);
      server.always('push', (request) => {
        const push = JSON.parse(request.body ?? '') as PushRequest;
        return push.epoch === 2 ? server.route('push')(request) : problem(status, code);
      });
      eventLog.stopWriting('test', 'closed');
      server.beginEpoch();
      await enrol();
      append(3);
      await drained();
      const [pushes, greetings, pulls] = ['push', 'state', 'pull'].map(server.heard) as [number, number, number];
      await eventually(() => expect(server.heard('pull')).toBeGreaterThan(pulls + 5));
      // Offered once more where the server was asked anew whether it still waits, as it is once in a while.
      expect(server.heard('push') - pushes).toBeLessThanOrEqual(1 + server.heard('state') - greetings);
      expect(eventLog.stopped()).toBeNull();
    },
  );

  const PORTAL: readonly HttpResponse[] = [
    ...[200, 400, 401, 403, 409, 410, 413, 422, 426].map((status) => ({ status, headers: {}, body: '<html>Log in' })),
    json(410, { type: 'about:blank', title: 'Gone', status: 410, code: 'epoch_closed' }),
    json(409, { type: 'about:blank', title: 'Conflict', status: 409, code: 'equivocation', needFrom: 1 }),
  ];
  it.each(PORTAL)(
    'S2, E6: the page of a network that wants a log-in refuses no stream, own or old: %o',
    async (page) => {
      await start();
      server.always('push', () => 'unreachable');
      append(1);
      eventLog.stopWriting('test', 'closed');
      server.beginEpoch();
      await enrol();
      const pages = { own: 2, old: 2 };
      server.always('push', (request) => {
        const push = JSON.parse(request.body ?? '') as PushRequest;
        const stream = push.epoch === 2 ? 'own' : 'old';
        pages[stream] -= 1;
        if (pages[stream] >= 0) return page;
        return stream === 'own'
          ? server.route('push')(request)
          : json(200, { acknowledged: push.seal.to, durable: true, logId: 'log-1', credits: 500 });
      });
      append(1);
      await eventually(() => expect(sync.view()).toMatchObject({ state: 'synced', waiting: 0 }));
      expect(eventLog.others.progress()).toMatchObject({ toDeliver: 0, recorded: 0 });
      expect(server.requests.filter(({ headers }) => headers['skygate-protocol'] === '1')).toEqual([]);
    },
  );

  it.each(PORTAL)('S2, E6: nor does it end this incarnation, whatever was asked: %o', async (page) => {
    await start();
    const names = ['nonce', 'token', 'state', 'push', 'pull', 'telemetry'];
    for (const name of names) server.always(name, () => page);
    append(1);
    const asked = server.requests.length;
    await eventually(() => expect(server.requests.length).toBeGreaterThan(asked + 10));
    expect(eventLog.stopped()).toBeNull();
    expect(sync.view().state).toBe('offline');
    for (const name of names) server.always(name, server.route(name) ?? (() => json(200, {})));
    await eventually(() => expect(sync.view()).toMatchObject({ state: 'synced', waiting: 0 }));
  });

  it('P1, E8: another list of people under a revision that it has is taken over whole', async () => {
    const person = { revision: 7, removed: false, name: 'Aigul', role: 'gate', pin: null };
    const listOf = (stamp: string, ...ids: string[]) =>
      json(200, { revision: 7, people: ids.map((staffId) => ({ ...person, staffId })), stamp });
    server.always('people', () => listOf('list-1', 'aigul', 'bakyt'));
    server.namePeople(7, 'list-1');
    await start();
    await eventually(() => expect(eventLog.position()).toMatchObject({ peopleRevision: 7, peopleStamp: 'list-1' }));
    const asked = server.heard('people');
    server.always('people', () => listOf('list-2', 'aigul'));
    server.namePeople(7, 'list-2');
    await eventually(() => expect(eventLog.position()).toMatchObject({ peopleRevision: 7, peopleStamp: 'list-2' }));
    const pulls = server.heard('pull');
    await eventually(() => expect(server.heard('pull')).toBeGreaterThan(pulls + 5));
    const paths = server.requests.map(({ path }) => path).filter((path) => path.startsWith('/sync/people'));
    expect(asked).toBe(1);
    expect(paths).toEqual(['/sync/people?after=0', '/sync/people?after=0']);
  });

  it('renews a token that the server does not take any more', async () => {
    await start();
    server.next('push', () => problem(401, 'unauthenticated'));
    append(1);
    await drained();
    expect(server.heard('token')).toBeGreaterThan(1);
  });

  it('shows that contact is lost, tests it on request, and comes back', async () => {
    await start();
    for (const name of ['nonce', 'token', 'state', 'push', 'pull']) server.always(name, () => 'unreachable');
    append(1);
    await eventually(() => expect(sync.view()).toMatchObject({ state: 'offline', waiting: 1 }));
    expect((await sync.testContact()).lastError).toBe('unreachable');
  });

  it('S5: tells how many events wait, and again when none does', async () => {
    server.always('telemetry', () => json(200, {}));
    await start();
    await eventually(() => expect(told()).toEqual([{ ...CALM, waiting: 0 }]));
    server.always('push', () => 'unreachable');
    append(3);
    await eventually(() => expect(told().at(-1)).toEqual({ ...CALM, waiting: 3, oldestWaitingMs: expect.any(Number) }));
    server.always('push', server.route('push'));
    sync.wake();
    await eventually(() => expect(told().at(-1)).toEqual({ ...CALM, waiting: 0 }));
  });

  it('S5: syncs on, whatever becomes of its telemetry', async () => {
    server.always('telemetry', () => problem(500, 'internal'));
    await start();
    append(2);
    await drained();
    await eventually(() => expect(server.heard('telemetry')).toBeGreaterThan(0));
    expect(sync.view()).toMatchObject({ state: 'synced', lastError: null });
  });
});

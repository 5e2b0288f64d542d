import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KNOWN_EVENT_VERSIONS } from '@skygate/shared/events/catalogue';
import { base64urlToBytes, bytesToBase64url, utf8ToBytes } from '@skygate/shared/lib/bytes';
import { type EnrolRequest, enrolmentProofText } from '@skygate/shared/protocol/enrol';
import { problemType } from '@skygate/shared/protocol/problem';
import type { PushRequest } from '@skygate/shared/protocol/push';
import { CHAIN_START } from '@skygate/shared/sync/chain';
import { fakeClock } from '@skygate/shared/testing/fake-clock';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEventLog, type EventLog } from '../event-log/event-log.ts';
import { openDatabase } from '../event-log/open-database.ts';
import { createKioskClock } from '../kiosk-clock.ts';
import { createNodeCrypto } from '../node-crypto.ts';
import { type HttpRequest, type HttpResponse, NetworkError, type Timers, type Transport } from '../ports.ts';
import { fixedKeys } from '../testing/fixed-keys.ts';
import { createSync, type Sync } from './sync.ts';

const NODE = 'k-0123456789ABCDEF';
const crypto = createNodeCrypto();
const hqPublicKey = bytesToBase64url(crypto.publicKeyOf(new Uint8Array(32).fill(7)));
const seeds = { nodeSeed: new Uint8Array(32).fill(1), signingSeed: new Uint8Array(32).fill(2) };

const json = (status: number, body: unknown): HttpResponse => ({ status, headers: {}, body: JSON.stringify(body) });
const problem = (status: number, code: string, more: object = {}): HttpResponse =>
  json(status, { type: problemType(code), title: code, status, code, ...more });

type Answered = HttpResponse | 'unreachable';
type Answer = (request: HttpRequest) => Answered | Promise<Answered>;

/** A fake server: a log of one kiosk in memory, whose answers a test may replace one by one. */
function fakeServer() {
  let held: string[] = [];
  let logId = 'log-1';
  let tokens = 0;
  let epoch = 1;
  let pullMore = (): object => ({});
  const requests: HttpRequest[] = [];
  const scripted = new Map<string, Answer[]>();
  const always = new Map<string, Answer>();
  const hashAt = (seq: number): string => held[seq - 1] ?? CHAIN_START;
  const routes: Record<string, Answer> = {
    enrol: () =>
      json(200, {
        park: 'ala-archa',
        node: NODE,
        epoch,
        name: 'Till 1',
        role: 'till',
        gateId: 'till-1',
        number: 1,
        logId,
        hq: { node: 'hq:ala-archa', epoch: 1, publicKey: hqPublicKey },
        serverMs: 1_795_262_400_000,
      }),
    nonce: () => json(200, { nonce: 'n'.repeat(22) }),
    token: () => {
      tokens += 1;
      return json(200, { access_token: `token-${tokens}-${'x'.repeat(20)}`, token_type: 'Bearer', expires_in: 900 });
    },
    state: () =>
      json(200, {
        protocolVersion: 1,
        node: NODE,
        epoch,
        acknowledged: held.length,
        acknowledgedHash: hashAt(held.length),
        durable: true,
        logId,
        head: 0,
        hq: { node: 'hq:ala-archa', epoch: 1, publicKey: hqPublicKey },
        peopleRevision: 0,
        serverMs: 1_795_262_400_000,
      }),
    push: ({ body }) => {
      const push = JSON.parse(body ?? '') as PushRequest;
      if (push.from > held.length + 1) return problem(409, 'gap', { needFrom: held.length + 1 });
      held = [
        ...held.slice(0, push.from - 1),
        ...push.events.map((_, index) => `${push.from + index}`.padStart(64, '0')),
      ];
      held[push.seal.to - 1] = push.seal.headHash;
      return json(200, { acknowledged: held.length, durable: true, logId, credits: 500 });
    },
    pull: ({ path }) => {
      const after = Number(new URLSearchParams(path.split('?')[1]).get('after'));
      return json(200, {
        runs: [],
        next: after,
        head: after,
        logId,
        gates: [],
        peopleRevision: 0,
        serverMs: 1,
        heldMs: 0,
        ...pullMore(),
      });
    },
  };
  const transport: Transport = {
    request: async (_url, request) => {
      requests.push(request);
      const name = request.path.replace('/sync/', '').split('?')[0] ?? '';
      const answer = scripted.get(name)?.shift() ?? always.get(name) ?? routes[name];
      const response = (await answer?.(request)) ?? problem(404, 'not_found');
      if (response === 'unreachable') throw new NetworkError('unreachable');
      return response;
    },
  };
  return {
    transport,
    requests,
    next: (name: string, ...answers: Answer[]) => scripted.set(name, answers),
    always: (name: string, answer: Answer) => always.set(name, answer),
    route: (name: string): Answer => routes[name] as Answer,
    heard: (name: string) => requests.filter((request) => request.path.startsWith(`/sync/${name}`)).length,
    held: () => held.length,
    beginEpoch: () => {
      epoch += 1;
      held = [];
    },
    /** What version 2 says with every page. */
    sayAcknowledged: () => {
      pullMore = () => ({ acknowledged: held.length, durable: true });
    },
    lose: (from: number) => {
      held = held.slice(0, from);
    },
    /** What version 2 says of people with every page. */
    namePeople: (peopleRevision: number, peopleStamp: string) => {
      pullMore = () => ({ peopleRevision, peopleStamp });
    },
    replaceHead: () => {
      held[held.length - 1] = 'f'.repeat(64);
    },
    restart: (name: string) => {
      logId = name;
    },
  };
}

describe('kiosk sync', () => {
  let folder: string;
  let server: ReturnType<typeof fakeServer>;
  let eventLog: EventLog;
  let sync: Sync;
  let close: () => void;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skygate-sync-'));
    server = fakeServer();
    const keys = fixedKeys(seeds);
    const database = openDatabase(join(folder, 'kiosk.sqlite'));
    const clock = createKioskClock(fakeClock());
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    eventLog = createEventLog({ database, crypto, clock, random: seededRandom('texts'), nodeSeed: keys.nodeSeed, log });
    // A pause of the fake lasts one turn of the event loop, whatever its length.
    const timers: Timers = { sleep: () => new Promise((done) => setImmediate(done)) };
    const { transport } = server;
    const random = seededRandom(1);
    const catalogueInUse = () => ({ generation: 1, stateHash: 'c'.repeat(64) });
    const learnRevoked = (why: string) => void eventLog.stopWriting(why, 'revoked');
    const told = { appVersion: 'test', catalogueInUse, learnRevoked };
    sync = createSync({ eventLog, clock, transport, random, timers, crypto, log, keys, ...told });
    close = () => database.close();
  });

  afterEach(async () => {
    await sync.stop();
    close();
    rmSync(folder, { recursive: true, force: true });
  });

  const enrol = () => sync.enrol({ serverUrl: 'http://hq.example:4800/', code: 'abcd-2345' });
  const append = (count: number): void => {
    for (let index = 0; index < count; index += 1) {
      const body = { shiftId: '0123456789ABCDEF', amountMinor: 100, reason: 'float' };
      const subject = 'shift:0123456789ABCDEF';
      eventLog.append([{ type: 'CashMoved', version: 1, subject, cause: null, actor: 'staff:aigul', body }]);
    }
  };
  const start = async (): Promise<void> => {
    await enrol();
    void sync.run();
    await vi.waitFor(() => expect(sync.view().state).toBe('synced'));
  };
  const drained = (): Promise<void> => vi.waitFor(() => expect(eventLog.waiting().count).toBe(0), 5000);

  it('S1: enrols with a proof of its key, and asks again with the same key when the answer was lost', async () => {
    server.next('enrol', () => 'unreachable');
    expect(await enrol()).toMatchObject({ ok: false, error: { code: 'server_unreachable' } });
    expect(eventLog.identity()).toBeNull();
    expect(await enrol()).toMatchObject({ ok: true, value: { node: NODE, epoch: 1 } });
    expect(eventLog.identity()).toMatchObject({ node: NODE, serverUrl: 'http://hq.example:4800' });
    const [first, second] = server.requests.map((request) => JSON.parse(request.body ?? ''));
    expect(second).toEqual(first);
    const proof = utf8ToBytes(enrolmentProofText('ABCD2345', first.publicKey, first.signingPublicKey));
    const bytes = (text: string): Uint8Array => base64urlToBytes(text) ?? new Uint8Array();
    expect(crypto.verify(bytes(first.publicKey), proof, bytes(first.proof))).toBe(true);
  });

  it('S1: asks with the same keys under another code, and with new ones once these are somebody else’s', async () => {
    server.next('enrol', () => 'unreachable');
    await enrol();
    server.next('enrol', () => problem(401, 'unauthenticated'));
    const other = await sync.enrol({ serverUrl: 'http://hq.example:4800', code: 'WXYZ6789' });
    expect(other).toMatchObject({ ok: true });
    const [first, second, third] = server.requests.map((request) => JSON.parse(request.body ?? ''));
    expect(second).toMatchObject({ code: 'WXYZ6789', publicKey: first.publicKey });
    expect(third.code).toBe('WXYZ6789');
    expect(third.publicKey).not.toBe(first.publicKey);
    expect(third.signingPublicKey).not.toBe(first.signingPublicKey);
  });

  it('S1: says plainly why a code does not work', async () => {
    const cases: [HttpResponse, string][] = [
      [problem(404, 'not_found'), 'enrolment_code_unknown'],
      [problem(409, 'enrolment_code_used'), 'enrolment_code_used'],
      [problem(410, 'enrolment_code_expired'), 'enrolment_code_expired'],
      [problem(429, 'too_many_requests'), 'server_refused'],
      [{ status: 502, headers: {}, body: '<html>Bad gateway</html>' }, 'server_refused'],
      [json(200, { park: 'ala-archa' }), 'server_refused'],
    ];
    for (const [response, code] of cases) {
      server.next('enrol', () => response);
      expect(await enrol()).toMatchObject({ ok: false, error: { code } });
    }
    expect(await sync.enrol({ serverUrl: 'ftp://hq', code: 'ABCD2345' })).toMatchObject({
      error: { code: 'bad_input' },
    });
    expect(await sync.enrol({ serverUrl: 'http://hq', code: 'ABC' })).toMatchObject({
      error: { code: 'enrolment_code_unknown' },
    });
    expect(eventLog.identity()).toBeNull();
  });

  it('sends what is appended, and shows it', async () => {
    expect(sync.view().state).toBe('not_enrolled');
    await start();
    append(3);
    await drained();
    expect(server.held()).toBe(3);
    await vi.waitFor(() => expect(sync.view()).toMatchObject({ state: 'synced', waiting: 0, lastError: null }));
  });

  it('K5: an upload that fails for ever never stops the download', async () => {
    await start();
    server.always('push', () => problem(422, 'not_a_push'));
    append(2);
    const before = server.heard('pull');
    await vi.waitFor(() => expect(server.heard('push')).toBeGreaterThan(3), 5000);
    await vi.waitFor(() => expect(server.heard('pull')).toBeGreaterThan(before + 5), 5000);
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

  it('K3: sends again what the server lost', async () => {
    await start();
    append(4);
    await drained();
    server.lose(1);
    append(1);
    await vi.waitFor(() => expect(server.held()).toBe(5), 5000);
    await drained();
  });

  it('E8: another log starts the pull at the beginning and the push at the word of the server', async () => {
    await start();
    append(2);
    await drained();
    server.lose(0);
    server.restart('log-2');
    await vi.waitFor(() => expect(eventLog.position().logId).toBe('log-2'), 5000);
    await vi.waitFor(() => expect(server.held()).toBe(2), 5000);
  });

  it('E8: tells a server that began anew, once, that nothing it lacks is here any more', async () => {
    await start();
    append(2);
    await drained();
    server.lose(0);
    server.restart('log-2');
    await vi.waitFor(() => expect(server.held()).toBe(2), 5000);
    const paths = (): readonly string[] => server.requests.map(({ path }) => path);
    const greetings = (): number => paths().filter((path) => path === '/sync/state').length;
    const greetedAfterAll = (): boolean => paths().lastIndexOf('/sync/state') > paths().lastIndexOf('/sync/push');
    await vi.waitFor(() => expect(greetedAfterAll()).toBe(true), 5000);
    const told = greetings();
    const pages = server.heard('pull');
    await vi.waitFor(() => expect(server.heard('pull')).toBeGreaterThan(pages + 20), 5000);
    expect(greetings()).toBe(told);
  });

  it.each(['push', 'state'])('E8: a late answer to a %s, of a log that is gone, is not believed', async (name) => {
    // given an answer that is on its way for long
    await start();
    let arrive: () => void = () => {};
    const arrival = new Promise<void>((done) => {
      arrive = done;
    });
    const late: Answer = async (request) => {
      const answer = await server.route(name)(request);
      await arrival;
      return answer;
    };
    // A token refused makes the upload greet anew; the download does not take part.
    if (name === 'state') server.next('push', () => problem(401, 'unauthenticated'));
    server.next(name, late);
    append(2);
    await vi.waitFor(() => expect(server.heard(name)).toBeGreaterThan(name === 'push' ? 0 : 2), 5000);
    // when the server has lost its log meanwhile, and the kiosk has learnt of it
    server.lose(0);
    server.restart('log-2');
    await vi.waitFor(() => expect(eventLog.position().logId).toBe('log-2'), 5000);
    const acknowledge = vi.spyOn(eventLog, 'acknowledge');
    const resetCursor = vi.spyOn(eventLog, 'resetCursor');
    arrive();
    // then nothing of the old log is noted, and all is sent to the new one
    await vi.waitFor(() => expect(server.held()).toBe(2), 5000);
    await drained();
    expect(acknowledge.mock.calls.map(([noted]) => noted.logId)).not.toContain('log-1');
    expect(resetCursor).not.toHaveBeenCalled();
  });

  it('E6: stops writing when the server holds another past of its own', async () => {
    await start();
    append(2);
    await drained();
    server.replaceHead();
    server.next('pull', () => 'unreachable');
    await vi.waitFor(() => expect(sync.view().state).toBe('refused'), 5000);
    expect(eventLog.append([]).ok).toBe(false);
  });

  it('E6: equivocation stops the upload, a new enrolment starts it again', async () => {
    await start();
    server.next('push', () => problem(409, 'equivocation', { needFrom: 1 }));
    append(1);
    await vi.waitFor(() => expect(eventLog.stopped()).not.toBeNull(), 5000);
    expect(sync.view().state).toBe('refused');
    server.beginEpoch();
    expect((await enrol()).ok).toBe(true);
    await vi.waitFor(() => expect(sync.view().state).not.toBe('refused'), 5000);
  });

  it('K3: an idle kiosk notices with the next page that the server lost its tail', async () => {
    await start();
    server.sayAcknowledged();
    append(3);
    await drained();
    server.lose(0);
    // Nothing is appended, nothing fails: only the page says it.
    await vi.waitFor(() => expect(server.held()).toBe(3), 5000);
    await drained();
    expect(sync.view()).toMatchObject({ state: 'synced', lastError: null });
  });

  it('K3: believes no page that is older than what was acknowledged meanwhile', async () => {
    await start();
    append(1);
    await drained();
    // A page that was read before the next push, and arrives after it.
    let arrive: () => void = () => {};
    const arrival = new Promise<void>((done) => {
      arrive = done;
    });
    server.sayAcknowledged();
    server.next('pull', async (request) => {
      const answer = await server.route('pull')(request);
      await arrival;
      return answer;
    });
    const pulls = server.heard('pull');
    await vi.waitFor(() => expect(server.heard('pull')).toBeGreaterThan(pulls));
    append(2);
    await drained();
    const states = server.heard('state');
    arrive();
    const after = server.heard('pull');
    await vi.waitFor(() => expect(server.heard('pull')).toBeGreaterThan(after + 1));
    expect(server.heard('state')).toBe(states);
    expect(eventLog.waiting().count).toBe(0);
  });

  it('E6: a page that knows more of it than it wrote makes it ask, and stop as restored', async () => {
    await start();
    append(1);
    await drained();
    server.always('pull', async (request) => {
      const answer = (await server.route('pull')(request)) as HttpResponse;
      return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), acknowledged: 9 }) };
    });
    server.always('state', async (request) => {
      const answer = (await server.route('state')(request)) as HttpResponse;
      return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), acknowledged: 9 }) };
    });
    await vi.waitFor(() => expect(eventLog.stop()).toMatchObject({ code: 'restored' }), 5000);
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
    await vi.waitFor(() => expect(eventLog.stop()).toMatchObject({ code: stop }), 5000);
    expect(eventLog.append([]).ok).toBe(false);
    await vi.waitFor(() => expect(told().at(-1)).toMatchObject({ problem: 'stopped_writing' }), 5000);
  });

  it('E6: HQ closing the epoch stops the kiosk, where it asks for a token too', async () => {
    await start();
    for (const name of ['pull', 'nonce', 'token']) server.always(name, () => problem(410, 'epoch_closed'));
    await vi.waitFor(() => expect(eventLog.stop()).toMatchObject({ code: 'closed' }), 5000);
    expect(sync.view().state).toBe('refused');
  });

  it('E6: enrols anew with keys of its own, and delivers what it had not sent, without stopping its present stream', async () => {
    await start();
    append(2);
    await drained();
    server.always('push', () => problem(410, 'epoch_closed'));
    append(2);
    await vi.waitFor(() => expect(eventLog.stop()).not.toBeNull(), 5000);
    server.beginEpoch();
    const pushes: PushRequest[] = [];
    server.always('push', (request) => {
      const push = JSON.parse(request.body ?? '') as PushRequest;
      pushes.push(push);
      if (push.epoch === 2) return server.route('push')(request);
      return json(200, { acknowledged: push.seal.to, durable: true, logId: 'log-1', credits: 500 });
    });
    expect((await enrol()).ok).toBe(true);
    append(1);
    await vi.waitFor(() => expect(eventLog.others.progress()).toMatchObject({ toDeliver: 0 }), 5000);
    await drained();
    expect(pushes.map(({ epoch, from }) => [epoch, from]).sort()).toEqual([
      [1, 3],
      [2, 1],
    ]);
    const [first, second] = enrolments();
    expect(second?.publicKey).not.toBe(first?.publicKey);
    expect(second?.signingPublicKey).not.toBe(first?.signingPublicKey);
  });

  it('E6: old records wait, on its screen and in what it tells HQ, until they are delivered', async () => {
    server.always('telemetry', () => json(200, {}));
    await start();
    server.always('push', () => problem(410, 'epoch_closed'));
    append(2);
    await vi.waitFor(() => expect(eventLog.stop()).not.toBeNull(), 5000);
    server.beginEpoch();
    let take = (_: HttpResponse): void => {};
    const taken = new Promise<HttpResponse>((resolve) => {
      take = resolve;
    });
    const deliveries: number[] = [];
    server.always('push', (request) => {
      deliveries.push((JSON.parse(request.body ?? '') as PushRequest).epoch);
      return taken;
    });
    expect((await enrol()).ok).toBe(true);
    const since = expect.any(Number);
    try {
      await vi.waitFor(() => expect(deliveries).toEqual([1]), 5000);
      expect(sync.view()).toMatchObject({ state: 'sending', waiting: 2, oldestWaitingMs: since });
      await vi.waitFor(() => expect(told().at(-1)).toEqual({ ...CALM, waiting: 2, oldestWaitingMs: since }), 5000);
    } finally {
      take(json(200, { acknowledged: 2, durable: true, logId: 'log-1', credits: 500 }));
    }
    await vi.waitFor(() => expect(sync.view()).toMatchObject({ state: 'synced', waiting: 0 }), 5000);
    await vi.waitFor(() => expect(told().at(-1)).toEqual({ ...CALM, waiting: 0 }), 5000);
  });

  it('E8: the word is owed as long as the server wanted something when it was greeted, also what could not be given then', async () => {
    const wants = [{ node: 'k-00000000000000ZZ', epoch: 1, from: 1 }];
    server.always('state', async (request) => {
      const answer = (await server.route('state')(request)) as HttpResponse;
      return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), wants }) };
    });
    await start();
    for (let time = 0; time < 2; time += 1) {
      const greeted = server.heard('state');
      append(1);
      await drained();
      await vi.waitFor(() => expect(server.heard('state')).toBeGreaterThan(greeted), 5000);
    }
  });

  it('E8: a server that does not know it is no reason to stop; it says so until the server knows it again', async () => {
    await start();
    for (const name of ['pull', 'push', 'state']) server.always(name, () => problem(401, 'unauthenticated'));
    server.always('token', () => problem(401, 'unknown_kiosk'));
    await vi.waitFor(() => expect(sync.view().state).toBe('unknown_at_hq'), 5000);
    append(1);
    expect(eventLog.stopped()).toBeNull();
    // A line that is down says nothing about whom the server knows.
    server.always('nonce', () => 'unreachable');
    const asked = server.heard('nonce');
    await vi.waitFor(() => expect(server.heard('nonce')).toBeGreaterThan(asked + 2), 5000);
    expect(sync.view().state).toBe('unknown_at_hq');
    for (const name of ['nonce', 'token', 'pull', 'push', 'state']) server.always(name, server.route(name));
    await vi.waitFor(() => expect(sync.view()).toMatchObject({ state: 'synced', waiting: 0 }), 5000);
  });

  it('E8: an enrolment anew says what the kiosk was, to a server that understands it', async () => {
    await start();
    eventLog.stopWriting('test', 'unknown_at_hq');
    const tooNew = (request: HttpRequest): Answered =>
      request.headers['skygate-protocol'] === '1' ? problem(404, 'not_found') : problem(426, 'upgrade_needed');
    server.next('enrol', tooNew, tooNew);
    expect((await enrol()).ok).toBe(false);
    expect(enrolments().map((asked) => asked.was)).toEqual([undefined, { node: NODE, epoch: 1 }, undefined]);
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
      const before = server.heard('push');
      const pulls = server.heard('pull');
      await vi.waitFor(() => expect(server.heard('pull')).toBeGreaterThan(pulls + 5), 5000);
      expect(server.heard('push') - before).toBeLessThanOrEqual(1);
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
      await vi.waitFor(() => expect(sync.view()).toMatchObject({ state: 'synced', waiting: 0 }), 5000);
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
    await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(asked + 10), 5000);
    expect(eventLog.stopped()).toBeNull();
    expect(sync.view().state).toBe('offline');
    for (const name of names) server.always(name, server.route(name) ?? (() => json(200, {})));
    await vi.waitFor(() => expect(sync.view()).toMatchObject({ state: 'synced', waiting: 0 }), 5000);
  });

  it('E6: records again what the server will not have after its own end of the old epoch', async () => {
    await start();
    append(1);
    await drained();
    const lastHash = eventLog.ownHashAt(1) as string;
    server.always('push', (request) => {
      const push = JSON.parse(request.body ?? '') as PushRequest;
      return push.epoch === 2 ? server.route('push')(request) : problem(409, 'chain_broken', { lastSeq: 1, lastHash });
    });
    append(2);
    await vi.waitFor(() => expect(eventLog.stop()).not.toBeNull(), 5000);
    server.beginEpoch();
    await enrol();
    await vi.waitFor(() => expect(eventLog.others.progress()).toMatchObject({ recorded: 2, toRecord: 0 }), 5000);
    await drained();
    expect(server.held()).toBe(2);
  });

  it('K3: notes nothing of an answer that is of another kiosk', async () => {
    const wants = [{ node: NODE, epoch: 1, from: 1 }];
    server.always('state', async (request) => {
      const answer = (await server.route('state')(request)) as HttpResponse;
      return { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), node: 'k-00000000000000ZZ', wants }) };
    });
    await enrol();
    append(1);
    void sync.run();
    await vi.waitFor(() => expect(server.heard('state')).toBeGreaterThan(3));
    expect(eventLog.others.hasDelivery(new Set())).toBe(false);
    expect(server.heard('push')).toBe(0);
  });

  it('E8: delivers what the server asks for in its state, and tells it what it holds', async () => {
    await start();
    const [greeting] = server.requests.filter(({ path }) => path === '/sync/state');
    expect(greeting).toMatchObject({ method: 'POST', body: JSON.stringify({ streams: [] }) });
  });

  const enrolments = (): Pick<EnrolRequest, 'publicKey' | 'signingPublicKey' | 'was'>[] =>
    server.requests.filter(({ path }) => path === '/sync/enrol').map(({ body }) => JSON.parse(body ?? ''));

  it('P1, E8: another list of people under a revision that it has is taken over whole', async () => {
    const person = { revision: 7, removed: false, name: 'Aigul', role: 'gate', pin: null };
    const listOf = (stamp: string, ...ids: string[]) =>
      json(200, { revision: 7, people: ids.map((staffId) => ({ ...person, staffId })), stamp });
    server.always('people', () => listOf('list-1', 'aigul', 'bakyt'));
    server.namePeople(7, 'list-1');
    await start();
    await vi.waitFor(() => expect(eventLog.position()).toMatchObject({ peopleRevision: 7, peopleStamp: 'list-1' }));
    const asked = server.heard('people');
    server.always('people', () => listOf('list-2', 'aigul'));
    server.namePeople(7, 'list-2');
    await vi.waitFor(() => expect(eventLog.position()).toMatchObject({ peopleRevision: 7, peopleStamp: 'list-2' }));
    const pulls = server.heard('pull');
    await vi.waitFor(() => expect(server.heard('pull')).toBeGreaterThan(pulls + 5));
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
    await vi.waitFor(() => expect(sync.view()).toMatchObject({ state: 'offline', waiting: 1 }), 5000);
    expect((await sync.testContact()).lastError).toBe('unreachable');
  });

  it('S5: tells how many events wait, and again when none does', async () => {
    server.always('telemetry', () => json(200, {}));
    await start();
    await vi.waitFor(() => expect(told()).toEqual([{ ...CALM, waiting: 0 }]));
    server.always('push', () => 'unreachable');
    append(3);
    await vi.waitFor(() => expect(told().at(-1)).toEqual({ ...CALM, waiting: 3, oldestWaitingMs: expect.any(Number) }));
    server.always('push', server.route('push'));
    sync.wake();
    await vi.waitFor(() => expect(told().at(-1)).toEqual({ ...CALM, waiting: 0 }));
  });

  it('S5: syncs on, whatever becomes of its telemetry', async () => {
    server.always('telemetry', () => problem(500, 'internal'));
    await start();
    append(2);
    await drained();
    await vi.waitFor(() => expect(server.heard('telemetry')).toBeGreaterThan(0));
    expect(sync.view()).toMatchObject({ state: 'synced', lastError: null });
  });

  const CALM = {
    oldestWaitingMs: null,
    skewMs: expect.any(Number),
    appVersion: 'test',
    peopleRevision: 0,
    peopleStamp: null,
    trust: 'server',
    catalogue: { generation: 1, stateHash: 'c'.repeat(64) },
    knownEvents: KNOWN_EVENT_VERSIONS,
    problem: null,
  };
  const told = (): unknown[] =>
    server.requests.filter(({ path }) => path === '/sync/telemetry').map(({ body }) => JSON.parse(body ?? ''));
});

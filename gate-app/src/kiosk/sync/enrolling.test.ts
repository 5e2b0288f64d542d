import { base64urlToBytes, utf8ToBytes } from '@skygate/shared/lib/bytes';
import { type EnrolRequest, enrolmentProofText } from '@skygate/shared/protocol/enrol';
import type { PushRequest } from '@skygate/shared/protocol/push';
import { describe, expect, it } from 'vitest';
import type { EventLog } from '../event-log/event-log.ts';
import { createNodeCrypto } from '../node-crypto.ts';
import type { HttpRequest, HttpResponse } from '../ports.ts';
import { eventually } from '../testing/eventually.ts';
import type { Sync } from './sync.ts';
import { type Answered, type FakeServer, json, NODE, problem } from './testing/fake-server.ts';
import { CALM, eachSyncingKiosk } from './testing/syncing-kiosk.ts';

const crypto = createNodeCrypto();

describe('enrolling, and enrolling anew', () => {
  let server: FakeServer;
  let eventLog: EventLog;
  let sync: Sync;
  const { enrol, append, start, drained, told } = eachSyncingKiosk((kiosk) => {
    ({ server, eventLog, sync } = kiosk);
  });

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

  it('E6: equivocation stops the upload, a new enrolment starts it again', async () => {
    await start();
    server.next('push', () => problem(409, 'equivocation', { needFrom: 1 }));
    append(1);
    await eventually(() => expect(eventLog.stopped()).not.toBeNull());
    expect(sync.view().state).toBe('refused');
    server.beginEpoch();
    expect((await enrol()).ok).toBe(true);
    await eventually(() => expect(sync.view().state).not.toBe('refused'));
  });

  it('E6: enrols anew with keys of its own, and delivers what it had not sent, without stopping its present stream', async () => {
    await start();
    append(2);
    await drained();
    server.always('push', () => problem(410, 'epoch_closed'));
    append(2);
    await eventually(() => expect(eventLog.stop()).not.toBeNull());
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
    await eventually(() => expect(eventLog.others.progress()).toMatchObject({ toDeliver: 0 }));
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
    await eventually(() => expect(eventLog.stop()).not.toBeNull());
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
      await eventually(() => expect(deliveries).toEqual([1]));
      expect(sync.view()).toMatchObject({ state: 'sending', waiting: 2, oldestWaitingMs: since });
      await eventually(() => expect(told().at(-1)).toEqual({ ...CALM, waiting: 2, oldestWaitingMs: since }));
    } finally {
      take(json(200, { acknowledged: 2, durable: true, logId: 'log-1', credits: 500 }));
    }
    await eventually(() => expect(sync.view()).toMatchObject({ state: 'synced', waiting: 0 }));
    await eventually(() => expect(told().at(-1)).toEqual({ ...CALM, waiting: 0 }));
  });

  it('E8: a server that does not know it is no reason to stop; it says so until the server knows it again', async () => {
    await start();
    for (const name of ['pull', 'push', 'state']) server.always(name, () => problem(401, 'unauthenticated'));
    server.always('token', () => problem(401, 'unknown_kiosk'));
    await eventually(() => expect(sync.view().state).toBe('unknown_at_hq'));
    append(1);
    expect(eventLog.stopped()).toBeNull();
    // A line that is down says nothing about whom the server knows.
    server.always('nonce', () => 'unreachable');
    const asked = server.heard('nonce');
    await eventually(() => expect(server.heard('nonce')).toBeGreaterThan(asked + 2));
    expect(sync.view().state).toBe('unknown_at_hq');
    for (const name of ['nonce', 'token', 'pull', 'push', 'state']) server.always(name, server.route(name));
    await eventually(() => expect(sync.view()).toMatchObject({ state: 'synced', waiting: 0 }));
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
    await eventually(() => expect(eventLog.stop()).not.toBeNull());
    server.beginEpoch();
    await enrol();
    await eventually(() => expect(eventLog.others.progress()).toMatchObject({ recorded: 2, toRecord: 0 }));
    await drained();
    expect(server.held()).toBe(2);
  });

  const enrolments = (): Pick<EnrolRequest, 'publicKey' | 'signingPublicKey' | 'was'>[] =>
    server.requests.filter(({ path }) => path === '/sync/enrol').map(({ body }) => JSON.parse(body ?? ''));
});

import type { PushRequest } from '@skygate/shared/protocol/push';
import type { Database } from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';
import type { EventLog } from '../event-log/event-log.ts';
import type { HttpResponse } from '../ports.ts';
import { eventually } from '../testing/eventually.ts';
import type { Sync } from './sync.ts';
import { type Answer, type FakeServer, NODE, problem } from './testing/fake-server.ts';
import { eachSyncingKiosk } from './testing/syncing-kiosk.ts';

describe('a server that has another log, or past, than it had', () => {
  let server: FakeServer;
  let eventLog: EventLog;
  let database: Database;
  let sync: Sync;
  const { enrol, append, start, drained } = eachSyncingKiosk((kiosk) => {
    ({ server, eventLog, sync, database } = kiosk);
  });

  it('K3: sends again what the server lost', async () => {
    await start();
    append(4);
    await drained();
    server.lose(1);
    append(1);
    await eventually(() => expect(server.held()).toBe(5));
    await drained();
  });

  it('E8: another log starts the pull at the beginning and the push at the word of the server', async () => {
    await start();
    append(2);
    await drained();
    server.lose(0);
    server.restart('log-2');
    await eventually(() => expect(eventLog.position().logId).toBe('log-2'));
    await eventually(() => expect(server.held()).toBe(2));
  });

  it('E8: tells a server that began anew, once, that nothing it lacks is here any more', async () => {
    await start();
    append(2);
    await drained();
    server.lose(0);
    server.restart('log-2');
    await eventually(() => expect(server.held()).toBe(2));
    const paths = (): readonly string[] => server.requests.map(({ path }) => path);
    const greetings = (): number => paths().filter((path) => path === '/sync/state').length;
    const greetedAfterAll = (): boolean => paths().lastIndexOf('/sync/state') > paths().lastIndexOf('/sync/push');
    await eventually(() => expect(greetedAfterAll()).toBe(true));
    const told = greetings();
    const pages = server.heard('pull');
    await eventually(() => expect(server.heard('pull')).toBeGreaterThan(pages + 20));
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
    await eventually(() => expect(server.heard(name)).toBeGreaterThan(name === 'push' ? 0 : 2));
    // when the server has lost its log meanwhile, and the kiosk has learnt of it
    server.lose(0);
    server.restart('log-2');
    await eventually(() => expect(eventLog.position().logId).toBe('log-2'));
    const acknowledge = vi.spyOn(eventLog, 'acknowledge');
    const resetCursor = vi.spyOn(eventLog, 'resetCursor');
    arrive();
    // then nothing of the old log is noted, and all is sent to the new one
    await eventually(() => expect(server.held()).toBe(2));
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
    await eventually(() => expect(sync.view().state).toBe('refused'));
    expect(eventLog.append([]).ok).toBe(false);
  });

  it('K3: an idle kiosk notices with the next page that the server lost its tail', async () => {
    await start();
    server.sayAcknowledged();
    append(3);
    await drained();
    server.lose(0);
    // Nothing is appended, nothing fails: only the page says it.
    await eventually(() => expect(server.held()).toBe(3));
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
    await eventually(() => expect(server.heard('pull')).toBeGreaterThan(pulls));
    append(2);
    await drained();
    const states = server.heard('state');
    arrive();
    const after = server.heard('pull');
    await eventually(() => expect(server.heard('pull')).toBeGreaterThan(after + 1));
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
    await eventually(() => expect(eventLog.stop()).toMatchObject({ code: 'restored' }));
  });

  it('E6: HQ closing the epoch stops the kiosk, where it asks for a token too', async () => {
    await start();
    for (const name of ['pull', 'nonce', 'token']) server.always(name, () => problem(410, 'epoch_closed'));
    await eventually(() => expect(eventLog.stop()).toMatchObject({ code: 'closed' }));
    expect(sync.view().state).toBe('refused');
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
      await eventually(() => expect(server.heard('state')).toBeGreaterThan(greeted));
    }
  });

  it('X4, E8: a revoked kiosk brings all that it has to a server that lost it, and has another past in its place', async () => {
    await start();
    append(3);
    await drained();
    server.restart('log-2');
    server.replaceAll(5);
    eventLog.stopWriting('test', 'revoked');
    await eventually(() => {
      const pushes = server.requests.filter(({ path }) => path === '/sync/push').slice(1);
      const runs = pushes.map(({ body }) => JSON.parse(body ?? '') as PushRequest);
      expect(runs.some(({ from }) => from === 1)).toBe(true);
      expect(runs.at(-1)?.seal.to).toBe(eventLog.ownHead().seq);
    });
    await eventually(() => expect(eventLog.position()).toMatchObject({ logId: 'log-2', acknowledged: 3 }));
  });

  it('E8: asks an idle server again whether it still waits, until it does not', async () => {
    await start();
    await drained();
    // Another log, which lacks what this kiosk cannot give; somebody else brings it in the end.
    let lacks = true;
    const wants = [{ node: 'k-00000000000000ZZ', epoch: 1, from: 1 }];
    server.always('state', async (request) => {
      const answer = (await server.route('state')(request)) as HttpResponse;
      return lacks ? { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), wants }) } : answer;
    });
    server.restart('log-2');
    await eventually(() => expect(eventLog.position().logId).toBe('log-2'));
    const greeted = server.heard('state');
    await eventually(() => expect(server.heard('state')).toBeGreaterThan(greeted + 3));
    lacks = false;
    const pages = (): number => server.heard('pull');
    const quiet = async (): Promise<boolean> => {
      const [before, page] = [server.heard('state'), pages()];
      await eventually(() => expect(pages()).toBeGreaterThan(page + 200));
      return server.heard('state') === before;
    };
    await vi.waitUntil(quiet, { timeout: 60_000, interval: 0 });
    expect(server.heard('push')).toBe(0);
    expect(sync.view()).toMatchObject({ state: 'synced', lastError: null });
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
    await eventually(() => expect(server.heard('state')).toBeGreaterThan(3));
    expect(eventLog.others.hasDelivery(new Set())).toBe(false);
    expect(server.heard('push')).toBe(0);
  });

  it('E8: delivers what the server asks for in its state, and tells it what it holds', async () => {
    await start();
    const [greeting] = server.requests.filter(({ path }) => path === '/sync/state');
    expect(greeting).toMatchObject({ method: 'POST', body: JSON.stringify({ streams: [] }) });
  });

  it('K4, K5: a server that lost what is pruned here is asked again after a while, and holds up nothing else', async () => {
    await start();
    append(5);
    await drained();
    const stream = database.prepare<[], number>('SELECT max(stream) FROM events').pluck().get();
    database.prepare('INSERT INTO pruned_streams (stream, to_seq) VALUES (?, 3)').run(stream);
    database.prepare('DELETE FROM events WHERE stream = ? AND seq <= 3').run(stream);
    server.lose(1);
    server.sayAcknowledged();
    const states = server.heard('state');
    await eventually(() => expect(server.heard('state')).toBeGreaterThan(states + 2));
    // The other direction goes on: the loop of it would starve everything.
    const pages = server.heard('pull');
    await eventually(() => expect(server.heard('pull')).toBeGreaterThan(pages + 3));
    expect(sync.view().state).not.toBe('synced');
    expect(eventLog.waiting().count).toBe(4);
  });
});

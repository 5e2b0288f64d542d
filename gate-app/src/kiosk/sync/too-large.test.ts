import { PUSH_EVENTS_MAX } from '@skygate/shared/protocol/limits';
import type { PushRequest } from '@skygate/shared/protocol/push';
import type { Database } from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import type { Sync } from './sync.ts';
import { type FakeServer, json, problem } from './testing/fake-server.ts';
import { eachSyncingKiosk } from './testing/syncing-kiosk.ts';

describe('S2, M1: a transaction of an older program that no push can hold', () => {
  let server: FakeServer;
  let sync: Sync;
  let database: Database;
  const { append, start, drained, told } = eachSyncingKiosk((kiosk) => {
    ({ server, sync, database } = kiosk);
  });

  /** Answers 413 as the server does: by what a push may hold. */
  const takes = (events: number): void => {
    server.always('push', (request) => {
      const push = JSON.parse(request.body ?? '') as PushRequest;
      return push.events.length > events ? problem(413, 'too_large') : server.route('push')(request);
    });
  };
  /** All but the last seal of what waits are gone: it is one transaction. */
  const isOneGroup = (): void => {
    database.exec('UPDATE events SET seal = NULL WHERE seq < (SELECT max(seq) FROM events)');
  };

  it('is said at the kiosk and to HQ, is not parted, and goes once a server takes it', async () => {
    server.always('telemetry', () => json(200, {}));
    await start();
    server.always('push', () => 'unreachable');
    append(PUSH_EVENTS_MAX + 1);
    isOneGroup();
    takes(PUSH_EVENTS_MAX);
    await eventually(() => expect(sync.view().state).toBe('refused'));
    expect(sync.view()).toMatchObject({ waiting: PUSH_EVENTS_MAX + 1 });
    expect(sync.view().lastError).toContain(`too large for a push: ${PUSH_EVENTS_MAX + 1} events`);
    await eventually(() => expect(told().at(-1)).toMatchObject({ problem: 'upload_refused' }));
    expect(server.held()).toBe(0);
    takes(Number.MAX_SAFE_INTEGER);
    await drained();
    await eventually(() => expect(sync.view()).toMatchObject({ state: 'synced', lastError: null }));
    await eventually(() => expect(told().at(-1)).toMatchObject({ problem: null }));
  });

  it('is not said of what only goes in smaller parts', async () => {
    server.always('telemetry', () => json(200, {}));
    await start();
    takes(2);
    append(10);
    await drained();
    expect(told()).not.toContainEqual(expect.objectContaining({ problem: 'upload_refused' }));
  });
});

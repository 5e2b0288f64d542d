import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { draft } from '@skygate/shared/events/catalogue';
import type { ParkId } from '@skygate/shared/lib/ids';
import { expect, it } from 'vitest';
import { describeOnDatabases } from '../db/testing/describe-on-databases.ts';
import { createTestServer, enrolKiosk, type TestServer } from '../db/testing/test-server.ts';
import { appendHqEvents } from '../hq-node/append-hq-events.ts';
import { SILENT_LOG } from '../ports.ts';
import { openHeadNotes } from './head-notes.ts';
import { backUp } from './testing/backup.ts';

describeOnDatabases('E8: the note of how far the logs were', (eachTest) => {
  let server: TestServer;
  let park: ParkId;
  eachTest((given) => {
    ({ server, park } = given);
  });

  /** As a new process finds the database. */
  const restart = () => createTestServer(server.deps.database);
  const setCapacity = (places: number) => {
    const body = { date: '2026-11-21', slot: 'day', places, reason: '' };
    return appendHqEvents(server.deps, park, [draft('CapacitySet', 'capacity', body, { actor: 'hq:a@example.org' })]);
  };
  const logId = async () => {
    const row = server.deps.database.reader.selectFrom('parks').select('log_id').where('park', '=', park);
    return (await row.executeTakeFirstOrThrow()).log_id;
  };

  it('E8: notices by its own note that the database ends before it, once', async () => {
    await enrolKiosk(server, { park });
    const folder = await mkdtemp(join(tmpdir(), 'skygate-heads-'));
    const restore = await backUp(server.deps.database, park);
    await setCapacity(100);
    const before = openHeadNotes(folder);
    await before.note(server.deps.database.reader);
    expect(await before.compare(server.deps)).toEqual([]);
    await before.stop();
    await restore();
    server = await restart();
    const after = openHeadNotes(folder);
    expect(await after.compare(server.deps)).toEqual([park]);
    expect(await after.compare(server.deps)).toEqual([]);
    await after.stop();
    await rm(folder, { recursive: true });
  });

  it('E8: a note is never lowered, and a backup that is put back under a running server is noticed', async () => {
    await enrolKiosk(server, { park });
    const folder = await mkdtemp(join(tmpdir(), 'skygate-heads-'));
    const restore = await backUp(server.deps.database, park);
    await setCapacity(100);
    const notes = openHeadNotes(folder);
    await notes.note(server.deps.database.reader);
    await restore();
    server = await restart();
    await notes.note(server.deps.database.reader);
    const told: unknown[] = [];
    const log = { ...SILENT_LOG, warn: (fields: unknown) => told.push(fields) };
    const before = await logId();
    const rests = Promise.withResolvers<void>();
    // Once around: the first rest is its last.
    const sleep = async (): Promise<void> => {
      rests.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    };
    const running = notes.run({ ...server.deps, log, timers: { sleep } });
    await rests.promise;
    await notes.stop();
    await running;
    expect(await logId()).not.toBe(before);
    expect(told).toContainEqual({ park });
    await rm(folder, { recursive: true });
  });
});

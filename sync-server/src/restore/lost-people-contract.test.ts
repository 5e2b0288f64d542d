import { draft } from '@skygate/shared/events/catalogue';
import type { ParkId } from '@skygate/shared/lib/ids';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { describeOnDatabases } from '../db/testing/describe-on-databases.ts';
import { createTestServer, enrolKiosk, type TestServer } from '../db/testing/test-server.ts';
import { erasePerson } from '../hq/staff/erase-person.ts';
import { erasuresOf } from '../hq/staff/erasures.ts';
import { nextRevision } from '../hq/staff/next-revision.ts';
import { appendHqEvents } from '../hq-node/append-hq-events.ts';
import { lostPeopleOf } from './lost-people.ts';
import { backUp } from './testing/backup.ts';
import { keeperOf } from './testing/keeper.ts';
import { ask, peopleKeeperOf } from './testing/people-keeper.ts';

const ACTOR = 'hq:a@example.org';

describeOnDatabases('people after a restore', (eachTest) => {
  let server: TestServer;
  let park: ParkId;
  eachTest((given) => {
    ({ server, park } = given);
  });

  const enter = (staffId: string) =>
    appendHqEvents(server.deps, park, async (tx) => {
      const revision = await nextRevision(tx, park);
      const row = { park, staff_id: staffId, revision, removed: 0, name: staffId, role: 'gate', pin: null };
      const body = { staffId, revision, removed: false };
      return {
        drafts: [draft('StaffChanged', `staff:${staffId}`, body, { actor: ACTOR })],
        rows: [{ table: 'people', row: { ...row, removed_ms: null } }],
      };
    });
  const erase = (staffId: string) => erasePerson(server.deps, { park, staffId }, ACTOR);
  const atHq = async () => {
    const people = server.deps.database.reader.selectFrom('people').select(['staff_id', 'revision']);
    const rows = await people.where('park', '=', park).where('removed', '=', 0).execute();
    return Object.fromEntries(rows.map((row) => [row.staff_id, row.revision]));
  };
  const waitingFor = async (staffId: string) =>
    (await erasuresOf(server.deps.database.reader, park))
      .filter((erasure) => erasure.staffId === staffId)
      .flatMap((erasure) => erasure.waitingFor.map(({ name }) => name));
  const putBack = async (restore: () => Promise<void>) => {
    const sinceMs = server.deps.clock.nowMs();
    await restore();
    server = await createTestServer(server.deps.database);
    server.clock.advance(sinceMs - server.deps.clock.nowMs() + 60_000);
  };

  it('P1, E8: after a backup that nobody notices a kiosk that saw people of the lost part gets those of today', async () => {
    const kiosk = peopleKeeperOf(await enrolKiosk(server, { park }));
    await enter('aigul');
    const restore = await backUp(server.deps.database, park);
    await enter('bakyt');
    // Its page came before the change, and so without the event that would show HQ what it lost.
    await kiosk.look(server);
    await putBack(restore);
    await enter('chyngyz');
    await enter('bakyt');
    await kiosk.look(server);
    expect(kiosk.list()).toEqual(await atHq());
    expect(Object.keys(kiosk.list()).sort()).toEqual(['aigul', 'bakyt', 'chyngyz']);
  });

  it('P1: a revision that a kiosk told of before the backup confirms no erasure after it', async () => {
    const kiosk = peopleKeeperOf(await enrolKiosk(server, { park }));
    await enter('aigul');
    const restore = await backUp(server.deps.database, park);
    await enter('bakyt');
    await kiosk.look(server);
    await putBack(restore);
    await kiosk.tell(server);
    await erase('aigul');
    expect(await waitingFor('aigul')).toEqual(['Gate 1']);
    await kiosk.look(server);
    await kiosk.tell(server);
    expect(await waitingFor('aigul')).toEqual([]);
    expect(Object.keys(kiosk.list())).not.toContain('aigul');
  });

  it('P1, E8: an erasure that comes back after newer changes reaches kiosks that have seen those, and is waited for', async () => {
    const knows = await enrolKiosk(server, { park });
    const late = peopleKeeperOf(await enrolKiosk(server, { park, name: 'Gate 2' }));
    await enter('aigul');
    await late.look(server);
    const restore = await backUp(server.deps.database, park);
    await erase('aigul');
    const keeper = keeperOf(knows);
    await keeper.pull(server);
    await putBack(restore);
    await keeper.greet(server);
    await enter('bakyt');
    await late.look(server);
    await late.tell(server);
    await keeper.report(server);
    expect(await waitingFor('aigul')).toContain('Gate 2');
    await late.look(server);
    await late.tell(server);
    expect(Object.keys(late.list())).toEqual(['bakyt']);
    expect(await waitingFor('aigul')).not.toContain('Gate 2');
  });

  it('P1, E8: whom HQ lost kiosks do not keep: what they have is HQ’s list, and HQ names who has to be entered again', async () => {
    const enrolled = await enrolKiosk(server, { park });
    const kiosk = peopleKeeperOf(enrolled);
    await enter('aigul');
    const restore = await backUp(server.deps.database, park);
    await enter('aigul');
    await enter('bakyt');
    await kiosk.look(server);
    const keeper = keeperOf(enrolled);
    await keeper.pull(server);
    await putBack(restore);
    await keeper.report(server);
    expect(await lostPeopleOf(server.deps.database.reader, park)).toEqual(['aigul', 'bakyt']);
    await kiosk.look(server);
    expect(kiosk.list()).toEqual(await atHq());
    expect(Object.keys(kiosk.list())).toEqual(['aigul']);
  });

  it('P1: a list is named anew by every change, and a page says no list where one answer does not hold it', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const named = async () => (await ask(server, kiosk, '/sync/pull?after=0&waitMs=0')).peopleStamp;
    const names = [await named()];
    for (const change of [() => enter('aigul'), () => enter('aigul'), () => erase('aigul')]) {
      await change();
      names.push(await named());
    }
    expect(new Set(names).size).toBe(4);
    expect(await named()).toBe(names[3]);
    expect(await ask(server, kiosk, '/sync/people?after=0')).toMatchObject({ stamp: names[3] });
    expect((await ask(server, kiosk, '/sync/people?after=1')).stamp).toBe(undefined);
    await sql`insert into people (park, staff_id, revision, removed, name, role)
      select ${park}, 'p' || n, 100 + n, 1, '', 'gate' from generate_series(1, 10000) n`.execute(
      server.deps.database.kysely,
    );
    expect(await named()).toBe(undefined);
    expect((await ask(server, kiosk, '/sync/people?after=0')).stamp).toBe(undefined);
  });
});

import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Database, DatabaseError } from '../db/database.ts';
import { migrateUp } from '../db/migrate.ts';
import { serverTarget } from '../db/migrate-server.ts';
import { openPglite } from '../db/open-pglite.ts';
import { layPglite } from '../db/testing/test-pglite.ts';
import { createTestServer, enrolKiosk, get, PARK, push, pushOf, type TestServer } from '../db/testing/test-server.ts';
import { erasePerson } from '../hq/staff/erase-person.ts';
import { eraseText } from '../hq/texts/erase-text.ts';
import { appendHqEvents } from './append-hq-events.ts';
import { createPark } from './create-park.ts';
import { type HqJournal, openHqJournal } from './hq-journal.ts';
import { createKeyring } from './keyring.ts';
import { replayJournal } from './replay-journal.ts';

let folder: string;
let end: (() => Promise<void>) | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skygate-journal-'));
  await layPglite(folder);
});
afterEach(async () => {
  await end?.();
  await rm(folder, { recursive: true, force: true });
});

/** A copy of the database, as a power cut could leave it. */
const backUp = () => cpSync(join(folder, 'pglite'), join(folder, 'older'), { recursive: true });

/** Its copy in the place of the database. */
function putBack(): void {
  rmSync(join(folder, 'pglite'), { recursive: true });
  cpSync(join(folder, 'older'), join(folder, 'pglite'), { recursive: true });
}

async function start(): Promise<TestServer> {
  const database = await openPglite(folder);
  await migrateUp(serverTarget(database));
  const journal = openHqJournal(folder);
  const server = await createTestServer(database, { journal });
  await replayJournal(server.deps);
  end = async () => {
    await server.close();
    journal.close();
    await database.close();
    end = null;
  };
  return server;
}

const setCapacity = (server: TestServer, places: number) =>
  appendHqEvents(server.deps, PARK, [
    draft('CapacitySet', 'capacity', { date: '2026-11-21', slot: 'day', places, reason: 'test' }, { actor: 'hq:test' }),
  ]);

const hashesIn = async (server: TestServer, role: 'hq'): Promise<string[]> => {
  const rows = await server.deps.database.reader
    .selectFrom('events as e')
    .innerJoin('nodes as n', (join) => join.onRef('n.node', '=', 'e.node').onRef('n.epoch', '=', 'e.epoch'))
    .select('e.hash')
    .where('n.role', '=', role)
    .orderBy('e.seq')
    .execute();
  return rows.map(({ hash }) => hash);
};

const logIdOf = async (server: TestServer): Promise<string> =>
  (await server.deps.database.reader.selectFrom('parks').select('log_id').executeTakeFirstOrThrow()).log_id;

it('E9, M1: what HQ wrote at once under several seals comes back whole', async () => {
  let server = await start();
  await createPark(server.deps, PARK);
  await end?.();
  backUp();
  server = await start();
  const big = { type: 'GuestWaved', version: 1, subject: 'guest:1', cause: null, actor: 'system' };
  const drafts = Array.from({ length: 5 }, (_, index) => ({ ...big, body: { index, words: 'x'.repeat(100_000) } }));
  await appendHqEvents(server.deps, PARK, drafts as unknown as KnownDraft[]);
  const hashes = await hashesIn(server, 'hq');
  await end?.();
  putBack();
  server = await start();
  expect(await hashesIn(server, 'hq')).toEqual(hashes);
});

it("E9: HQ's events and rows that PGlite lost are back after the next start, and the log id is new", async () => {
  // given a park, and a copy of the database as a power cut could leave it
  let server = await start();
  await createPark(server.deps, PARK);
  const before = await logIdOf(server);
  await end?.();
  backUp();
  server = await start();
  const kiosk = await enrolKiosk(server);
  await setCapacity(server, 100);
  await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(3)));
  const hashes = await hashesIn(server, 'hq');
  expect(await logIdOf(server)).toBe(before);
  await end?.();
  // when the tail is gone
  putBack();
  server = await start();
  // then nothing of HQ's is lost, its stream goes on, and the kiosk is met through its state
  expect(await hashesIn(server, 'hq')).toEqual(hashes);
  const capacity = await server.deps.database.reader.selectFrom('capacity').select('places').execute();
  expect(capacity).toEqual([{ places: 100 }]);
  const state = (await get(server, '/sync/state', kiosk.token)).json();
  expect(state).toMatchObject({ acknowledged: 0, durable: false });
  expect(state.logId).not.toBe(before);
  expect((await push(server, kiosk.token, pushOf(kiosk.key, kiosk.log))).json().acknowledged).toBe(3);
  await setCapacity(server, 200);
  expect(await hashesIn(server, 'hq')).toHaveLength(hashes.length + 1);
}, 60_000);

it('E9: what the database refused is not in the journal either', async () => {
  const server = await start();
  await createPark(server.deps, PARK);
  const hashes = await hashesIn(server, 'hq');
  const refused = appendHqEvents(server.deps, PARK, async () => {
    throw new Error('no places left');
  });
  await expect(refused).rejects.toThrow('no places left');
  const row = { park: 'nowhere', staff_id: 'a', revision: 1, removed: 0, name: '', role: 'gate', pin: null };
  const draftOf = draft('StaffChanged', 'staff:a', { staffId: 'a', revision: 1, removed: false }, { actor: 'hq:test' });
  const broken = appendHqEvents(server.deps, PARK, async () => ({
    drafts: [draftOf],
    rows: [{ table: 'people', row }],
  }));
  await expect(broken).rejects.toThrow();
  expect(await hashesIn(server, 'hq')).toEqual(hashes);
  expect(server.deps.journal?.rows().filter(({ table }) => table === 'people')).toEqual([]);
}, 60_000);

it('E9: what was committed stays in the journal, whatever fails after it', async () => {
  let server = await start();
  await createPark(server.deps, PARK);
  await end?.();
  backUp();
  server = await start();
  const { journal } = server.deps;
  const full = {
    ...server.deps,
    journal: journal && { ...journal, noteHead: () => expect.fail('the disk is full') },
  };
  await expect(setCapacity({ ...server, deps: full }, 100)).rejects.toThrow('the disk is full');
  await setCapacity(server, 200);
  const hashes = await hashesIn(server, 'hq');
  await end?.();
  putBack();
  server = await start();
  expect(await hashesIn(server, 'hq')).toEqual(hashes);
}, 60_000);

it('E9: a batch that could not be taken back gives way to what HQ wrote in its place', async () => {
  let server = await start();
  await createPark(server.deps, PARK);
  await end?.();
  backUp();
  server = await start();
  const { journal } = server.deps;
  // The database refuses what is in the journal already, and the journal's disk is full by then.
  const stuck: HqJournal['record'] = (entry) => {
    journal?.record(entry);
    throw new Error('refused');
  };
  const failing = { ...server.deps, journal: journal && { ...journal, record: stuck } };
  const sayThrice = [1, 2, 3].map((places) => {
    const body = { date: '2026-11-21', slot: 'day', places, reason: 'test' };
    return draft('CapacitySet', 'capacity', body, { actor: 'hq:test' });
  });
  await expect(appendHqEvents(failing, PARK, sayThrice)).rejects.toThrow('refused');
  for (const places of [100, 200, 300, 400]) await setCapacity(server, places);
  const hashes = await hashesIn(server, 'hq');
  await end?.();
  putBack();
  server = await start();
  expect(await hashesIn(server, 'hq')).toEqual(hashes);
}, 60_000);

it('PGlite: the log id and the keys are the same after a restart', async () => {
  let server = await start();
  await createPark(server.deps, PARK);
  const before = [await logIdOf(server), (await server.deps.keyring.keyPair('tickets')).kid];
  await end?.();
  server = await start();
  expect([await logIdOf(server), (await server.deps.keyring.keyPair('tickets')).kid]).toEqual(before);
}, 60_000);

it('E8: a new log id is as durable as the reason for it: losing it with the tail again does not bring the old one back', async () => {
  let server = await start();
  const kiosk = await enrolKiosk(server);
  const first = await logIdOf(server);
  await end?.();
  backUp();
  server = await start();
  await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(3)));
  const ids = [first];
  for (let cut = 0; cut < 2; cut += 1) {
    await end?.();
    putBack();
    server = await start();
    ids.push(await logIdOf(server));
  }
  expect(ids[1]).not.toBe(first);
  // Nobody was given a position between the two cuts, so either a third id or the second will do.
  expect(ids[2]).not.toBe(first);
}, 60_000);

it('E8: a journal that holds another past than the database is taken back into it, once, and nothing of either is lost', async () => {
  const say = (server: TestServer, slot: string) =>
    appendHqEvents(server.deps, PARK, [
      draft('CapacitySet', 'capacity', { date: '2026-11-21', slot, places: 10, reason: '' }, { actor: 'hq:test' }),
    ]);
  const journalFile = join(folder, 'hq-journal.sqlite');
  await createPark((await start()).deps, PARK);
  await end?.();
  backUp();
  await cp(journalFile, `${journalFile}.older`);
  const first = await start();
  await say(first, 'day@10:00');
  await end?.();
  await cp(journalFile, `${journalFile}.first`);
  // Everything is put back from the backup, HQ goes on, and then somebody puts the newer journal back beside it.
  putBack();
  await cp(`${journalFile}.older`, journalFile);
  const second = await start();
  await say(second, 'day@11:00');
  const before = await logIdOf(second);
  await end?.();
  await cp(`${journalFile}.first`, journalFile);
  const recoveredIn = async (server: TestServer) => {
    const { reader } = server.deps.database;
    const slots = await reader.selectFrom('capacity').select('slot').orderBy('slot').execute();
    const recovered = await reader.selectFrom('events').select('epoch').where('type', '=', 'EventRecovered').execute();
    return { slots: slots.map(({ slot }) => slot), recovered: recovered.length };
  };
  const both = { slots: ['day@10:00', 'day@11:00'], recovered: 1 };
  const third = await start();
  expect(await recoveredIn(third)).toEqual(both);
  const after = await logIdOf(third);
  expect(after).not.toBe(before);
  await end?.();
  const fourth = await start();
  expect(await recoveredIn(fourth)).toEqual(both);
  expect(await logIdOf(fourth)).toBe(after);
}, 120_000);

it("E9: the whole database may go: HQ's keys, parks, kiosks and events come back from the journal", async () => {
  let server = await start();
  const kiosk = await enrolKiosk(server);
  await setCapacity(server, 100);
  const hashes = await hashesIn(server, 'hq');
  const key = await server.deps.keyring.keyPair('tickets');
  await end?.();
  await rm(join(folder, 'pglite'), { recursive: true });
  await layPglite(folder);
  server = await start();
  expect(await hashesIn(server, 'hq')).toEqual(hashes);
  expect(await server.deps.keyring.keyPair('tickets')).toEqual(key);
  expect((await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(2)))).json().acknowledged).toBe(2);
}, 60_000);

it('E9: a key made just before a crash is in the journal before anything can be signed with it', async () => {
  const server = await start();
  const { journal } = server.deps;
  const { keyPair } = createKeyring({
    ...server.deps,
    masterKey: new Uint8Array(32),
    journal: journal && { ...journal, record: () => expect.fail('the disk is full') },
  });
  await expect(keyPair('other')).rejects.toThrow('the disk is full');
  const stored = await server.deps.database.reader.selectFrom('server_keys').select('name').execute();
  expect(stored.map(({ name }) => name)).not.toContain('other');
}, 60_000);

it('E9: a park that the database refused is not in the journal', async () => {
  const server = await start();
  const failing = { ...server.deps, database: databaseRefusingCommits(server.deps.database) };
  await expect(createPark(failing, PARK)).rejects.toThrow('refused');
  expect(server.deps.journal?.rows().filter(({ table }) => table === 'parks')).toEqual([]);
}, 60_000);

it('P1: of somebody who was erased no file of the journal has the name, and a replay brings nobody back', async () => {
  const name = 'Жыпаргүл Эсенова-Токторбаева';
  const filesWithName = () =>
    readdirSync(folder).filter(
      (file) => file.startsWith('hq-journal') && readFileSync(join(folder, file)).includes(name),
    );
  const server = await start();
  await createPark(server.deps, PARK);
  const person = { staffId: 'jypar', revision: 1, removed: false };
  const row = {
    park: PARK,
    staff_id: 'jypar',
    revision: 1,
    removed: 0,
    name,
    role: 'cashier',
    pin: null,
    removed_ms: null,
  };
  await appendHqEvents(server.deps, PARK, async () => ({
    drafts: [draft('StaffChanged', 'staff:jypar', person, { actor: 'hq:test' })],
    rows: [{ table: 'people', row }],
  }));
  expect(filesWithName()).not.toEqual([]);
  await erasePerson(server.deps, { park: PARK, staffId: 'jypar' }, 'hq:test');
  expect(filesWithName()).toEqual([]);
  await end?.();
  const again = await start();
  const people = again.deps.database.reader.selectFrom('people').select(['name', 'removed']);
  expect(await people.where('staff_id', '=', 'jypar').execute()).toEqual([{ name: '', removed: 1 }]);
  expect(filesWithName()).toEqual([]);
}, 120_000);

it('E5, E9: a journal older than the database brings back no words that were erased since', async () => {
  const words = 'снизили из-за свадьбы семьи Осмоновых';
  const journalFile = join(folder, 'hq-journal.sqlite');
  const textsIn = async ({ deps: { database } }: TestServer) => {
    const rows = await database.reader.selectFrom('texts').select(['name', 'text']).orderBy('name').execute();
    return rows.filter(({ text }) => text === null || text === words);
  };
  let server = await start();
  await createPark(server.deps, PARK);
  const body = { date: '2026-11-21', slot: 'day', places: 5, reason: words };
  await appendHqEvents(server.deps, PARK, [draft('CapacitySet', 'capacity', body, { actor: 'hq:test' })]);
  await end?.();
  await cp(journalFile, `${journalFile}.older`);
  server = await start();
  const [typed] = await textsIn(server);
  expect(typed?.text).toBe(words);
  await server.deps.projections.projectNow(PARK);
  await eraseText(server.deps, { park: PARK, name: typed?.name ?? '' }, { why: 'personal_data', actor: 'hq:test' });
  expect(await textsIn(server)).toEqual([{ name: typed?.name, text: null }]);
  await end?.();
  await cp(`${journalFile}.older`, journalFile);
  await rm(`${journalFile}.older`);
  server = await start();
  expect(await textsIn(server)).toEqual([{ name: typed?.name, text: null }]);
  const journals = readdirSync(folder).filter((file) => file.startsWith('hq-journal'));
  expect(journals.filter((file) => readFileSync(join(folder, file)).includes(words))).toEqual([]);
}, 120_000);

it('E5, E9: words whose erasure was in the journal when the process was killed are in no file after the next start', async () => {
  const words = 'поссорилась с Осмоновыми из-за очереди';
  const files = ['hq-journal.sqlite', 'hq-journal.sqlite-wal'].map((name) => join(folder, name));
  const filesWithWords = () => files.filter((file) => existsSync(file) && readFileSync(file).includes(words));
  let server = await start();
  await createPark(server.deps, PARK);
  const body = { date: '2026-11-21', slot: 'day', places: 5, reason: words };
  await appendHqEvents(server.deps, PARK, [draft('CapacitySet', 'capacity', body, { actor: 'hq:test' })]);
  const name = server.deps.journal?.rows().find(({ row }) => row['text'] === words)?.row['name'];
  // Killed between the journal's commit and the database's: the files are as they were then.
  const { journal } = server.deps;
  const record: HqJournal['record'] = (entry) => {
    journal?.record(entry);
    for (const file of files) copyFileSync(file, `${file}.killed`);
    throw new Error('killed');
  };
  const dying = { ...server.deps, journal: journal && { ...journal, record } };
  const erasing = eraseText(dying, { park: PARK, name: String(name) }, { why: 'personal_data', actor: 'hq:test' });
  await expect(erasing).rejects.toThrow('killed');
  await end?.();
  for (const file of files) await rename(`${file}.killed`, file);
  expect(filesWithWords()).not.toEqual([]);
  server = await start();
  expect(server.deps.journal?.rows().find(({ row }) => row['name'] === name)?.row['text']).toBeNull();
  expect(filesWithWords()).toEqual([]);
}, 120_000);

it('a journal that is no database is named in one sentence', async () => {
  await writeFile(join(folder, 'hq-journal.sqlite'), 'not a database, '.repeat(100));
  expect(() => openHqJournal(folder)).toThrow(DatabaseError);
  expect(() => openHqJournal(folder)).toThrow(/hq-journal\.sqlite/);
});

/** The real database, save that it takes no transaction: the work is done and then rolled back. */
const databaseRefusingCommits = (database: Database): Database => ({
  ...database,
  kysely: {
    transaction: () => ({
      execute: (work: (tx: unknown) => Promise<unknown>) =>
        database.kysely.transaction().execute(async (tx) => {
          await work(tx);
          throw new Error('refused');
        }),
    }),
  } as never,
});

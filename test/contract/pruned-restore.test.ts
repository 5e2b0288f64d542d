import type { PruningSettings } from '@skygate/gate-app/kiosk/checkpoints/pruning';
import type { Event } from '@skygate/shared/events/envelope';
import { kiosksOf } from '@skygate/sync-server/hq/kiosks/kiosks-of';
import { declareRestored } from '@skygate/sync-server/restore/begin-recovery';
import { maySellOnline } from '@skygate/sync-server/restore/may-sell-online';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { prunedStreams } from '../simulation/checks/pruned.ts';
import { copyTables, putTablesBack, type TableCopy } from '../simulation/copy-tables.ts';
import { codeFor, issueGroup, PARK } from '../simulation/headquarters.ts';
import { readKioskDisk, readServerDisk } from '../simulation/inspect.ts';
import type { KioskHost } from '../simulation/kiosk-host.ts';
import { parkPerTest } from './park-per-test.ts';
import type { RunningPark } from './running-park.ts';

const MINUTE_MS = 60_000;
/** A month and a week are minutes here (K4). */
const SOON: PruningSettings = {
  retentionMs: 20 * MINUTE_MS,
  settledMs: 5 * MINUTE_MS,
  worthwhileEvents: 5,
  lookEveryMs: 10_000,
  sliceEvents: 50,
};
const HQ_STREAM = `hq:${PARK}/1`;

interface Backup {
  readonly tables: readonly TableCopy[];
  readonly folder: string;
  /** How far it has each stream. */
  readonly heads: ReadonlyMap<string, number>;
}

/** The park's log is cut back below what kiosks have in a signed checkpoint, and below what they have let go. */
describe('K4, E8: a server that is put back from before a checkpoint of kiosks', { timeout: 240_000 }, () => {
  const openPark = parkPerTest();
  let park: RunningPark;

  const server = () => park.hq(({ database }) => readServerDisk(database));
  const disk = (kiosk: KioskHost) => readKioskDisk(kiosk.databasePath(), true);
  const status = (kiosk: KioskHost) => park.call(kiosk, (api) => api.getStatus());
  const exits = async (kiosk: KioskHost, times: number): Promise<void> => {
    for (let done = 0; done < times; done += 1)
      expect(await park.call(kiosk, (api) => api.countExit({ people: 1 }))).toMatchObject({ ok: true });
  };
  /** A ticket that a gate knows of. @returns its code */
  const issuedTo = async (gate: KioskHost): Promise<string> => {
    const group = await park.hq((deps) => issueGroup(deps, 1));
    if (group === 'refused' || !group[0]) throw new Error('HQ issues tickets');
    await park.until('the gate knows the ticket', () => holdsAll(gate));
    return group[0].code;
  };
  const scans = async (kiosk: KioskHost, text: string) => {
    const reply = await park.call(kiosk, (api) => api.scan({ text, source: 'camera' }));
    return reply.ok ? reply.value.verdict : reply.problem.code;
  };
  const holdsAll = async (kiosk: KioskHost): Promise<boolean> => {
    const { vector } = disk(kiosk);
    return [...(await server()).vector].every(([stream, { seq, hash }]) => {
      const here = vector.get(stream);
      return seq === 0 || here?.hash === hash || (here?.seq ?? 0) > seq;
    });
  };
  const hasAll = async (kiosk: KioskHost): Promise<boolean> => {
    const { vector } = await server();
    return [...disk(kiosk).vector].every(([stream, { seq, hash }]) => {
      const there = vector.get(stream);
      return there !== undefined && (there.seq > seq || there.hash === hash);
    });
  };
  const together = (...kiosks: readonly KioskHost[]) =>
    park.until('kiosks and server hold the same', async () => {
      for (const kiosk of kiosks) if (!(await holdsAll(kiosk)) || !(await hasAll(kiosk))) return false;
      return true;
    });
  const backUp = (): Promise<Backup> =>
    park.hq(async ({ database }) => ({
      tables: await copyTables(database),
      folder: park.server.copyFolder(),
      heads: new Map([...(await readServerDisk(database)).vector].map(([stream, { seq }]) => [stream, seq])),
    }));
  const putBack = async ({ tables, folder }: Backup): Promise<void> => {
    park.server.crash('server at rest');
    await park.activity.settle();
    await putTablesBack(park.world.database, tables);
    park.server.putFolderBack(folder);
    await park.activity.track(() => park.server.start());
  };
  const prunedTo = (kiosk: KioskHost): ReadonlyMap<string, number> =>
    new Map(prunedStreams(kiosk.databasePath()).map(({ node, epoch, to }) => [`${node}/${epoch}`, to]));
  const inTime = async (what: string, holds: () => boolean): Promise<void> => {
    for (let minute = 0; minute < 90; minute += 1) {
      if (holds()) return;
      await park.pass(MINUTE_MS);
    }
    throw new Error(`never: ${what}`);
  };
  /** Months go by. */
  const letsGoBeyond = (kiosk: KioskHost, { heads }: Backup, streams: readonly string[]): Promise<void> =>
    inTime('it lets go more than the backup has', () => {
      const pruned = prunedTo(kiosk);
      return streams.every((stream) => (pruned.get(stream) ?? 0) > (heads.get(stream) ?? 0));
    });
  /** How far each checkpoint of a kiosk has a stream. */
  const checkpointsOf = (kiosk: KioskHost, stream: string): readonly { seq: number; hash: string }[] => {
    const database = new Sqlite(kiosk.databasePath(), { readonly: true });
    try {
      const contents = database.prepare<[], string>('SELECT content FROM checkpoints ORDER BY number').pluck().all();
      return contents.flatMap((content) => {
        const { vector } = JSON.parse(content) as {
          vector: { node: string; epoch: number; seq: number; hash: string }[];
        };
        return vector.filter(({ node, epoch }) => `${node}/${epoch}` === stream);
      });
    } finally {
      database.close();
    }
  };
  const missing = () =>
    park.hq(async ({ database }) => {
      const may = await maySellOnline(database.reader, PARK);
      return may.ok ? 0 : may.error.missing;
    });
  /** Events, in their streams or recorded again, that the server has not. */
  const goneFrom = async (events: readonly Event[]): Promise<readonly string[]> => {
    const now = await server();
    const recorded = now.rows('recovered_events').map(({ hash }) => String(hash));
    const hashes = new Set([...now.events.map(({ hash }) => hash), ...recorded]);
    return events.filter(({ hash }) => !hashes.has(hash)).map(({ node, epoch, seq }) => `${node}/${epoch}/${seq}`);
  };
  const sameRows = async (kiosk: KioskHost): Promise<void> => {
    const { tables } = disk(kiosk);
    for (const [table, lines] of (await server()).tables) expect([table, tables.get(table)]).toEqual([table, lines]);
  };

  it('E8: all comes back by whoever kept it, also what another has let go', async () => {
    park = await openPark({ isDurable: true, pruning: { 'gate-1': SOON } });
    const pruner = await park.kiosk('gate-1', 'gate');
    const keeper = await park.kiosk('gate-2', 'gate');
    await park.logIn(pruner, 'guard');
    const backup = await backUp();
    const own = disk(pruner).incarnation;
    const code = await issuedTo(pruner);
    expect(await scans(pruner, code)).toBe('admit');
    await exits(pruner, 12);
    for (let more = 0; more < 3; more += 1) await issuedTo(pruner);
    await letsGoBeyond(pruner, backup, [HQ_STREAM, own]);
    await exits(pruner, 3);
    await issuedTo(pruner);
    await together(pruner, keeper);
    const { events } = await server();
    // when the server is put back from before all of it, and the operator says so
    for (const gate of [pruner, keeper]) park.network.cut(gate.name, 'both');
    await putBack(backup);
    await park.hq((deps) => declareRestored(deps, PARK, 'operator'));
    // then the one that let it go cannot bring it alone; it works on, says so, and HQ waits
    park.network.cut(pruner.name, 'none');
    await park.until('it says so', async () => (await status(pruner)).sync.state === 'lost_at_hq');
    expect([await missing(), await scans(pruner, code)]).toEqual([2, 'refuse']);
    // and with the other everything is there again
    park.network.cut(keeper.name, 'none');
    await together(pruner, keeper);
    await park.until('all have reported', async () => (await missing()) === 0);
    await park.until('it is at one with HQ', async () => (await status(pruner)).sync.state === 'synced');
    expect(await goneFrom(events)).toEqual([]);
    expect((await status(pruner)).stop).toBeNull();
    for (const gate of [pruner, keeper]) await sameRows(gate);
  });

  it('E6, E8: a checkpoint of a past of HQ that gave way lets nothing go, and all of that past is recorded again', async () => {
    park = await openPark({ isDurable: true, pruning: { 'gate-1': SOON } });
    const gate = await park.kiosk('gate-1', 'gate');
    await park.logIn(gate, 'guard');
    const backup = await backUp();
    const code = await issuedTo(gate);
    await exits(gate, 3);
    await issuedTo(gate);
    const lostEnd = () => disk(gate).vector.get(HQ_STREAM);
    const heads = lostEnd();
    await inTime('a checkpoint has what HQ said', () =>
      checkpointsOf(gate, HQ_STREAM).some(({ hash }) => hash === heads?.hash),
    );
    const { events } = await server();
    park.network.cut(gate.name, 'both');
    await putBack(backup);
    // HQ goes on before anybody notices.
    for (let more = 0; more < 3; more += 1) await park.hq((deps) => issueGroup(deps, 1));
    park.network.cut(gate.name, 'none');
    await park.until('HQ knows of its lost past', async () => (await goneFrom(events)).length === 0);
    await park.until('all have reported', async () => (await missing()) === 0);
    await together(gate);
    expect(lostEnd()?.hash).not.toBe(heads?.hash);
    expect(await scans(gate, code)).toBe('admit');
    await together(gate);
    await sameRows(gate);
    // The checkpoint is forgotten; the next lets go what it has itself, and no more.
    const isOfLost = () => checkpointsOf(gate, HQ_STREAM).some(({ hash }) => hash === heads?.hash);
    await inTime('the checkpoint is forgotten', () => !isOfLost());
    expect([...prunedTo(gate).keys()]).toEqual([]);
    const own = disk(gate).incarnation;
    await exits(gate, 3);
    await inTime('another lets go', () => (prunedTo(gate).get(own) ?? 0) > 0);
    await sameRows(gate);
  });

  it('K4, E8: what nobody keeps any more is told, and what the kiosk keeps is recorded again when it is enrolled anew', async () => {
    park = await openPark({ isDurable: true, pruning: { 'gate-1': SOON } });
    const gate = await park.kiosk('gate-1', 'gate');
    await park.logIn(gate, 'guard');
    const backup = await backUp();
    const own = disk(gate).incarnation;
    await issuedTo(gate);
    await exits(gate, 12);
    for (let more = 0; more < 3; more += 1) await issuedTo(gate);
    await letsGoBeyond(gate, backup, [HQ_STREAM, own]);
    await exits(gate, 3);
    await together(gate);
    const letGo = prunedTo(gate).get(own) ?? 0;
    const kept = (await server()).events.filter(({ node, epoch, seq }) => `${node}/${epoch}` === own && seq > letGo);
    expect(kept.length).toBeGreaterThanOrEqual(3);
    await putBack(backup);
    await park.hq((deps) => declareRestored(deps, PARK, 'operator'));
    await park.until('it says so', async () => (await status(gate)).sync.state === 'lost_at_hq');
    await park.until('HQ sees it', async () => {
      const [item] = await park.hq(({ database }) => kiosksOf(database.reader, PARK));
      return item?.problem === 'upload_refused';
    });
    // It works on; the way out is a supervisor's.
    await exits(gate, 1);
    expect(await park.call(gate, (api) => api.stopToEnrolAnew())).toMatchObject({ problem: { code: 'not_permitted' } });
    await park.call(gate, (api) => api.logOut());
    await park.logIn(gate, 'chief');
    expect(await park.call(gate, (api) => api.stopToEnrolAnew())).toMatchObject({ ok: true });
    expect((await status(gate)).stop).toMatchObject({ code: 'lost_at_hq', mayEnrol: true });
    const node = await park.nodeOf(gate);
    await park.enrol(gate, await park.hq((deps) => codeFor(deps, gate.name, 'gate', node)));
    await park.until('what it keeps is recorded again', async () => (await goneFrom(kept)).length === 0);
    await park.until('nothing waits', async () => {
      const { recovery, sync } = await status(gate);
      return recovery?.toDeliver === 0 && recovery.toRecord === 0 && sync.state === 'synced';
    });
    await park.logIn(gate, 'guard');
    await exits(gate, 1);
    const now = disk(gate).incarnation;
    const head = () => disk(gate).vector.get(now);
    await park.until('HQ hears of it again', async () => (await server()).vector.get(now)?.hash === head()?.hash);
    // HQ waits for what it lent and sold then, till a person says otherwise.
    expect(await missing()).toBe(1);
  });
});

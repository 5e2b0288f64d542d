import { beforeEach, describe, expect, it } from 'vitest';
import { copyTables, putTablesBack, type TableCopy } from '../simulation/copy-tables.ts';
import { issueGroup, PARK } from '../simulation/headquarters.ts';
import { readKioskDisk } from '../simulation/inspect.ts';
import type { KioskHost } from '../simulation/kiosk-host.ts';
import { parkPerTest } from './park-per-test.ts';
import type { RunningPark } from './running-park.ts';
import { cashierAt } from './till-work.ts';

type FolderCopy = ReturnType<RunningPark['server']['copyFolder']>;

/** Nothing of HQ was lost, so nothing proves to the server that it was restored: its log keeps its id. */
describe('E8: a server that was put back from an older backup and does not notice', { timeout: 240_000 }, () => {
  let park: RunningPark;
  let writer: KioskHost;
  let reader: KioskHost;

  const openPark = parkPerTest();
  beforeEach(async () => {
    park = await openPark();
    writer = await park.kiosk('gate-1', 'gate');
    reader = await park.kiosk('gate-2', 'gate');
    await park.logIn(writer, 'guard');
  });

  const heads = async (): Promise<ReadonlyMap<string, number>> => {
    const rows = await park.hq(({ database }) =>
      database.reader
        .selectFrom('events')
        .select(({ fn }) => ['node', 'epoch', fn.max('seq').as('seq')])
        .where('park', '=', PARK)
        .groupBy(['node', 'epoch'])
        .execute(),
    );
    return new Map(rows.map(({ node, epoch, seq }) => [`${node}/${epoch}`, Number(seq)]));
  };
  const logId = () =>
    park.hq(({ database }) => database.reader.selectFrom('parks').select('log_id').executeTakeFirstOrThrow());
  /** Whether a kiosk holds every event that the server holds, in a row and without gaps. */
  const holdsAll = async (kiosk: KioskHost): Promise<boolean> => {
    const { vector } = readKioskDisk(kiosk.databasePath(), false);
    return [...(await heads())].every(([stream, seq]) => vector.get(stream)?.seq === seq);
  };
  const bothHoldAll = async (): Promise<boolean> => (await holdsAll(writer)) && (await holdsAll(reader));
  const countExits = async (times: number): Promise<void> => {
    for (let done = 0; done < times; done += 1)
      expect(await park.call(writer, (api) => api.countExit({ people: 1 }))).toMatchObject({ ok: true });
  };
  const areAtHq = async (): Promise<boolean> => {
    const rows = await park.hq(({ database: { reader } }) => reader.selectFrom('texts').select('text').execute());
    return rows.some(({ text }) => text === 'coins for the till');
  };
  const putBack = async (tables: readonly TableCopy[], folder: FolderCopy): Promise<void> => {
    park.server.crash('server at rest');
    await park.activity.settle();
    await putTablesBack(park.world.database, tables);
    park.server.putFolderBack(folder);
    await park.activity.track(() => park.server.start());
  };
  /** Exits that both gates and the server know are lost at the server, without a trace of it. */
  const loseExits = async (): Promise<void> => {
    const tables = await park.hq(() => copyTables(park.world.database));
    const folder = park.server.copyFolder();
    await countExits(3);
    await park.until('both gates and the server have the exits', bothHoldAll);
    await park.pass(10_000);
    for (const gate of [writer, reader]) park.network.cut(gate.name, 'both');
    await putBack(tables, folder);
  };
  const comesTogether = async (): Promise<void> => {
    await park.until('both gates and the server hold the same', bothHoldAll);
    expect(readKioskDisk(reader.databasePath(), false).held).toBe(0);
    await park.hq((deps) => issueGroup(deps, 1));
    await park.until('they hear of what HQ does next', bothHoldAll);
  };

  it('S4, E8: what took the lost positions meanwhile comes to a kiosk that had pulled past them', async () => {
    const before = await logId();
    await loseExits();
    for (let groups = 0; groups < 2; groups += 1) await park.hq((deps) => issueGroup(deps, 1));
    park.network.cut(writer.name, 'none');
    await park.until('the exits are back', () => holdsAll(writer));
    park.network.cut(reader.name, 'none');
    await comesTogether();
    expect(await logId()).toEqual(before);
  });

  it('S4, E8: a kiosk that had pulled past the end of the log brings what is lost, and hears what comes after', async () => {
    await loseExits();
    park.network.cut(reader.name, 'none');
    await park.until('the exits are back', () => holdsAll(reader));
    park.network.cut(writer.name, 'none');
    await comesTogether();
  });

  it('E5, E8: what was typed since the backup comes to it again', async () => {
    const till = await park.kiosk('till-1', 'till');
    await park.logIn(till, 'cashier');
    const cashier = cashierAt(park, till);
    await cashier.openShift();
    const tables = await park.hq(() => copyTables(park.world.database));
    const folder = park.server.copyFolder();
    expect(await cashier.moveCash('coins for the till')).toMatchObject({ ok: true });
    await park.until('HQ has the words', areAtHq);
    await park.pass(10_000);
    await putBack(tables, folder);
    expect(await areAtHq()).toBe(false);
    await park.until('HQ has them again', areAtHq);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { namesOf } from '@skygate/sync-server/hq/names-of';
import { eraseText } from '@skygate/sync-server/hq/texts/erase-text';
import { textErasures } from '@skygate/sync-server/hq/texts/text-erasures';
import { textList } from '@skygate/sync-server/hq/texts/text-list';
import { openRecovery } from '@skygate/sync-server/restore/recovery-state';
import { beforeEach, describe, expect, it } from 'vitest';
import { copyTables, putTablesBack } from '../simulation/copy-tables.ts';
import { PARK } from '../simulation/headquarters.ts';
import type { KioskHost } from '../simulation/kiosk-host.ts';
import { parkPerTest } from './park-per-test.ts';
import type { RunningPark } from './running-park.ts';
import { cashierAt } from './till-work.ts';

const ERASED_AFTER = 'Бакыт сдал сдачу соседу, паспорт AN1234567';
const TYPED_BEFORE = 'размен для киоска у колеса';
const LOST_AND_KEPT = 'разменяла крупную купюру для кафе';
const LOST_AND_ERASED = 'Жаныл опоздала на смену из-за врача';

describe('E5, E8: what people typed, at a server that was put back from an older backup', { timeout: 240_000 }, () => {
  let park: RunningPark;
  let till: KioskHost;

  const openPark = parkPerTest();
  beforeEach(async () => {
    park = await openPark();
    till = await park.kiosk('till-1', 'till');
    await park.kiosk('gate-1', 'gate');
    await park.logIn(till, 'cashier');
    expect(await cashierAt(park, till).openShift()).toMatchObject({ ok: true });
  });

  const atHq = async () => {
    const { texts } = await park.hq(async ({ database: { reader } }) =>
      textList(reader, PARK, { after: null, names: await namesOf(reader, PARK) }),
    );
    return texts.filter(({ kioskName }) => kioskName !== null);
  };
  const logId = () =>
    park.hq(async ({ database: { reader } }) => {
      const row = await reader.selectFrom('parks').select('log_id').executeTakeFirstOrThrow();
      return row.log_id;
    });
  const wordsAtHq = async () => (await atHq()).map(({ text }) => text).sort();
  /** Typed at the till, and at HQ. @returns what the text is called */
  const type = async (reason: string): Promise<string> => {
    expect(await cashierAt(park, till).moveCash(reason)).toMatchObject({ ok: true });
    await park.until('HQ can read it', async () => (await wordsAtHq()).includes(reason));
    return (await atHq()).find(({ text }) => text === reason)?.name ?? '';
  };
  const erasures = () =>
    park.hq(async ({ database: { reader } }) => textErasures(reader, PARK, await namesOf(reader, PARK)));
  const erase = async (name: string): Promise<void> => {
    await park.hq((deps) => eraseText(deps, { park: PARK, name }, { why: 'personal_data', actor: 'hq:anna' }));
    await park.until('every kiosk has confirmed it', async () =>
      (await erasures()).every(({ waitingFor }) => waitingFor.length === 0),
    );
  };
  const serverHas = async (words: string) => {
    const rows = await park.hq(async ({ database: { reader } }) => reader.selectFrom('texts').select('text').execute());
    // The server's journal lies beside the kiosks' folders.
    const folder = dirname(dirname(till.databasePath()));
    const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    return {
      rows: rows.filter(({ text }) => text === words).length,
      files: files.flatMap(({ name }) => (readFileSync(join(folder, name)).includes(words) ? [name] : [])),
    };
  };

  it('E5, E8: gets them back also where nothing else shows that it was restored', async () => {
    await type(TYPED_BEFORE);
    const tables = await park.hq(() => copyTables(park.world.database));
    const folder = park.server.copyFolder();
    await type(LOST_AND_KEPT);
    await type(LOST_AND_ERASED);
    const before = await logId();
    park.server.crash('server at rest');
    await park.activity.settle();
    await putTablesBack(park.world.database, tables);
    park.server.putFolderBack(folder);
    await park.activity.track(() => park.server.start());
    expect(await wordsAtHq()).toEqual([TYPED_BEFORE]);
    const all = [LOST_AND_KEPT, LOST_AND_ERASED, TYPED_BEFORE].sort();
    await park.until('its words are back', async () => (await wordsAtHq()).length === all.length);
    expect(await wordsAtHq()).toEqual(all);
    // HQ had written nothing since that backup: to itself it is the log that it was.
    expect(await logId()).toBe(before);
  });

  it('E5, E8: gets the words back from their kiosk and the erasures from all, and shows nothing erased again', async () => {
    const first = await type(ERASED_AFTER);
    const tables = await park.hq(() => copyTables(park.world.database));
    const folder = park.server.copyFolder();
    await type(LOST_AND_KEPT);
    const third = await type(LOST_AND_ERASED);
    await erase(first);
    await erase(third);
    expect(await wordsAtHq()).toEqual([LOST_AND_KEPT]);

    park.server.crash('server at rest');
    await park.activity.settle();
    await putTablesBack(park.world.database, tables);
    park.server.putFolderBack(folder);
    await park.activity.track(() => park.server.start());
    // The backup has what was erased since.
    expect((await serverHas(ERASED_AFTER)).rows).toBe(1);

    await park.until('the server knows that it was restored, and every kiosk has reported', () =>
      park.hq(async ({ database: { reader } }) => {
        const row = await reader.selectFrom('park_recovery').select('ended_ms').executeTakeFirst();
        return row?.ended_ms != null && (await openRecovery(reader, PARK)) === null;
      }),
    );
    await park.until('its words are back', async () => (await wordsAtHq()).includes(LOST_AND_KEPT));
    await park.pass(60_000);
    expect(await wordsAtHq()).toEqual([LOST_AND_KEPT]);
    expect((await erasures()).map(({ name }) => name).sort()).toEqual([first, third].sort());
    for (const words of [ERASED_AFTER, LOST_AND_ERASED]) expect(await serverHas(words)).toEqual({ rows: 0, files: [] });
  });
});

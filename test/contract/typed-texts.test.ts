import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { problemType } from '@skygate/shared/protocol/problem';
import type { HqDeps } from '@skygate/sync-server/hq/hq-deps';
import { revokeKiosk } from '@skygate/sync-server/hq/kiosks/revoke';
import { namesOf } from '@skygate/sync-server/hq/names-of';
import { eraseText } from '@skygate/sync-server/hq/texts/erase-text';
import { textErasures } from '@skygate/sync-server/hq/texts/text-erasures';
import { textList } from '@skygate/sync-server/hq/texts/text-list';
import { beforeEach, describe, expect, it } from 'vitest';
import { PARK } from '../simulation/headquarters.ts';
import type { KioskHost } from '../simulation/kiosk-host.ts';
import type { Serve } from '../simulation/network.ts';
import { parkPerTest } from './park-per-test.ts';
import type { RunningPark } from './running-park.ts';
import { cashierAt } from './till-work.ts';

const WORDS = 'Айбек взял на молоко 300 сом до вечера';

describe('E5: a reason that somebody types at a till', { timeout: 240_000 }, () => {
  let park: RunningPark;
  let till: KioskHost;
  /** What the server was asked since the last look, by path. */
  let asked: string[] = [];
  let losesAnswers = false;
  let isVersion1 = false;
  /** So many answers about texts are a proxy's page in the server's place. */
  let pages: number[] = [];

  const standingBetween =
    (serve: Serve): Serve =>
    async (request) => {
      if (isVersion1 && request.headers['skygate-protocol'] !== '1') {
        const problem = { type: problemType('upgrade_needed'), title: 'upgrade', status: 426, code: 'upgrade_needed' };
        return { status: 426, headers: {}, body: JSON.stringify(problem) };
      }
      asked.push(request.path);
      if (request.path !== '/sync/texts') return serve(request);
      const page = pages.shift();
      if (page !== undefined) return { status: page, headers: {}, body: '<html>Log in to the network</html>' };
      const answer = await serve(request);
      return losesAnswers ? null : answer;
    };

  const openPark = parkPerTest();
  beforeEach(async () => {
    [asked, losesAnswers, isVersion1, pages] = [[], false, false, []];
    park = await openPark({ facade: standingBetween });
    till = await park.kiosk('till-1', 'till');
    await park.logIn(till, 'cashier');
    expect(await cashierAt(park, till).openShift()).toMatchObject({ ok: true });
  });

  const type = async (reason: string): Promise<void> => {
    expect(await cashierAt(park, till).moveCash(reason)).toMatchObject({ ok: true });
  };
  /** What HQ can read of what was typed at kiosks. */
  const atHq = async () => {
    const { texts } = await park.hq(async ({ database: { reader } }) =>
      textList(reader, PARK, { after: null, names: await namesOf(reader, PARK) }),
    );
    return texts.filter(({ kioskName }) => kioskName !== null);
  };
  const isAtHq = async (words = WORDS) => (await atHq()).some(({ text }) => text === words);
  const erase = (name: string) =>
    park.hq((deps) => eraseText(deps, { park: PARK, name }, { why: 'personal_data', actor: 'hq:anna' }));
  const filesIn = (folder: string): readonly string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isFile() && readFileSync(join(folder, entry.name)).includes(WORDS) ? [entry.name] : [],
    );
  const tillFiles = () => filesIn(dirname(till.databasePath()));
  /** The server's journal lies beside the kiosks' folders. */
  const serverFiles = () => filesIn(dirname(dirname(till.databasePath())));
  const serverRows = () =>
    park.hq(async ({ database }) => {
      const events = await database.reader.selectFrom('events').select('body').where('park', '=', PARK).execute();
      const texts = await database.reader.selectFrom('texts').select(['name', 'text']).execute();
      return [...events, ...texts].filter((row) => JSON.stringify(row).includes(WORDS)).length;
    });

  it('E5: is read at HQ, and once it is erased there, no file of either has it', async () => {
    await type(WORDS);
    expect(tillFiles()).not.toEqual([]);
    await park.until('HQ can read it', () => isAtHq());
    const [text] = await atHq();
    expect(text).toMatchObject({ text: WORDS, type: 'CashMoved', actor: 'staff:cashier', kioskName: 'till-1' });
    expect(await serverRows()).toBe(1);
    expect(serverFiles()).not.toEqual([]);
    await erase(text?.name ?? '');
    expect(await atHq()).toEqual([]);
    expect(await serverRows()).toBe(0);
    expect(serverFiles()).toEqual([]);
    const isDone = async () => {
      const [erasure] = await park.hq(async ({ database: { reader } }) =>
        textErasures(reader, PARK, await namesOf(reader, PARK)),
      );
      return erasure?.waitingFor.length === 0;
    };
    await park.until('the till has confirmed it', isDone);
    expect(tillFiles()).toEqual([]);
  });

  it('E5: comes to HQ after a power cut at the till, and after an answer that was lost', async () => {
    park.network.cut('till-1', 'both');
    await type(WORDS);
    till.restoreImage(till.takeImage() as string);
    await park.until('it is up again', () => till.isUp());
    losesAnswers = true;
    park.network.cut('till-1', 'none');
    await park.until('HQ can read it', () => isAtHq());
    await park.pass(60_000);
    losesAnswers = false;
    asked = [];
    await park.until('it was brought again', () => asked.includes('/sync/texts'));
    await park.pass(60_000);
    asked = [];
    await park.pass(5 * 60_000);
    expect(asked).not.toContain('/sync/texts');
    expect(await atHq()).toHaveLength(1);
  });

  it('E5: comes to HQ in a good network though a proxy’s page answered in the server’s place', async () => {
    pages = [200, 403];
    await type(WORDS);
    await park.until('two pages came', () => pages.length === 0);
    await park.until('HQ can read it', () => isAtHq());
    await park.pass(60_000);
    asked = [];
    await park.pass(5 * 60_000);
    expect(asked).not.toContain('/sync/texts');
  });

  it('E5: waits while the server speaks version 1, which is never asked, and comes when it speaks 2', async () => {
    isVersion1 = true;
    await park.pass(60_000);
    asked = [];
    await type(WORDS);
    await park.pass(5 * 60_000);
    const events = () =>
      park.hq(async ({ database }) =>
        database.reader.selectFrom('events').select('body').where('type', '=', 'CashMoved').execute(),
      );
    // The fact itself is there, and names what has not come.
    expect(await events()).toMatchObject([{ body: expect.stringContaining('"reason":"text:') }]);
    expect(asked).not.toContain('/sync/texts');
    isVersion1 = false;
    // A kiosk that is started anew speaks its newest version first.
    till.restoreImage(till.takeImage() as string);
    await park.until('it is up again', () => till.isUp());
    await park.until('HQ can read it', () => isAtHq());
  });

  it('X4: of a revoked till comes to HQ before the till wipes itself', async () => {
    // On PGlite another kiosk has to hold what it delivered (E9).
    await park.kiosk('gate-1', 'gate');
    park.network.cut('till-1', 'both');
    await type(WORDS);
    const node = await park.nodeOf(till);
    await park.hq((deps) => {
      const hq: HqDeps = { ...deps, publicUrl: null };
      return revokeKiosk(hq, { park: PARK, node, reason: 'stolen', actor: 'hq:anna' });
    });
    park.network.cut('till-1', 'none');
    await park.until('it is wiped', async () => (await park.call(till, (api) => api.getStatus())).wasErased);
    expect(await isAtHq()).toBe(true);
    expect(tillFiles()).toEqual([]);
  });
});

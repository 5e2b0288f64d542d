import { decideEdit } from '@skygate/sync-server/documents/edit-document';
import { casesOf } from '@skygate/sync-server/hq/cases/cases-of';
import { closeCase } from '@skygate/sync-server/hq/cases/close-case';
import { appendHqEvents } from '@skygate/sync-server/hq-node/append-hq-events';
import { beforeEach, describe, expect, it } from 'vitest';
import { HQ, issueGroup, PARK } from '../simulation/headquarters.ts';
import type { KioskHost } from '../simulation/kiosk-host.ts';
import { parkPerTest } from './park-per-test.ts';
import type { RunningPark } from './running-park.ts';

describe('a ticket that was let in at two gates which could not know of each other', () => {
  let park: RunningPark;
  let north: KioskHost;
  let south: KioskHost;
  let east: KioskHost;

  const openPark = parkPerTest();
  beforeEach(async () => {
    park = await openPark();
    north = await park.kiosk('north', 'gate');
    south = await park.kiosk('south', 'gate');
    east = await park.kiosk('east', 'gate');
    const tickets = await park.hq((deps) => issueGroup(deps, 1));
    const code = tickets === 'refused' ? '' : (tickets[0]?.code ?? '');
    await park.pass(5_000);
    for (const gate of [north, south]) {
      await park.logIn(gate, 'guard');
      park.network.cut(gate.name, 'both');
    }
    for (const gate of [north, south]) {
      const shown = await park.call(gate, (api) => api.scan({ text: code, source: 'typed' }));
      expect(shown).toMatchObject({ ok: true, value: { verdict: expect.stringMatching(/admit|provisional/) } });
      await park.pass(1_000);
    }
    for (const gate of [north, south]) park.network.cut(gate.name, 'none');
    await park.until('both gates show it', async () => (await shownAt(north)) === 1 && (await shownAt(south)) === 1);
  }, 180_000);

  const notices = async (gate: KioskHost) => (await park.call(gate, (api) => api.getStatus())).caseNotices;
  const shownAt = async (gate: KioskHost): Promise<number> => (await notices(gate)).length;
  const atHq = () =>
    park.hq(async (deps) => {
      await deps.projections.projectNow(PARK);
      const query = { park: PARK, state: 'open' as const, after: null, limit: 20 };
      return (await casesOf(deps.database.reader, query)).cases;
    });
  const allowEntries = (count: number) =>
    park.hq(async (deps) => {
      await appendHqEvents(deps, PARK, async (tx) => {
        const held = await deps.documents.load(tx, PARK, 'catalogue');
        const edited = await decideEdit(deps, tx, held, {
          park: PARK,
          actor: HQ.actor,
          about: 'day-ticket',
          edit: ({ products }) => {
            const product = products['day-ticket'];
            if (product) product.entriesAllowed = count;
          },
        });
        if (!edited.ok) throw new Error(edited.error);
        return { drafts: edited.value.drafts };
      });
    });

  it('T3: is shown at the two gates alone, and gone when HQ has closed it', async () => {
    const [open] = await atHq();
    expect(open).toMatchObject({ kind: 'contested' });
    expect(await notices(north)).toMatchObject([{ caseId: open?.caseId, isHere: false }]);
    expect(await notices(south)).toMatchObject([{ caseId: open?.caseId, isHere: true }]);
    expect(await shownAt(east)).toBe(0);
    await park.hq((deps) =>
      closeCase(deps, { park: PARK, caseId: open?.caseId ?? '', outcome: 'accepted', reason: 'a family', ...HQ }),
    );
    await park.until('the gates know', async () => (await shownAt(north)) + (await shownAt(south)) === 0);
    expect(await atHq()).toEqual([]);
  });

  it('T3: the entry limit follows the catalogue in use, at HQ and at every gate, there and back', async () => {
    const [before] = await atHq();
    await allowEntries(2);
    expect(await atHq()).toEqual([]);
    await park.until('the gates follow', async () => (await shownAt(north)) + (await shownAt(south)) === 0);
    await allowEntries(1);
    expect((await atHq()).map(({ caseId }) => caseId)).toEqual([before?.caseId]);
    await park.until('the gates follow', async () => (await shownAt(north)) === 1 && (await shownAt(south)) === 1);
    expect(await shownAt(east)).toBe(0);
  });
});

import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HttpRequest } from '@skygate/gate-app/kiosk/ports';
import type { KioskStatus } from '@skygate/gate-app/rpc-contract/status-view';
import { problemType } from '@skygate/shared/protocol/problem';
import { revocationOf } from '@skygate/sync-server/hq/kiosks/revocation-of';
import { revokeKiosk } from '@skygate/sync-server/hq/kiosks/revoke';
import { beforeEach, describe, expect, it } from 'vitest';
import { copyTables, putTablesBack } from '../simulation/copy-tables.ts';
import { CAPACITY, codeFor, DATE, grantLease, PARK } from '../simulation/headquarters.ts';
import type { KioskHost } from '../simulation/kiosk-host.ts';
import type { Serve } from '../simulation/network.ts';
import { parkPerTest } from './park-per-test.ts';
import type { RunningPark } from './running-park.ts';
import { cashierAt } from './till-work.ts';

const LEASE = 40;

describe('a revoked kiosk', () => {
  let park: RunningPark;
  let till: KioskHost;
  let node: string;
  let hidesRevocation = false;
  /** Once, when the server has heard the last word and its answer is on the way. */
  let whenSaid: (() => void) | null = null;
  /** Once, when the last word has arrived and the server has not read it yet. */
  let beforeLastWord: (() => Promise<void>) | null = null;
  /** A server that speaks version 1 knows no revocation, only a closed epoch. */
  let isVersion1 = false;
  /** So many times something on the way answers the last word in the server's place. */
  let pages = 0;

  const openPark = parkPerTest();
  beforeEach(async () => {
    hidesRevocation = false;
    whenSaid = null;
    beforeLastWord = null;
    isVersion1 = false;
    pages = 0;
    const facade = (serve: Serve) => async (request: HttpRequest) => {
      if (isVersion1 && request.headers['skygate-protocol'] !== '1') {
        const problem = { type: problemType('upgrade_needed'), title: 'upgrade', status: 426, code: 'upgrade_needed' };
        return { status: 426, headers: {}, body: JSON.stringify(problem) };
      }
      return request.path === '/sync/wiped' ? hearLastWord(serve, request) : serve(request);
    };
    park = await openPark({ facade });
    till = await park.kiosk('till-1', 'till');
    node = await park.nodeOf(till);
    await park.hq((deps) => grantLease(deps, { node: node as never, epoch: 1 }, { places: LEASE, lastsMs: null }));
    await park.logIn(till, 'cashier');
    await openShift();
    await park.until('the lease is there', async () => (await left()) === LEASE);
  });

  const hearLastWord: (serve: Serve, request: HttpRequest) => ReturnType<Serve> = async (serve, request) => {
    if (hidesRevocation) return null;
    if (pages > 0) {
      pages -= 1;
      return { status: 200, headers: {}, body: '{}' };
    }
    const before = beforeLastWord;
    beforeLastWord = null;
    await before?.();
    const answer = await serve(request);
    const act = whenSaid;
    whenSaid = null;
    act?.();
    return answer;
  };
  const status = (): Promise<KioskStatus> => park.call(till, (api) => api.getStatus());
  const folder = (): string => dirname(till.databasePath());
  const left = async (): Promise<number> => {
    const catalogue = await park.call(till, (api) => api.getSaleCatalogue({ date: DATE }));
    return catalogue.ok
      ? (catalogue.value.products.find(({ productId }) => productId === 'day-ticket')?.slots[0]?.left ?? 0)
      : 0;
  };
  const openShift = () => cashierAt(park, till).openShift();
  const sell = () => cashierAt(park, till).sell();
  const revoke = (): Promise<void> =>
    park.hq((deps) =>
      revokeKiosk({ ...deps, publicUrl: null }, { park: PARK, node, reason: 'stolen', actor: 'hq:anna' }),
    );
  const atHq = async () => {
    const { reader } = park.deps.database;
    return park.hq(async () => ({
      revocation: await revocationOf(reader, { park: PARK, node, nowMs: park.deps.clock.nowMs() }),
      events: await reader
        .selectFrom('events')
        .select(['seq', 'type'])
        .where('park', '=', PARK)
        .where('node', '=', node)
        .orderBy('seq')
        .execute(),
    }));
  };
  const isErased = async (): Promise<boolean> => (await status()).wasErased;
  const keyFiles = (): readonly string[] => readdirSync(folder()).filter((name) => name.endsWith('.key'));

  it('X4: stops, gives its places back, delivers what it has, and erases itself', async () => {
    expect(await sell()).toMatchObject({ ok: true });
    await revoke();
    await park.until('it is erased', isErased);
    expect(await status()).toMatchObject({ identity: null, stop: null, staff: null, wasErased: true });
    expect(await park.call(till, (api) => api.listStaff())).toEqual([]);
    const { events, revocation } = await atHq();
    expect(events.at(-1)?.type).toBe('LeaseReturned');
    expect(events.filter(({ type }) => type === 'SaleCompleted')).toHaveLength(1);
    expect(revocation?.wipedMs).not.toBeNull();
    expect(revocation?.leasedPlaces).toBe(0);
    expect(existsSync(join(folder(), 'wiping'))).toBe(false);
  });

  it('X4: refuses every command with a clear reason from the moment it knows', async () => {
    hidesRevocation = true;
    await revoke();
    await park.until('it knows', async () => (await status()).stop?.code === 'revoked');
    expect(await sell()).toMatchObject({ ok: false, problem: { code: 'kiosk_revoked' } });
    expect(await cashierAt(park, till).moveCash('float')).toMatchObject({ problem: { code: 'kiosk_revoked' } });
    expect(await park.call(till, (api) => api.closeShift({ denominations: [], reason: '' }))).toMatchObject({
      ok: false,
    });
    expect((await status()).stop).toMatchObject({ code: 'revoked', farewell: { left: 0, hasOpenShift: true } });
    // The server never heard its last word: nothing is erased.
    await park.pass(5 * 60_000);
    expect((await status()).identity).not.toBeNull();
    hidesRevocation = false;
    await park.until('it is erased', isErased);
  });

  it('X4, E8: a server that lost what it had just confirmed does not let it go: it delivers that again before', async () => {
    const { database } = park.deps;
    await revoke();
    park.network.cut('till-1', 'both');
    expect(await sell()).toMatchObject({ ok: true });
    const tables = await park.hq(() => copyTables(database));
    let lost = 0;
    // Between its last question and its last word an older backup is put back, in which its sale is not.
    beforeLastWord = async () => {
      await putTablesBack(database, tables);
      lost += 1;
    };
    park.network.cut('till-1', 'none');
    await park.until('it is erased', isErased);
    expect(lost).toBe(1);
    const { events } = await atHq();
    expect(events.filter(({ type }) => type === 'SaleCompleted')).toHaveLength(1);
  });

  it('X4: without a network it sells on unknowing, delivers all of it later, and only then erases', async () => {
    park.network.cut('till-1', 'both');
    await revoke();
    for (let count = 0; count < 3; count += 1) expect(await sell()).toMatchObject({ ok: true });
    await park.pass(10 * 60_000);
    expect((await status()).stop).toBeNull();
    expect((await status()).sync.waiting).toBeGreaterThanOrEqual(3);
    park.network.cut('till-1', 'none');
    await park.until('it is erased', isErased);
    const { events } = await atHq();
    expect(events.filter(({ type }) => type === 'SaleCompleted')).toHaveLength(3);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  });

  it('X4: cut off in the middle it keeps everything, over restarts too, and goes on when the network is back', async () => {
    expect(await sell()).toMatchObject({ ok: true });
    hidesRevocation = true;
    await revoke();
    await park.until('it knows', async () => (await status()).stop?.code === 'revoked');
    park.network.cut('till-1', 'both');
    till.restoreImage(till.takeImage() as string);
    await park.until('it is up again', () => till.isUp());
    await park.pass(60_000);
    expect((await status()).stop).toMatchObject({ code: 'revoked', farewell: { state: 'waiting' } });
    expect(await sell()).toMatchObject({ ok: false });
    expect(keyFiles()).toEqual(['node.key', 'signing.key']);
    hidesRevocation = false;
    park.network.cut('till-1', 'none');
    await park.until('it is erased', isErased);
  });

  it('X4, S2: takes no answer that something on the way gives for the server having heard its last word', async () => {
    pages = 3;
    await revoke();
    await park.until('the pages are gone', async () => pages === 0);
    await park.until('it is erased', isErased);
    expect((await atHq()).revocation?.wipedMs).not.toBeNull();
  });

  it('X4: killed between the answer to its last word and its marker, it says it again and erases itself', async () => {
    expect(await sell()).toMatchObject({ ok: true });
    let died = 0;
    whenSaid = () => {
      died += 1;
      till.restoreImage(till.takeImage() as string);
    };
    await revoke();
    await park.until('it died over it', async () => died === 1 && till.isUp());
    await park.until('it is erased', isErased);
    const { revocation } = await atHq();
    expect(revocation?.wipedMs).not.toBeNull();
    expect(await status()).toMatchObject({ identity: null, wasErased: true });
  });

  it('X4: goes on when its last word was not heard for longer than a token is good', async () => {
    expect(await sell()).toMatchObject({ ok: true });
    hidesRevocation = true;
    await revoke();
    await park.until('it knows', async () => (await status()).stop?.code === 'revoked');
    await park.pass(20 * 60_000);
    expect((await status()).identity).not.toBeNull();
    hidesRevocation = false;
    await park.until('it is erased', isErased);
  });

  it('X4: goes on when the server refuses the token of a kiosk whose monotonic clock stood still in its sleep', async () => {
    expect(await sell()).toMatchObject({ ok: true });
    hidesRevocation = true;
    await revoke();
    await park.until('it knows', async () => (await status()).stop?.code === 'revoked');
    await park.pass(60_000);
    till.clock.standStill(20 * 60_000);
    park.scheduler.leap(20 * 60_000);
    hidesRevocation = false;
    await park.until('it is erased', isErased);
  });

  it('X4, E5: brings what was typed there again to a server that lost it alone, before it erases itself', async () => {
    const { kysely } = park.deps.database;
    const wordsAtHq = () => park.hq(() => kysely.selectFrom('texts').select('text').where('node', '=', node).execute());
    expect(await cashierAt(park, till).moveCash('change for the café')).toMatchObject({ ok: true });
    hidesRevocation = true;
    await revoke();
    await park.until('it knows', async () => (await status()).stop?.code === 'revoked');
    await park.pass(60_000);
    expect(await wordsAtHq()).toEqual([{ text: 'change for the café' }]);
    await park.hq(() => kysely.deleteFrom('texts').where('node', '=', node).execute());
    hidesRevocation = false;
    await park.until('it is erased', isErased);
    expect(await wordsAtHq()).toEqual([{ text: 'change for the café' }]);
  });

  it('X4: may be enrolled anew afterwards, as somebody else, with keys that nobody had before', async () => {
    const old = await atHq();
    await revoke();
    await park.until('it is erased', isErased);
    await park.enrol(till, await park.hq((deps) => codeFor(deps, 'till-2', 'till')));
    expect(await park.nodeOf(till)).not.toBe(node);
    expect((await status()).wasErased).toBe(false);
    expect(keyFiles()).toEqual(['node.key', 'signing.key']);
    expect(old.revocation?.node).toBe(node);
    await park.logIn(till, 'cashier');
    expect(await openShift()).toMatchObject({ ok: true });
  });

  it('E9: erases nothing that only a database without fsync would hold: another kiosk has to have it first', async () => {
    const gate = await park.kiosk('gate-1', 'gate');
    await park.nodeOf(gate);
    park.network.cut('gate-1', 'both');
    expect(await sell()).toMatchObject({ ok: true });
    await revoke();
    await park.until('it knows', async () => (await status()).stop?.code === 'revoked');
    await park.pass(2 * 60_000);
    expect((await status()).identity).not.toBeNull();
    expect((await atHq()).revocation?.wipedMs).toBeNull();
    park.network.cut('gate-1', 'none');
    await park.until('it is erased', isErased);
  });

  it('X4: with a full disk it stops at once, and gives its places back and leaves once there is room', async () => {
    park.network.cut('till-1', 'both');
    till.fillDisk();
    while ((await sell()).ok);
    expect(await sell()).toMatchObject({ ok: false, problem: { code: 'disk_full' } });
    expect((await status()).sync.diskIsFull).toBe(true);
    await revoke();
    park.network.cut('till-1', 'none');
    await park.until('it knows', async () => (await status()).stop?.code === 'revoked');
    expect(await sell()).toMatchObject({ ok: false, problem: { code: 'kiosk_revoked' } });
    till.freeDisk();
    await park.until('it is erased', isErased);
    expect((await atHq()).revocation?.leasedPlaces).toBe(0);
  });

  it('X4: a server of version 1 says only that its epoch is closed: it stops and keeps everything', async () => {
    park.network.cut('till-1', 'both');
    await revoke();
    isVersion1 = true;
    await park.pass(60_000);
    park.network.cut('till-1', 'none');
    await park.until('it knows', async () => (await status()).stop !== null);
    expect((await status()).stop).toMatchObject({ code: 'closed', farewell: null });
    await park.pass(60_000);
    expect((await status()).identity).not.toBeNull();
    expect(keyFiles()).toEqual(['node.key', 'signing.key']);
  });

  it('X4: HQ has its places again once it gave them back', async () => {
    const before = await atHq();
    expect(before.revocation?.leasedPlaces).toBe(LEASE);
    await revoke();
    await park.until('it is erased', isErased);
    expect((await atHq()).revocation?.leasedPlaces).toBe(0);
    expect(CAPACITY).toBeGreaterThan(LEASE);
  });
});

import type { Reply } from '@skygate/gate-app/rpc-contract/kiosk-api';
import type { KioskStatus } from '@skygate/gate-app/rpc-contract/status-view';
import { revocationOf } from '@skygate/sync-server/hq/kiosks/revocation-of';
import { revokeKiosk } from '@skygate/sync-server/hq/kiosks/revoke';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeFor, DATE, grantLease, PARK } from '../simulation/headquarters.ts';
import type { KioskHost } from '../simulation/kiosk-host.ts';
import { createWorld, type World } from '../simulation/world.ts';
import { openRunningPark, type RunningPark } from './running-park.ts';

const LEASE = 40;
let sales = 0;

/** Disks that were put back or copied, and the kiosk is revoked before a person enrols it anew. */
describe('a revoked kiosk with two pasts', () => {
  let world: World;
  let park: RunningPark;
  let till: KioskHost;
  let node: string;

  beforeAll(async () => {
    world = await createWorld();
  }, 120_000);
  afterAll(() => world.close());
  beforeEach(async () => {
    park = await openRunningPark(world);
    till = await park.kiosk('till-1', 'till');
    node = await park.nodeOf(till);
    await grant(1);
    await openTill();
  });
  afterEach(() => park.close());

  const grant = (epoch: number) =>
    park.hq((deps) => grantLease(deps, { node: node as never, epoch }, { places: LEASE, lastsMs: null }));
  const openTill = async (): Promise<void> => {
    await park.logIn(till, 'cashier');
    const opened = await park.call(till, (api) => api.openShift({ floatMinor: 0, denominations: [] }));
    expect(opened.ok).toBe(true);
    await park.until('the lease is there', async () => (await quote()).ok);
  };
  const status = (): Promise<KioskStatus> => park.call(till, (api) => api.getStatus());
  const lines = [{ productId: 'day-ticket', unitId: 'adult', quantity: 1, date: DATE, slot: 'day' }];
  const quote = () => park.call(till, (api) => api.quoteSale({ lines }));
  const sell = async (): Promise<Reply<unknown>> => {
    const quoted = await quote();
    if (!quoted.ok) return quoted;
    sales += 1;
    const { totalMinor } = quoted.value;
    const commandId = `fork-sale-${sales}`.padEnd(16, '0');
    const money = { tenderedMinor: totalMinor, expectedTotalMinor: totalMinor };
    return park.call(till, (api) => api.completeSale({ commandId, lines, ...money }));
  };
  const sellSome = async (count: number): Promise<void> => {
    for (let sold = 0; sold < count; sold += 1) expect(await sell()).toMatchObject({ ok: true });
  };
  const isSent = () => park.until('all is sent', async () => (await status()).sync.waiting === 0);
  const revoke = (): Promise<void> =>
    park.hq((deps) =>
      revokeKiosk({ ...deps, publicUrl: null }, { park: PARK, node, reason: 'stolen', actor: 'hq:anna' }),
    );
  const atHq = async () => {
    const { database, clock, projections } = park.deps;
    return park.hq(async () => {
      await projections.projectNow(PARK as never);
      const { reader } = database;
      const sold = await reader.selectFrom('sales').select('sale_id').where('park', '=', PARK).execute();
      const recorded = await reader
        .selectFrom('events')
        .select(['node', 'seq'])
        .where('park', '=', PARK)
        .where('type', '=', 'EventRecovered')
        .execute();
      const aside = await reader.selectFrom('quarantine').select('error').where('park', '=', PARK).execute();
      const texts = await reader
        .selectFrom('texts')
        .select(['node', 'text'])
        .where('park', '=', PARK)
        .where('text', '=', 'coins for the till')
        .execute();
      return {
        sold,
        texts,
        recorded,
        aside,
        revocation: await revocationOf(reader, { park: PARK, node, nowMs: clock.nowMs() }),
      };
    });
  };
  const isErased = async (): Promise<boolean> => (await status()).wasErased;
  /** The disk of a while ago is put back, and nobody notices: there is no network. */
  const putBack = async (image: string): Promise<void> => {
    park.network.cut('till-1', 'both');
    till.restoreImage(image);
    await park.until('it is up again', () => till.isUp());
  };

  it('X4, E6: what it wrote onto another past is recorded by HQ, counts once, and it erases itself', async () => {
    await sellSome(1);
    await isSent();
    const image = till.takeImage() as string;
    await sellSome(2);
    await isSent();
    await putBack(image);
    await sellSome(3);
    const move = { commandId: 'fork-move-000000', amountMinor: 100, reason: 'coins for the till' };
    expect(await park.call(till, (api) => api.moveCash(move))).toMatchObject({ ok: true });
    await revoke();
    park.network.cut('till-1', 'none');
    await park.until('it is erased', isErased);
    const { sold, recorded, texts, aside, revocation } = await atHq();
    expect(sold).toHaveLength(6);
    expect(new Set(recorded.map(({ node: author }) => author))).toEqual(new Set([`hq:${PARK}`]));
    expect(aside).toEqual([]);
    expect(texts).toMatchObject([{ node: `hq:${PARK}`, text: 'coins for the till' }]);
    expect(revocation?.wipedMs).not.toBeNull();
  });

  it('X4: a past that is longer than the one HQ has is recorded from where they part', async () => {
    await isSent();
    const image = till.takeImage() as string;
    await sellSome(1);
    await isSent();
    await putBack(image);
    await sellSome(4);
    await revoke();
    park.network.cut('till-1', 'none');
    await park.until('it is erased', isErased);
    expect((await atHq()).sold).toHaveLength(5);
  });

  it('X4: one that had stopped over its two pasts before it was revoked delivers and erases itself all the same', async () => {
    await isSent();
    const image = till.takeImage() as string;
    await sellSome(2);
    await isSent();
    await putBack(image);
    await sellSome(1);
    park.network.cut('till-1', 'none');
    await park.until('it has stopped', async () => (await status()).stop !== null);
    expect((await status()).stop?.code).not.toBe('revoked');
    await park.pass(60_000);
    await revoke();
    await park.until('it is erased', isErased);
    expect((await atHq()).sold).toHaveLength(3);
  });

  it('X4: of a kiosk and its clone each delivers what it has before it erases itself', async () => {
    await sellSome(1);
    await isSent();
    const image = till.takeImage() as string;
    park.network.cut('till-1', 'both');
    await sellSome(2);
    const mine = till.takeImage() as string;
    till.restoreImage(image);
    await park.until('the older disk is in', () => till.isUp());
    await sellSome(1);
    await revoke();
    park.network.cut('till-1', 'none');
    await park.until('the one is erased', isErased);
    park.network.cut('till-1', 'both');
    till.restoreImage(mine);
    await park.until('the other disk is in', async () => till.isUp() && (await status()).identity !== null);
    park.network.cut('till-1', 'none');
    await park.until('the other is erased', isErased);
    expect((await atHq()).sold).toHaveLength(4);
  });

  it('X4, E6: one that was enrolled anew and revoked before it had its past delivers its earlier incarnation too', async () => {
    await isSent();
    const image = till.takeImage() as string;
    await sellSome(2);
    await isSent();
    await putBack(image);
    await sellSome(3);
    park.network.cut('till-1', 'none');
    await park.until('it has stopped', async () => (await status()).stop !== null);
    await park.logIn(till, 'chief');
    const code = await park.hq((deps) => codeFor(deps, 'till-1', 'till', node as never));
    const enrolled = park.call(till, (api) => api.enrol({ serverUrl: 'http://hq.example', code }));
    expect(await enrolled).toMatchObject({ ok: true });
    park.network.cut('till-1', 'both');
    await revoke();
    park.network.cut('till-1', 'none');
    await park.until('it is erased', isErased);
    const { sold, aside, revocation } = await atHq();
    expect(sold).toHaveLength(5);
    expect(aside).toEqual([]);
    expect(revocation?.wipedMs).not.toBeNull();
  });
});

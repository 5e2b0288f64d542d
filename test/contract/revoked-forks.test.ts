import type { KioskStatus } from '@skygate/gate-app/rpc-contract/status-view';
import { revocationOf } from '@skygate/sync-server/hq/kiosks/revocation-of';
import { revokeKiosk } from '@skygate/sync-server/hq/kiosks/revoke';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeFor, grantLease, PARK } from '../simulation/headquarters.ts';
import type { KioskHost } from '../simulation/kiosk-host.ts';
import { parkPerTest } from './park-per-test.ts';
import type { RunningPark } from './running-park.ts';
import { cashierAt } from './till-work.ts';

const LEASE = 40;

/** Disks that were put back or copied, and the kiosk is revoked before a person enrols it anew. */
describe('a revoked kiosk with two pasts', () => {
  let park: RunningPark;
  let till: KioskHost;
  let node: string;

  const openPark = parkPerTest();
  beforeEach(async () => {
    park = await openPark();
    till = await park.kiosk('till-1', 'till');
    node = await park.nodeOf(till);
    await grant(1);
    await openTill();
  });

  const grant = (epoch: number) =>
    park.hq((deps) => grantLease(deps, { node: node as never, epoch }, { places: LEASE, lastsMs: null }));
  const openTill = async (): Promise<void> => {
    await park.logIn(till, 'cashier');
    expect(await cashierAt(park, till).openShift()).toMatchObject({ ok: true });
    await park.until('the lease is there', async () => (await cashierAt(park, till).quote()).ok);
  };
  const status = (): Promise<KioskStatus> => park.call(till, (api) => api.getStatus());
  const sell = () => cashierAt(park, till).sell();
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
  /** Of what the server has first, and of what the older disk says instead. */
  const sellInTwoPasts = async (sent: number, instead: number): Promise<void> => {
    await isSent();
    const image = till.takeImage() as string;
    await sellSome(sent);
    await isSent();
    await putBack(image);
    await sellSome(instead);
  };
  const stopsOverThem = async (): Promise<void> => {
    park.network.cut('till-1', 'none');
    await park.until('it has stopped', async () => (await status()).stop !== null);
  };

  it('X4, E6: what it wrote onto another past is recorded by HQ, counts once, and it erases itself', async () => {
    await sellSome(1);
    await sellInTwoPasts(2, 3);
    expect(await cashierAt(park, till).moveCash('coins for the till')).toMatchObject({ ok: true });
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
    await sellInTwoPasts(1, 4);
    await revoke();
    park.network.cut('till-1', 'none');
    await park.until('it is erased', isErased);
    expect((await atHq()).sold).toHaveLength(5);
  });

  it('X4: one that had stopped over its two pasts before it was revoked delivers and erases itself all the same', async () => {
    await sellInTwoPasts(2, 1);
    await stopsOverThem();
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

  it('X4: one whose disk is from before its first event erases itself, though HQ holds what it wrote since', async () => {
    const other = await park.kiosk('till-2', 'till');
    const image = other.takeImage() as string;
    const otherNode = await park.nodeOf(other);
    await park.logIn(other, 'cashier');
    expect(await cashierAt(park, other).openShift()).toMatchObject({ ok: true });
    const statusOf = (): Promise<KioskStatus> => park.call(other, (api) => api.getStatus());
    await park.until('all is sent', async () => (await statusOf()).sync.waiting === 0);
    park.network.cut('till-2', 'both');
    other.restoreImage(image);
    await park.until('it is up again', () => other.isUp());
    await park.hq((deps) =>
      revokeKiosk({ ...deps, publicUrl: null }, { park: PARK, node: otherNode, reason: 'stolen', actor: 'hq:anna' }),
    );
    park.network.cut('till-2', 'none');
    await park.until('it is erased', async () => (await statusOf()).wasErased);
  });

  it('X4, E6: one that was enrolled anew and revoked before it had its past delivers its earlier incarnation too', async () => {
    await sellInTwoPasts(2, 3);
    await stopsOverThem();
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

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { HttpRequest } from '@skygate/gate-app/kiosk/ports';
import type { Reply } from '@skygate/gate-app/rpc-contract/kiosk-api';
import type { SaleReceipt } from '@skygate/gate-app/rpc-contract/till-view';
import { revokeKey } from '@skygate/sync-server/hq/keys/revoke-key';
import { beforeEach, describe, expect, it } from 'vitest';
import { grantLease, PARK } from '../simulation/headquarters.ts';
import type { KioskHost } from '../simulation/kiosk-host.ts';
import type { Serve } from '../simulation/network.ts';
import { parkPerTest } from './park-per-test.ts';
import type { RunningPark } from './running-park.ts';
import { cashierAt } from './till-work.ts';

describe("T1: a till's ticket key that is revoked while the till is not", () => {
  let park: RunningPark;
  let till: KioskHost;
  let gate: KioskHost;
  let node: string;
  /** What becomes of the till's question for a new key. */
  let fate: 'answered' | 'unheard' | 'answer lost' = 'answered';
  let bodies: string[] = [];

  const openPark = parkPerTest();
  beforeEach(async () => {
    fate = 'answered';
    bodies = [];
    const facade = (serve: Serve) => async (request: HttpRequest) => {
      if (request.path !== '/sync/signing-key') return serve(request);
      bodies.push(request.body ?? '');
      if (fate === 'unheard') return null;
      const answer = await serve(request);
      return fate === 'answered' ? answer : null;
    };
    park = await openPark({ facade });
    till = await park.kiosk('till-1', 'till');
    gate = await park.kiosk('gate-1', 'gate');
    node = await park.nodeOf(till);
    await park.hq((deps) => grantLease(deps, { node: node as never, epoch: 1 }, { places: 40, lastsMs: null }));
    await park.logIn(till, 'cashier');
    await park.logIn(gate, 'guard');
    await cashierAt(park, till).openShift();
    await park.until('it sells', async () => (await quote()).ok);
  });

  const quote = () => cashierAt(park, till).quote();
  const sell = () => cashierAt(park, till).sell();
  const codeOf = (sale: Reply<SaleReceipt>): string => {
    if (!sale.ok) throw new Error(`not sold: ${sale.problem.code}`);
    return sale.value.tickets[0]?.code ?? '';
  };
  const scan = async (text: string) => {
    const shown = await park.call(gate, (api) => api.scan({ text, source: 'typed' }));
    if (!shown.ok) throw new Error(shown.problem.code);
    return shown.value;
  };
  const keysAtHq = () =>
    park.hq(() =>
      park.deps.database.reader
        .selectFrom('signing_keys')
        .select('kid')
        .where('park', '=', PARK)
        .where('holder', '=', node)
        .execute(),
    );
  const revokePresent = async (): Promise<void> => {
    const [key] = await keysAtHq();
    const kid = key?.kid ?? '';
    await park.hq((deps) =>
      revokeKey({ ...deps, publicUrl: null }, { park: PARK, kid, reason: 'copied', actor: 'hq:anna' }),
    );
  };
  const keyFiles = () => readdirSync(dirname(till.databasePath())).filter((name) => name.startsWith('signing'));
  const refusesToSell = async (): Promise<boolean> => {
    const answer = await quote();
    return !answer.ok && answer.problem.code === 'no_ticket_key';
  };

  it('does not sell without one, and goes on with a new one as soon as that is published in its own log', async () => {
    const before = codeOf(await sell());
    await park.until('HQ has its sale', async () => {
      const { sync } = await park.call(till, (api) => api.getStatus());
      return sync.waiting === 0;
    });
    fate = 'unheard';
    await revokePresent();
    await park.until('it knows', refusesToSell);
    expect(await sell()).toMatchObject({ ok: false, problem: { code: 'no_ticket_key' } });
    await park.until('it asks', () => bodies.length > 0);
    expect(keyFiles()).toEqual(['signing-1-2.key', 'signing.key']);
    fate = 'answered';
    await park.until('it sells again', async () => (await quote()).ok);
    const after = codeOf(await sell());
    expect(await keysAtHq()).toHaveLength(2);
    await park.pass(5_000);
    // Its issue was known before the revocation: the guest is not sent away for a key (T1).
    expect((await scan(before)).verdict).toBe('admit');
    expect((await scan(after)).verdict).toBe('admit');
  });

  it('asks with the same key again when the answer was lost or the power went, and makes no third', async () => {
    fate = 'answer lost';
    park.network.cut('till-1', 'both');
    await revokePresent();
    park.network.cut('till-1', 'none');
    await park.until('it asked', () => bodies.length > 0);
    till.restoreImage(till.takeImage() as string);
    await park.until('it is up again', () => till.isUp());
    fate = 'answered';
    await park.until('it sells again', async () => (await quote()).ok);
    expect(new Set(bodies).size).toBe(1);
    expect(await keysAtHq()).toHaveLength(2);
    expect(keyFiles()).toEqual(['signing-1-2.key', 'signing.key']);
    const seed = readFileSync(join(dirname(till.databasePath()), 'signing-1-2.key'));
    expect(seed).toHaveLength(32);
  });

  it('a gate that was offline meanwhile does not know the new key, says that it has to sync, and admits after', async () => {
    park.network.cut('gate-1', 'both');
    await revokePresent();
    await park.until('it sells again', async () => (await keysAtHq()).length === 2 && (await quote()).ok);
    const code = codeOf(await sell());
    const shown = await scan(code);
    expect([shown.verdict, ...shown.reasons]).toEqual(['refuse', 'unknown_key']);
    park.network.cut('gate-1', 'none');
    await park.until('the gate has pulled it', async () => (await scan(code)).verdict === 'admit');
  });
});

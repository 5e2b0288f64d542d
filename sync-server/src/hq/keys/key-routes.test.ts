import type { KeyItem, KeysAnswer } from '@skygate/shared/hq-api/keys';
import type { ParkId } from '@skygate/shared/lib/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DATABASES, type OpenedDatabase } from '../../db/testing/databases.ts';
import { enrolKiosk, type TestKiosk } from '../../db/testing/test-server.ts';
import { readyToSign } from '../../hq-node/signing-key-in-use.ts';
import { numberOfKid } from '../../hq-node/ticket-keys.ts';
import { keeperOf } from '../../restore/testing/keeper.ts';
import { openSellingPark } from '../testing/describe-hq.ts';
import { createHqTestServer, type HqTestServer, TODAY } from '../testing/hq-test-server.ts';

const FORCED = { body: { forced: 'the old key was copied' } };
const STRANGE_KID = 'f'.repeat(16);

describe.each(Object.entries(DATABASES))('T1: ticket keys at HQ over %s', (_name, open) => {
  let opened: OpenedDatabase;
  let hq: HqTestServer;
  let park: ParkId;
  let gate: TestKiosk;
  let till: TestKiosk;
  let parks = 0;

  beforeAll(async () => {
    opened = await open();
  }, 180_000);
  afterAll(async () => {
    await hq?.close();
    await opened?.close();
  });

  beforeEach(async () => {
    await hq?.close();
    hq = await createHqTestServer(opened.database);
    parks += 1;
    park = `keys-${parks}` as ParkId;
    await openSellingPark(hq, park);
    await hq.call('POST', `/parks/${park}/capacity`, { body: { date: TODAY, slot: 'day', places: 100, reason: '' } });
    gate = await enrolKiosk(hq.server, { park });
    till = await enrolKiosk(hq.server, { park, name: 'Till 1', role: 'till', gateId: 'till-1' });
  });

  const keys = async () => (await hq.call('GET', `/parks/${park}/keys`)).json() as KeysAnswer;
  const hqKeys = async () => (await keys()).keys.filter(({ isHq }) => isHq);
  const inState = async (state: KeyItem['state']) => {
    const kid = (await hqKeys()).find((key) => key.state === state)?.kid;
    if (kid === undefined) throw new Error(`HQ has no key that is ${state}`);
    return kid;
  };
  const ask = async (path: string, body?: object) => {
    const answer = await hq.call('POST', `/parks/${park}/keys/${path}`, body === undefined ? {} : { body });
    return [answer.statusCode, answer.json().type?.split(':').at(-1) ?? 'done'];
  };
  const put = (kid: string, forced: string | null = null) => ask(`${kid}/use`, { forced });
  const revoke = (kid: string, reason = 'its machine was stolen') => ask(`${kid}/revoke`, { reason });
  const otherParks = async () => {
    const { parks: all } = (await hq.call('GET', '/parks')).json();
    return all.map((item: { park: string }) => item.park).filter((name: string) => name !== park);
  };
  const issue = () =>
    hq.call('POST', `/parks/${park}/tickets`, {
      body: {
        productId: 'day',
        date: TODAY,
        slot: 'day',
        tickets: [{ party: [{ unitId: 'adult', count: 1 }], count: 1 }],
      },
    });
  /** The gate pulls all there is, and a later contact tells so. */
  const gatePulls = async () => {
    const keeper = keeperOf(gate);
    await keeper.pull(hq.server);
    hq.server.clock.advance(2_000);
    await keeper.pull(hq.server);
    hq.server.clock.advance(2_000);
    await keeper.pull(hq.server);
  };

  it('T1: the next key is published once, and signs nothing before every gate knows it', async () => {
    const first = await inState('signing');
    expect(await ask('next')).toEqual([201, 'done']);
    expect(await ask('next')).toEqual([409, 'key_waits']);
    const next = await inState('next');
    // This gate has never pulled anything.
    expect((await keys()).gatesBehind).toEqual([{ node: gate.enrolled.node, name: 'Gate 1' }]);
    expect(await put(next)).toEqual([409, 'gates_behind']);
    await issue();
    expect((await hqKeys()).find(({ kid }) => kid === first)).toMatchObject({ state: 'signing', tickets: 1 });
    await gatePulls();
    expect((await keys()).gatesBehind).toEqual([]);
    expect(await put(next)).toEqual([200, 'done']);
    expect(await put(next)).toEqual([200, 'done']);
    await issue();
    const states = (await hqKeys()).map(({ kid, state, tickets }) => [kid, state, tickets]);
    expect(states).toEqual([
      [next, 'signing', 1],
      [first, 'old', 1],
    ]);
    expect((await keys()).forced).toBeNull();
    // A rotation only goes on.
    expect(await put(first)).toEqual([409, 'key_older']);
  });

  it('T1, E8: a publication that HQ had lost, and that stands recorded again alone, is one that gates must have pulled', async () => {
    await ask('next');
    const kid = await inState('next');
    const { kysely } = opened.database;
    const events = await kysely
      .selectFrom('events')
      .select(['node', 'epoch', 'seq', 'subject'])
      .where('park', '=', park)
      .execute();
    const published = events.find(({ subject }) => subject === `key:${kid}`);
    if (!published) throw new Error('the key was published');
    const { node, epoch, seq } = published;
    // As a restored HQ has it: its own stream says something else there.
    await kysely
      .updateTable('events')
      .set({ type: 'EventRecovered', subject: `stream:${node}/${epoch}` })
      .where('park', '=', park)
      .where('seq', '=', seq)
      .where('node', '=', node)
      .execute();
    const place = { park, node, epoch, seq, by_node: node, by_epoch: epoch, by_seq: seq };
    const words = { hash: 'f'.repeat(64), fork: 'f'.repeat(16), type: 'SigningKeyPublished', hlc: '0'.repeat(16) };
    await kysely
      .insertInto('recovered_events')
      .values({ ...place, ...words })
      .execute();
    expect((await keys()).gatesBehind).toEqual([{ node: gate.enrolled.node, name: 'Gate 1' }]);
    expect(await put(kid)).toEqual([409, 'gates_behind']);
    await gatePulls();
    expect((await keys()).gatesBehind).toEqual([]);
  });

  it('T1: is put to use before every gate knows it by a reason alone, and the reason stays to be seen', async () => {
    await ask('next');
    const next = await inState('next');
    for (const blank of ['', '  ']) expect((await put(next, blank))[0]).toBe(400);
    expect(await inState('next')).toBe(next);
    expect(await put(next, 'the old key was copied')).toEqual([200, 'done']);
    expect((await keys()).forced).toBe('the old key was copied');
    expect(await inState('signing')).toBe(next);
  });

  it('T1: the key that signs is not revoked; one before it is, once, with its reason and up to what HQ has', async () => {
    const first = await inState('signing');
    expect(await revoke(first)).toEqual([409, 'key_signs']);
    await ask('next');
    await put(await inState('next'), 'the old key was copied');
    for (const blank of ['', '  ']) expect((await revoke(first, blank))[0]).toBe(400);
    // Another park of the chain still signs with it.
    const others = await otherParks();
    if (others.length > 0) expect(await revoke(first)).toEqual([409, 'key_signs']);
    for (const other of others) await hq.call('POST', `/parks/${other}/keys/${await inState('signing')}/use`, FORCED);
    expect(await revoke(first)).toEqual([200, 'done']);
    const revoked = (await hqKeys()).find(({ kid }) => kid === first);
    expect(revoked).toMatchObject({
      state: 'revoked',
      revoked: { reason: { state: 'here', text: 'its machine was stolen' } },
    });
    expect(revoked?.revoked?.lastSeq).toBeGreaterThan(0);
    expect(await revoke(first, 'again')).toEqual([409, 'key_was_revoked']);
    expect((await hqKeys()).find(({ kid }) => kid === first)).toEqual(revoked);
    expect(await put(first, 'back again')).toEqual([409, 'key_revoked']);
  });

  it('T1: a key whose revocation a crash cut off between two parks is revoked in the other when it is asked for again', async () => {
    await openSellingPark(hq, `${park}-b` as ParkId);
    const first = await inState('signing');
    await rotate();
    expect(await revoke(first)).toEqual([200, 'done']);
    await opened.database.kysely.deleteFrom('signing_key_revocations').where('park', '=', park).execute();
    expect(await inState('old')).toBe(first);
    expect(await revoke(first)).toEqual([200, 'done']);
    expect(await inState('revoked')).toBe(first);
    expect(await revoke(first)).toEqual([409, 'key_was_revoked']);
  });

  it('T1: a till’s key is revoked while the till is not, and is never HQ’s to use', async () => {
    const { kid } = (await keys()).keys.find(({ isHq }) => !isHq) ?? { kid: '' };
    expect(await put(kid, 'why not')).toEqual([404, 'not_found']);
    expect(await revoke(kid)).toEqual([200, 'done']);
    expect((await keys()).keys.find((key) => key.kid === kid)).toMatchObject({
      holder: till.enrolled.node,
      holderName: 'Till 1',
      state: 'revoked',
      revoked: { epoch: 1, lastSeq: 0 },
    });
    const { kiosks } = (await hq.call('GET', `/parks/${park}/kiosks`)).json();
    expect(kiosks.map(({ revoked }: { revoked: boolean }) => revoked)).toEqual([false, false]);
  });

  it('X2: keys, parks and words that are none are named, and change nothing', async () => {
    const before = await keys();
    expect(await put(STRANGE_KID)).toEqual([404, 'not_found']);
    expect(await revoke(STRANGE_KID)).toEqual([404, 'not_found']);
    expect((await put('not-a-key'))[0]).toBe(400);
    expect((await ask(`${STRANGE_KID}/use`, { forced: null, more: 1 }))[0]).toBe(400);
    expect((await ask(`${STRANGE_KID}/revoke`, {}))[0]).toBe(400);
    expect((await hq.call('GET', '/parks/nowhere/keys')).statusCode).toBe(404);
    expect((await hq.call('POST', '/parks/nowhere/keys/next')).statusCode).toBe(404);
    expect((await hq.app.inject({ method: 'POST', url: `/api/v1/hq/parks/${park}/keys/next` })).statusCode).toBe(401);
    expect({ ...(await keys()), serverMs: 0 }).toEqual({ ...before, serverMs: 0 });
  });

  /** As a new process finds the database. */
  const restart = async () => {
    await hq.close();
    hq = await createHqTestServer(opened.database);
    hq.server.clock.advance(60_000);
  };
  const rotate = async () => {
    await ask('next');
    const kid = await inState('next');
    for (const name of [park, ...(await otherParks())]) await hq.call('POST', `/parks/${name}/keys/${kid}/use`, FORCED);
    return kid;
  };
  const kidOfIssued = async () => {
    const [{ ticketId = '' } = {}] = (await issue()).json().tickets ?? [];
    const row = await opened.database.reader
      .selectFrom('tickets')
      .select('kid')
      .where('ticket_id', '=', ticketId)
      .executeTakeFirst();
    return row?.kid;
  };

  it('T1: over its period or revoked a key signs nothing more, and another can be published', async () => {
    await rotate();
    await opened.database.kysely
      .updateTable('signing_keys')
      .set({ not_after_ms: hq.server.clock.nowMs() })
      .where('park', '=', park)
      .execute();
    expect((await issue()).json()).toMatchObject({ status: 409, code: 'no_ticket_key' });
    expect(await put(await inState('over'), 'it is there')).toEqual([409, 'key_over']);
    expect(await ask('next')).toEqual([201, 'done']);
    // The one that waits is revoked as well: it is not waited for.
    expect(await revoke(await inState('next'))).toEqual([200, 'done']);
    expect((await issue()).json()).toMatchObject({ code: 'no_ticket_key' });
    expect(await rotate()).toBe(await kidOfIssued());
  });

  it('T1: which key signs is asked again by each batch of a large issue', async () => {
    const first = await inState('signing');
    const signingKey = await readyToSign(hq.server.deps, park);
    const next = await rotate();
    await revoke(first);
    expect((await signingKey(opened.database.reader))?.kid).toBe(next);
  });

  it('T1, E8: HQ that lost which key was in use signs with none that was revoked since, or with none at all', async () => {
    const first = await inState('signing');
    const second = await rotate();
    hq.server.clock.advance(1_000);
    expect(await revoke(first)).toEqual([200, 'done']);
    hq.server.clock.advance(1_000);
    // A third is published, and no gate knows it yet.
    await ask('next');
    await opened.database.kysely.deleteFrom('ticket_key_use').where('park', '=', park).execute();
    const number = Number(await numberOfKid(hq.server.deps, first));
    const row = { park, number, since_ms: 0, actor: 'system', forced: null };
    await opened.database.kysely.insertInto('ticket_key_use').values(row).execute();
    await restart();
    expect(await kidOfIssued()).toBe(second);
    expect(await inState('signing')).toBe(second);
    expect(await revoke(second)).toEqual([409, 'key_signs']);
    // Its keys are lost as well.
    const lost = [number + 1, number + 2].map((one) => `tickets/${one}`);
    await opened.database.kysely.deleteFrom('server_keys').where('name', 'in', lost).execute();
    await restart();
    expect((await issue()).json()).toMatchObject({ status: 409, code: 'no_ticket_key' });
    expect(await rotate()).toBe(await kidOfIssued());
  });
});

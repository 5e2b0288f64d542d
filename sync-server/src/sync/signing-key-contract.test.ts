import { bytesToBase64url, utf8ToBytes } from '@skygate/shared/lib/bytes';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import { signingKeyProofText } from '@skygate/shared/protocol/signing-key';
import type { NodeKey } from '@skygate/shared/sync/chain';
import { expect, it } from 'vitest';
import { describeOnDatabases } from '../db/testing/describe-on-databases.ts';
import { enrolKiosk, newKey, publicTextOf, type TestKiosk, type TestServer } from '../db/testing/test-server.ts';
import { keyRevocation } from '../hq/kiosks/revoke.ts';
import { appendHqEvents } from '../hq-node/append-hq-events.ts';
import { createNodeCrypto } from '../node-crypto.ts';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';
import { delegateSigningKey } from './signing-key.ts';

const crypto = createNodeCrypto();

describeOnDatabases('T1: a till asks for its next ticket key', (eachTest) => {
  let server: TestServer;
  let park: ParkId;
  eachTest((given) => {
    ({ server, park } = given);
  });

  const newTill = (name = 'Till 1') => enrolKiosk(server, { park, name, role: 'till', gateId: 'till-1' });
  const requestOf = ({ enrolled }: TestKiosk, key: NodeKey, signer: NodeKey = key) => {
    const signingPublicKey = publicTextOf(key);
    const words = utf8ToBytes(signingKeyProofText(enrolled.node, enrolled.epoch, signingPublicKey));
    return { signingPublicKey, proof: bytesToBase64url(crypto.sign(signer.privateKey, words)) };
  };
  const ask = async (token: string | null, payload: object) => {
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    const headers = { 'skygate-protocol': '2', ...authorization };
    const answer = await server.app.inject({ method: 'POST', url: '/sync/signing-key', headers, payload });
    return answer.statusCode === 200 ? answer.json().kid : [answer.statusCode, answer.json().code];
  };
  const keysOf = async ({ enrolled }: TestKiosk) => {
    const { reader } = server.deps.database;
    const keys = reader.selectFrom('signing_keys').select('kid').where('park', '=', park);
    return (await keys.where('holder', '=', enrolled.node).orderBy('kid').execute()).map(({ kid }) => kid);
  };
  const publications = async () => {
    const { reader } = server.deps.database;
    const events = reader.selectFrom('events').select('subject').where('park', '=', park);
    return (await events.where('type', '=', 'SigningKeyPublished').execute()).length;
  };

  it('T1: the same key asked for again, also at once, is the same key, published once', async () => {
    const till = await newTill();
    const key = newKey();
    const before = await publications();
    const answers = await Promise.all([1, 2, 3].map(() => ask(till.token, requestOf(till, key))));
    expect(answers).toEqual([key.kid, key.kid, key.kid]);
    expect(await ask(till.token, requestOf(till, key))).toBe(key.kid);
    expect(await publications()).toBe(before + 1);
    expect(await keysOf(till)).toEqual([till.key.kid, key.kid].sort());
  });

  it('T1: a proof by another key, for another node or for another enrolment is worth nothing', async () => {
    const till = await newTill();
    const other = await newTill('Till 2');
    const key = newKey();
    const later = { ...till, enrolled: { ...till.enrolled, epoch: 2 } };
    for (const bad of [requestOf(till, key, till.key), requestOf(other, key), requestOf(later, key)]) {
      expect(await ask(till.token, bad)).toEqual([401, 'unauthenticated']);
    }
    expect(await keysOf(till)).toEqual([till.key.kid]);
  });

  it('T1: a gate gets none, and nobody another’s or one that was revoked', async () => {
    const till = await newTill();
    const gate = await enrolKiosk(server, { park });
    expect(await ask(gate.token, requestOf(gate, newKey()))).toEqual([403, 'wrong_stream']);
    const thief = await newTill('Till 2');
    expect(await ask(thief.token, requestOf(thief, till.key))).toEqual([403, 'wrong_stream']);
    const key = newKey();
    await ask(till.token, requestOf(till, key));
    const revocation = { kid: key.kid, epoch: 1, lastSeq: 0, reason: 'copied', actor: 'hq:a@example.org' };
    await appendHqEvents(server.deps, park, [keyRevocation(revocation)]);
    expect(await ask(till.token, requestOf(till, key))).toEqual([403, 'wrong_stream']);
    expect(await keysOf(thief)).toEqual([thief.key.kid]);
  });

  it('T1, X4: a till that is revoked between the door and the lock gets no key that would outlive it', async () => {
    const till = await newTill();
    const key = newKey();
    await appendHqEvents(server.deps, park, async (tx) => {
      await tx.updateTable('nodes').set({ state: 'closed' }).where('node', '=', till.enrolled.node).execute();
      return { drafts: [] };
    });
    const { node, epoch } = till.enrolled;
    const atTheDoor = { park, node: node as NodeId, epoch } as AuthenticatedNode;
    const asked = delegateSigningKey(server.deps, atTheDoor, requestOf(till, key));
    await expect(asked).rejects.toMatchObject({ code: 'epoch_closed' });
    expect(await keysOf(till)).toEqual([till.key.kid]);
  });

  it('T1: a till has four live keys at most; a revoked one makes room', async () => {
    const till = await newTill();
    const more = [newKey(), newKey(), newKey()];
    for (const key of more) expect(await ask(till.token, requestOf(till, key))).toBe(key.kid);
    const fifth = newKey();
    expect(await ask(till.token, requestOf(till, fifth))).toEqual([429, 'too_many_requests']);
    const revocation = { kid: more[0]?.kid ?? '', epoch: 1, lastSeq: 0, reason: 'lost', actor: 'hq:a@example.org' };
    await appendHqEvents(server.deps, park, [keyRevocation(revocation)]);
    expect(await ask(till.token, requestOf(till, fifth))).toBe(fifth.kid);
  });

  it('X2: what is no such question is refused, and nothing is published', async () => {
    const till = await newTill();
    const good = requestOf(till, newKey());
    expect((await ask(null, good))[0]).toBe(401);
    const bad = [{}, { ...good, more: 1 }, { ...good, proof: 'x' }, { ...good, signingPublicKey: 'short' }];
    for (const body of bad) expect((await ask(till.token, body))[0]).toBe(400);
    expect((await ask(till.token, { ...good, filler: 'x'.repeat(3_000) }))[0]).toBe(413);
    expect(await keysOf(till)).toEqual([till.key.kid]);
  });
});

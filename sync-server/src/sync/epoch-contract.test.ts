import type { ParkId } from '@skygate/shared/lib/ids';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import type { PullResponse } from '@skygate/shared/protocol/pull';
import type { WireEvent } from '@skygate/shared/protocol/wire-event';
import { CHAIN_START } from '@skygate/shared/sync/chain';
import { expect, it } from 'vitest';
import { describeOnDatabases } from '../db/testing/describe-on-databases.ts';
import {
  enrolBody,
  enrolKiosk,
  get,
  newKey,
  plainBody,
  post,
  push,
  pushOf,
  START_MS,
  streamOf,
  type TestKiosk,
  type TestServer,
} from '../db/testing/test-server.ts';
import { createEnrolmentCode } from '../hq-node/enrolment.ts';
import { RUNS_PER_NODE, RUNS_PER_PARK } from '../ingest/quarantine-run.ts';

// How an incarnation ends (E6): by another past, by a broken chain, by the next enrolment.

const V2 = { [PROTOCOL_HEADER]: '2' };

describeOnDatabases('the end of an epoch', (eachTest) => {
  let server: TestServer;
  let park: ParkId;
  eachTest((given) => {
    ({ server, park } = given);
  });

  const answerOf = (answer: { statusCode: number; json(): Record<string, unknown> }) => {
    const { code, needFrom, lastSeq, lastHash } = answer.json();
    return { status: answer.statusCode, code, needFrom, lastSeq, lastHash };
  };
  const relayOf = () => enrolKiosk(server, { park, name: 'Gate 9', gateId: 'gate-9' });
  const runsOf = () =>
    server.deps.database.reader
      .selectFrom('quarantined_runs')
      .select(['node', 'from_seq', 'reason', 'at_seq', 'by_node', 'run'])
      .where('park', '=', park)
      .execute();
  const nodeRow = ({ enrolled }: TestKiosk) =>
    server.deps.database.reader
      .selectFrom('nodes')
      .select(['state', 'head_seq', 'runs_dropped'])
      .where('park', '=', park)
      .where('node', '=', enrolled.node)
      .where('epoch', '=', enrolled.epoch)
      .executeTakeFirstOrThrow();
  const hqEvents = async (reader: TestKiosk, type: string): Promise<unknown[]> => {
    const page: PullResponse = (await get(server, '/sync/pull?after=0&limit=2000', reader.token)).json();
    const events = page.runs.filter(({ node }) => node === `hq:${park}`).flatMap((run) => run.events as WireEvent[]);
    return events.filter((event) => event[3] === type).map((event) => event[8]);
  };
  /** A kiosk with three events at the server, and what its restored disk then writes. */
  const forkedKiosk = async (from: number) => {
    const kiosk = await enrolKiosk(server, { park });
    await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(3)));
    const clone = streamOf(kiosk.enrolled);
    clone.write(6, (seq) => (seq >= from ? plainBody(90 + seq) : plainBody(seq)));
    return { kiosk, clone, lastHash: kiosk.log[2]?.hash };
  };

  it('S2, E6: another past after an overlap closes the epoch at its last good seq, and is kept as it was sent', async () => {
    const { kiosk, clone, lastHash } = await forkedKiosk(2);
    const relay = await relayOf();
    const body = pushOf(kiosk.key, clone.log);
    const answer = answerOf(await push(server, relay.token, body, V2));
    expect(answer).toEqual({ status: 409, code: 'equivocation', needFrom: 2, lastSeq: 3, lastHash });
    expect(await nodeRow(kiosk)).toMatchObject({ state: 'quarantined', head_seq: 3 });
    const [run, ...others] = await runsOf();
    expect(others).toEqual([]);
    expect(run).toMatchObject({ node: kiosk.enrolled.node, from_seq: 1, at_seq: 2, by_node: relay.enrolled.node });
    expect(JSON.parse(run?.run ?? '')).toEqual(body);
    const said = { kiosk: kiosk.enrolled.node, kioskEpoch: 1, lastSeq: 3, lastHash, reason: 'equivocation' };
    expect(await hqEvents(relay, 'EpochClosed')).toEqual([said]);
  });

  it('S2: another past that goes on exactly after our head is equivocation when its author sends it', async () => {
    const { kiosk, clone, lastHash } = await forkedKiosk(3);
    const answer = await push(server, kiosk.token, pushOf(kiosk.key, clone.log.slice(3)), V2);
    expect(answerOf(answer)).toEqual({ status: 409, code: 'equivocation', needFrom: 4, lastSeq: 3, lastHash });
    expect(await nodeRow(kiosk)).toMatchObject({ state: 'quarantined', head_seq: 3 });
    const over = answerOf(await get(server, '/sync/state', kiosk.token));
    expect(over).toMatchObject({ status: 410, code: 'epoch_closed' });
  });

  it('S2: a relay of it is refused with our end, and proves it by the run from where it parts', async () => {
    const { kiosk, clone, lastHash } = await forkedKiosk(3);
    const relay = await relayOf();
    const late = answerOf(await push(server, relay.token, pushOf(kiosk.key, clone.log.slice(3)), V2));
    expect(late).toMatchObject({ status: 422, code: 'seal_refused', lastSeq: 3, lastHash });
    expect(await nodeRow(kiosk)).toMatchObject({ state: 'open' });
    const proof = answerOf(await push(server, relay.token, pushOf(kiosk.key, clone.log.slice(2)), V2));
    expect(proof).toMatchObject({ status: 409, code: 'equivocation', needFrom: 3 });
  });

  it('S2: two seals for one place are proof, whatever words a relay puts under them', async () => {
    const { kiosk, clone } = await forkedKiosk(2);
    const relay = await relayOf();
    const other = pushOf(kiosk.key, clone.log.slice(0, 3));
    const events = pushOf(kiosk.key, kiosk.log).events;
    const answer = answerOf(await push(server, relay.token, { ...other, events }, V2));
    expect(answer).toMatchObject({ status: 409, code: 'equivocation', needFrom: 3 });
  });

  it('S2: a broken chain closes the epoch at its last good seq; version 1 knows it as equivocation', async () => {
    for (const [headers, code] of [
      [V2, 'chain_broken'],
      [{}, 'equivocation'],
    ] as const) {
      const kiosk = await enrolKiosk(server, { park });
      await push(server, kiosk.token, pushOf(kiosk.key, kiosk.write(2)));
      const body = pushOf(kiosk.key, [...kiosk.log, ...kiosk.write(2)]);
      const rotten = body.events.with(2, [...(body.events[2] ?? []).slice(0, 8), { amountMinor: 7 }] as never);
      const answer = answerOf(await push(server, kiosk.token, { ...body, events: rotten }, headers));
      expect(answer).toMatchObject({ status: 409, code, needFrom: 3 });
      expect(answer.lastSeq).toBe(code === 'chain_broken' ? 2 : undefined);
      expect(await nodeRow(kiosk)).toMatchObject({ state: 'quarantined', head_seq: 2 });
    }
    expect((await runsOf()).map(({ reason }) => reason)).toEqual(['chain_broken', 'chain_broken']);
  });

  it('E6: a closed epoch takes what extends its head from any relay, and answers all else with where it ends', async () => {
    const { kiosk, clone, lastHash } = await forkedKiosk(2);
    const relay = await relayOf();
    await push(server, relay.token, pushOf(kiosk.key, clone.log), V2);
    const again = answerOf(await push(server, relay.token, pushOf(kiosk.key, clone.log), V2));
    expect(again).toEqual({ status: 410, code: 'epoch_closed', needFrom: undefined, lastSeq: 3, lastHash });
    kiosk.write(3);
    const gap = answerOf(await push(server, relay.token, pushOf(kiosk.key, kiosk.log.slice(4)), V2));
    expect(gap).toMatchObject({ status: 410, lastSeq: 3, lastHash });
    const rest = await push(server, relay.token, pushOf(kiosk.key, kiosk.log.slice(2)), V2);
    expect(rest.json()).toMatchObject({ acknowledged: 6 });
    expect(await hqEvents(relay, 'EpochClosed')).toHaveLength(1);
  });

  it('E6: of runs in quarantine the oldest are kept, a bounded number; the others are counted', async () => {
    const { kiosk, clone } = await forkedKiosk(2);
    const relay = await relayOf();
    const filler = { park, node: kiosk.enrolled.node, epoch: 9, from_seq: 1, to_seq: 1, reason: 'equivocation' };
    const rest = { at_seq: 1, by_node: 'x', by_epoch: 1, received_ms: 0, run: '{}' };
    const rows = Array.from({ length: RUNS_PER_NODE }, (_, index) => ({ ...filler, ...rest, run_hash: `${index}` }));
    await server.deps.database.kysely.insertInto('quarantined_runs').values(rows).execute();
    expect(answerOf(await push(server, relay.token, pushOf(kiosk.key, clone.log), V2)).status).toBe(409);
    expect(await nodeRow(kiosk)).toMatchObject({ state: 'quarantined', runs_dropped: 1 });
    expect(await runsOf()).toHaveLength(RUNS_PER_NODE);
    expect(RUNS_PER_NODE).toBeLessThan(RUNS_PER_PARK);
  });

  it('E6, T1: the next enrolment closes the one before and ends its ticket key there; the code is once', async () => {
    const till = await enrolKiosk(server, { park, name: 'Till 1', role: 'till', gateId: 'till-1' });
    await push(server, till.token, pushOf(till.key, till.write(2)));
    const node = till.enrolled.node as never;
    const code = await createEnrolmentCode(server.deps, { park, name: 'Till 1', role: 'till', gateId: 'till-1', node });
    const body = enrolBody(code.code, newKey());
    const enrolled = (await post(server, '/sync/enrol', body)).json();
    expect((await post(server, '/sync/enrol', body)).json()).toEqual(enrolled);
    expect(enrolled).toMatchObject({ node, epoch: START_MS, number: 1 });
    const relay = await relayOf();
    const lastHash = till.log[1]?.hash;
    const closed = { kiosk: node, kioskEpoch: 1, lastSeq: 2, lastHash, reason: 'enrolled_anew' };
    expect(await hqEvents(relay, 'EpochClosed')).toEqual([closed]);
    expect(await hqEvents(relay, 'SigningKeyRevoked')).toEqual([
      { kid: till.key.kid, epoch: 1, lastSeq: 2, reason: 'enrolled_anew' },
    ]);
    expect(await nodeRow(till)).toMatchObject({ state: 'closed' });
  });

  it('E6, T1: a ticket key that is enrolled again goes on', async () => {
    const till = await enrolKiosk(server, { park, name: 'Till 1', role: 'till', gateId: 'till-1' });
    const node = till.enrolled.node as never;
    const code = await createEnrolmentCode(server.deps, { park, name: 'Till 1', role: 'till', gateId: 'till-1', node });
    await post(server, '/sync/enrol', enrolBody(code.code, newKey(), till.key));
    const relay = await relayOf();
    expect(await hqEvents(relay, 'EpochClosed')).toMatchObject([{ lastSeq: 0, lastHash: CHAIN_START }]);
    expect(await hqEvents(relay, 'SigningKeyRevoked')).toEqual([]);
  });

  it('S2: an event that breaks the schema keeps its place; the others go in and the chain goes on', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const relay = await relayOf();
    kiosk.write(1);
    kiosk.write(1, plainBody, { subject: '' });
    kiosk.write(1, plainBody, { version: 0 });
    kiosk.write(2);
    const answer = await push(server, kiosk.token, pushOf(kiosk.key, kiosk.log), V2);
    expect(answer.json()).toMatchObject({ acknowledged: 5 });
    const page: PullResponse = (await get(server, '/sync/pull?after=0', relay.token)).json();
    const run = page.runs.find(({ node }) => node === kiosk.enrolled.node);
    const types = run?.events.map((event) => (event as WireEvent)[3]);
    expect(types).toEqual(['CashMoved', 'Unreadable', 'Unreadable', 'CashMoved', 'CashMoved']);
    // As a relay holds it: the same words, the same chain, under the same seal.
    const again = await push(server, relay.token, run, V2);
    expect(again.json()).toMatchObject({ acknowledged: 5 });
    const hidden = { ...pushOf(kiosk.key, kiosk.write(1)) };
    const bytes = Buffer.from(JSON.stringify(['x'])).toString('base64url');
    const words = [...(hidden.events[0] ?? [])].with(3, 'Unreadable').with(8, { bytes, problem: '' });
    const refused = answerOf(await push(server, relay.token, { ...hidden, events: [words] }, V2));
    expect(refused).toMatchObject({ status: 422, code: 'not_a_push' });
    expect((await push(server, relay.token, hidden, V2)).json()).toMatchObject({ acknowledged: 6 });
  });
});

import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import type { JsonObject } from '@skygate/shared/lib/json';
import { recoveryDrafts } from '@skygate/shared/sync/recovery';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DATABASES, type OpenedDatabase } from '../../db/testing/databases.ts';
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
} from '../../db/testing/test-server.ts';
import { createHqTestServer, type HqTestServer, PARK_DOCUMENT } from '../testing/hq-test-server.ts';

let opened: OpenedDatabase;
let hq: HqTestServer;
const park = 'hq-quarantine' as ParkId;

beforeAll(async () => {
  opened = await DATABASES.PGlite();
  hq = await createHqTestServer(opened.database);
  await hq.call('POST', '/parks', { body: { park, document: PARK_DOCUMENT } });
}, 180_000);
afterAll(async () => {
  await hq?.close();
  await opened?.close();
});

it('E6: HQ sees who was quarantined, why and with what, and lets the kiosk begin anew', async () => {
  const kiosk = await enrolKiosk(hq.server, { park, name: 'Касса 7' });
  const { node } = kiosk.enrolled;
  await push(hq.server, kiosk.token, pushOf(kiosk.key, kiosk.write(3)));
  const clone = streamOf(kiosk.enrolled);
  clone.write(4, (seq) => plainBody(seq + 90));
  const body = pushOf(kiosk.key, clone.log);
  expect((await push(hq.server, kiosk.token, body)).statusCode).toBe(409);

  const quarantine = (await hq.call('GET', `/parks/${park}/quarantine`)).json();
  expect(quarantine).toMatchObject({
    runs: [{ node, name: 'Касса 7', epoch: 1, fromSeq: 1, toSeq: 4, atSeq: 1, reason: 'equivocation', byNode: node }],
    runsDropped: 0,
  });
  const { runHash } = quarantine.runs[0];
  const raw = (await hq.call('GET', `/parks/${park}/quarantine/runs/${runHash}`)).json();
  expect(JSON.parse(raw.run)).toEqual(body);
  expect((await hq.call('GET', `/parks/${park}/quarantine/runs/${'0'.repeat(64)}`)).statusCode).toBe(404);
  const listed = async () => (await hq.call('GET', `/parks/${park}/kiosks`)).json().kiosks;
  expect(await listed()).toMatchObject([{ node, epoch: 1, revoked: true, ended: 'equivocation' }]);

  const answer = await hq.call('POST', `/parks/${park}/kiosks/${node}/enrolments`);
  expect(answer.statusCode).toBe(201);
  const { code, qrText } = answer.json();
  expect(qrText).toContain(code);
  const enrolled = (await post(hq.server, '/sync/enrol', enrolBody(code, newKey()))).json();
  expect(enrolled).toMatchObject({ node, epoch: START_MS, number: kiosk.enrolled.number, name: 'Касса 7' });
  expect(await listed()).toMatchObject([{ node, epoch: START_MS, revoked: false, ended: null }]);
  // The machine that was left behind gets in no more.
  expect((await get(hq.server, '/sync/state', kiosk.token)).statusCode).toBe(410);
});

it('E6: no code for a kiosk that is not there, nor for HQ itself', async () => {
  for (const node of ['k-0000000000000000', `hq:${park}`]) {
    const answer = await hq.call('POST', `/parks/${park}/kiosks/${node}/enrolments`);
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'not_found']);
  }
});

it('S7: HQ sees the events that read models put aside, with the error', async () => {
  const kiosk = await enrolKiosk(hq.server, { park, name: 'Gate 3' });
  kiosk.write(1, () => ({ nonsense: true }));
  await push(hq.server, kiosk.token, pushOf(kiosk.key, kiosk.log));
  await hq.server.deps.projections.projectNow(park);
  const { events, eventsTotal } = (await hq.call('GET', `/parks/${park}/quarantine`)).json();
  expect(eventsTotal).toBe(1);
  expect(events).toMatchObject([{ node: kiosk.enrolled.node, name: 'Gate 3', seq: 1, type: 'CashMoved' }]);
  expect(events[0].error).not.toBe('');
});

it('S7: an error speaks of kiosks by name and of which of their enrolments, not by the numbers of their epochs', async () => {
  const till = await enrolKiosk(hq.server, { park, name: 'Касса 9' });
  const { node } = till.enrolled;
  const { code } = (await hq.call('POST', `/parks/${park}/kiosks/${node}/enrolments`)).json();
  const { epoch } = (await post(hq.server, '/sync/enrol', enrolBody(code, newKey()))).json();
  const gate = await enrolKiosk(hq.server, { park, name: 'Gate 9' });
  const { log, write } = streamOf({ park, node, epoch });
  const [first] = write(1);
  if (!first) throw new Error('nothing was written');
  const { seal } = pushOf(newKey(), log);
  const fork = { from: 1, hash: first.hash };
  const [recovered] = recoveryDrafts({ events: log, seal: { ...seal, node: node as NodeId } }, fork);
  const words = { type: 'EventRecovered', version: 1, subject: `stream:${node}/${epoch}` };
  gate.write(1, () => recovered?.body as unknown as JsonObject, words);
  expect((await push(hq.server, gate.token, pushOf(gate.key, gate.log))).statusCode).toBe(200);
  await hq.server.deps.projections.projectNow(park);
  const { events } = (await hq.call('GET', `/parks/${park}/quarantine`)).json();
  const { error } = events.find(({ name }: { name: string }) => name === 'Gate 9');
  expect(error).toContain('Касса 9 (2)');
  expect(error).not.toContain(String(epoch));
});

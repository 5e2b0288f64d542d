import type { ParkId } from '@skygate/shared/lib/ids';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import { expect, it } from 'vitest';
import { describeOnDatabases, type Given } from '../db/testing/describe-on-databases.ts';
import { enrolKiosk, type TestKiosk, type TestServer } from '../db/testing/test-server.ts';

const WORD = { waiting: 12, oldestWaitingMs: 90_000, skewMs: -3_100, appVersion: '1.2.3', problem: null };

describeOnDatabases('telemetry', (eachTest) => {
  let given: Given;
  let server: TestServer;
  let park: ParkId;
  eachTest((next) => {
    given = next;
    ({ server, park } = next);
  });

  const tell = (kiosk: TestKiosk, payload: object) =>
    server.app.inject({
      method: 'POST',
      url: '/sync/telemetry',
      headers: { [PROTOCOL_HEADER]: '1', authorization: `Bearer ${kiosk.token}` },
      payload,
    });
  const kept = () =>
    given.opened.database.reader
      .selectFrom('nodes')
      .select(['waiting', 'oldest_waiting_ms', 'skew_ms', 'problem', 'app_version', 'telemetry_ms', 'head_seq'])
      .where('park', '=', park)
      .where('role', '!=', 'hq')
      .executeTakeFirstOrThrow();

  it('S5: keeps the newest word beside the node, and writes no event', async () => {
    const kiosk = await enrolKiosk(server, { park });
    expect(await kept()).toMatchObject({ waiting: null, telemetry_ms: null });
    expect((await tell(kiosk, WORD)).statusCode).toBe(200);
    await tell(kiosk, { ...WORD, waiting: 0, oldestWaitingMs: null, problem: 'stopped_writing' });
    expect(await kept()).toEqual({
      waiting: 0,
      oldest_waiting_ms: null,
      skew_ms: -3_100,
      problem: 'stopped_writing',
      app_version: '1.2.3',
      telemetry_ms: server.deps.clock.nowMs(),
      head_seq: 0,
    });
  });

  it('X2: takes no word that is none, and says what is wrong with it', async () => {
    const kiosk = await enrolKiosk(server, { park });
    const answer = await tell(kiosk, { ...WORD, waiting: -1 });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toContain('/waiting');
    expect(await kept()).toMatchObject({ waiting: null });
  });

  it('S1: takes no word without a token', async () => {
    const kiosk = await enrolKiosk(server, { park });
    expect((await tell({ ...kiosk, token: 'x' }, WORD)).statusCode).toBe(401);
  });
});

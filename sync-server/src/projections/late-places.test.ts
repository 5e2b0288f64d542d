import type { AskedPlace } from '@skygate/shared/read-models/ask';
import { BEFORE_ALL } from '@skygate/shared/read-models/refold/late-facts';
import { hlcOf } from '@skygate/shared/sync/hlc';
import { expect, it } from 'vitest';
import { withTransaction } from '../db/database.ts';
import { describeOnDatabases, type Given } from '../db/testing/describe-on-databases.ts';
import { enrolKiosk, push, pushOf, START_MS } from '../db/testing/test-server.ts';
import { placesOf } from './late-places.ts';

const LATE = hlcOf(START_MS + 60_000_000, 0);

describeOnDatabases('where the late facts of a revoked kiosk stand', (eachTest) => {
  let given: Given;
  eachTest((one) => {
    given = one;
  });

  it('X4, S5: are looked for in so many places at a time, and nothing is looked through where nothing is', async () => {
    const till = await enrolKiosk(given.server, { park: given.park, role: 'till' });
    const { park, node, epoch } = till.enrolled;
    till.write(9);
    const late = till.write(2, undefined, { hlc: LATE });
    await push(given.server, till.token, pushOf(till.key, till.log));
    const far = [late[0]?.seq ?? 0, 500, 2 ** 52].map((seq) => ({ seq, hash: 'f'.repeat(64) }));
    const by = { by_node: node, by_epoch: epoch, by_seq: 1, fork: 'f', type: 'CashMoved', hlc: LATE };
    const rows = far.map(({ seq }) => ({ park, node, epoch, seq, hash: `${'f'.repeat(62)}${seq % 89}`, ...by }));
    await given.opened.database.kysely.insertInto('recovered_events').values(rows).execute();
    const expected = [...late, ...rows].map(({ seq, hash }) => ({ seq, hash }));
    const ask = {
      ask: 'places',
      park,
      node,
      epoch,
      types: ['CashMoved'],
      afterHlc: hlcOf(START_MS + 1_000, 0),
    } as const;
    const looked: number[] = [];
    const found: AskedPlace[] = [];
    for (let after: AskedPlace | null = BEFORE_ALL; after !== null; ) {
      const from: AskedPlace = after;
      const { places, next } = await withTransaction(given.opened, { timeoutMs: 10_000 }, (tx) =>
        placesOf(tx, Number.MAX_SAFE_INTEGER, { ...ask, after: from, limit: 2, within: 5 }),
      );
      found.push(...places);
      looked.push(places.length);
      after = next;
    }
    expect(found).toEqual(expected.toSorted((one, other) => one.seq - other.seq || (one.hash < other.hash ? -1 : 1)));
    // To 5, to 10, to 15, and where anything is after that.
    expect(looked).toEqual([0, 2, 1, 1, 1]);
  });
});

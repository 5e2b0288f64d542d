import type { ParkId } from '@skygate/shared/lib/ids';
import type { PeopleResponse, Person } from '@skygate/shared/protocol/people';
import { PROTOCOL_VERSION } from '@skygate/shared/protocol/protocol-version';
import type { StateResponse } from '@skygate/shared/protocol/state';
import type { Database, Reader } from '../db/database.ts';
import { hqIdentity } from '../hq-node/enrolment.ts';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';
import type { Clock } from '../ports.ts';

export interface StateDeps {
  readonly database: Database;
  readonly clock: Clock;
}

/** What the server has of this node (K3): the kiosk's own notes yield to it. */
export async function readState({ database, clock }: StateDeps, node: AuthenticatedNode): Promise<StateResponse> {
  const { reader } = database;
  const row = await reader
    .selectFrom('nodes as n')
    .innerJoin('parks as p', 'p.park', 'n.park')
    .select(['n.head_seq', 'n.head_hash', 'p.head', 'p.log_id'])
    .where('n.park', '=', node.park)
    .where('n.node', '=', node.node)
    .where('n.epoch', '=', node.epoch)
    .executeTakeFirstOrThrow();
  return {
    protocolVersion: PROTOCOL_VERSION,
    node: node.node,
    epoch: node.epoch,
    acknowledged: row.head_seq,
    acknowledgedHash: row.head_hash,
    durable: database.durable,
    logId: row.log_id,
    head: row.head,
    hq: await hqIdentity(reader, node.park),
    peopleRevision: await peopleRevisionOf(reader, node.park),
    serverMs: clock.nowMs(),
  };
}

export async function logIdOf(reader: Reader, park: ParkId): Promise<string> {
  const row = await reader.selectFrom('parks').select('log_id').where('park', '=', park).executeTakeFirstOrThrow();
  return row.log_id;
}

export async function peopleRevisionOf(reader: Reader, park: ParkId): Promise<number> {
  const row = await reader
    .selectFrom('people')
    .select((select) => select.fn.max('revision').as('newest'))
    .where('park', '=', park)
    .executeTakeFirst();
  return Number(row?.newest ?? 0);
}

/** A kiosk asks again while its revision is behind. */
const PEOPLE_PER_ANSWER = 10_000;

/** The people of a park that changed since a revision, oldest first (P1). */
export async function readPeople(reader: Reader, park: ParkId, after: number): Promise<PeopleResponse> {
  const rows = await reader
    .selectFrom('people')
    .select(['staff_id', 'revision', 'removed', 'name', 'role', 'pin'])
    .where('park', '=', park)
    .where('revision', '>', after)
    .orderBy('revision')
    .limit(PEOPLE_PER_ANSWER)
    .execute();
  const people = rows.map(
    (row): Person => ({
      staffId: row.staff_id,
      revision: row.revision,
      removed: row.removed === 1,
      name: row.name,
      role: row.role as Person['role'],
      pin: row.pin === null ? null : JSON.parse(row.pin),
    }),
  );
  return { revision: Math.max(after, ...people.map(({ revision }) => revision)), people };
}

import type { ParkId } from '@skygate/shared/lib/ids';
import type { PeopleResponse, Person } from '@skygate/shared/protocol/people';
import { PROTOCOL_VERSION } from '@skygate/shared/protocol/protocol-version';
import { type StateRequest, type StateResponse, VECTOR_STREAMS_MAX } from '@skygate/shared/protocol/state';
import type { Database, Reader } from '../db/database.ts';
import type { HqNodeDeps } from '../hq-node/append-hq-events.ts';
import type { AuthenticatedNode, KioskSession } from '../plugins/node-auth.ts';
import type { Clock } from '../ports.ts';
import { isHeld } from '../restore/hq-past.ts';
import { readVector } from '../restore/read-vector.ts';
import { PEOPLE_PER_ANSWER, peopleNow } from './people-stamp.ts';
import { countTexts } from './texts.ts';

export interface StateDeps {
  readonly database: Database;
  readonly clock: Clock;
}

/** A vector of `VECTOR_STREAMS_MAX` streams, each of some 600 bytes with its seal. */
export const VECTOR_BODY_LIMIT = VECTOR_STREAMS_MAX * 768;

/** What the server has of this node (K3), of one moment: the kiosk's own notes yield to it. */
export async function readState({ database, clock }: StateDeps, node: AuthenticatedNode): Promise<StateResponse> {
  const row = await database.reader
    .selectFrom('nodes as n')
    .innerJoin('parks as p', 'p.park', 'n.park')
    .innerJoin('nodes as hq', (join) =>
      join.onRef('hq.park', '=', 'n.park').on('hq.role', '=', 'hq').on('hq.state', '=', 'open'),
    )
    .select(({ selectFrom }) => [
      'n.head_seq',
      'n.head_hash',
      'p.head',
      'p.log_id',
      'hq.node as hq_node',
      'hq.epoch as hq_epoch',
      'hq.public_key as hq_key',
      selectFrom('people as q')
        .select((q) => q.fn.max('q.revision').as('newest'))
        .whereRef('q.park', '=', 'p.park')
        .as('people_revision'),
    ])
    .where('n.park', '=', node.park)
    .where('n.node', '=', node.node)
    .where('n.epoch', '=', node.epoch)
    .orderBy('hq.epoch', 'desc')
    .limit(1)
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
    hq: { node: row.hq_node, epoch: row.hq_epoch, publicKey: row.hq_key },
    peopleRevision: Number(row.people_revision ?? 0),
    serverMs: clock.nowMs(),
  };
}

/**
 * The same in answer to what the kiosk holds (since 2, E8): what of it is wanted here. Read first, because a vector may show
 * that this server was restored, and then the answer is of the log that begins with that.
 */
export async function answerVector(deps: HqNodeDeps, node: KioskSession, vector: StateRequest): Promise<StateResponse> {
  const { reader } = deps.database;
  const wants = await readVector(deps, node, vector);
  const earlierHq = await earlierHqOf(reader, node.park);
  const held = node.isRevoked ? await heldEnd(reader, node, vector) : null;
  const texts = await countTexts(reader, node);
  return { ...(await readState(deps, node)), ...held, texts, wants, earlierHq };
}

/**
 * X4: the end of its stream as a revoked kiosk has it, where that is held here, in the stream or recorded again beside it
 * (E6): more it has not, whatever else was written in its name. null where it is not held.
 */
async function heldEnd(
  reader: Reader,
  { park, node, epoch }: AuthenticatedNode,
  { streams }: StateRequest,
): Promise<Pick<StateResponse, 'acknowledged' | 'acknowledgedHash'> | null> {
  const own = streams.find((stream) => stream.node === node && stream.epoch === epoch);
  if (!own) return null;
  const { to, headHash } = own;
  const isThere = await isHeld(reader, park, { node, epoch, seq: to, hash: headHash });
  return isThere ? { acknowledged: to, acknowledgedHash: headHash } : null;
}

/** The keys of HQ's epochs that are over, oldest first: their events are still good, and may come back from kiosks. */
async function earlierHqOf(reader: Reader, park: ParkId): Promise<NonNullable<StateResponse['earlierHq']>> {
  const rows = await reader
    .selectFrom('nodes')
    .select(['node', 'epoch', 'public_key'])
    .where('park', '=', park)
    .where('role', '=', 'hq')
    .where('state', '<>', 'open')
    .orderBy('epoch', 'desc')
    .limit(EARLIER_HQ_MAX)
    .execute();
  return rows.reverse().map(({ node, epoch, public_key: publicKey }) => ({ node, epoch, publicKey }));
}

const EARLIER_HQ_MAX = 100;

/** The people of a park that changed since a revision, oldest first (P1); after 0 everybody, and which list that is. */
export async function readPeople(reader: Reader, park: ParkId, after: number): Promise<PeopleResponse> {
  // Before the rows: they may only be newer than their stamp, and are then asked for once more.
  const { stamp } = await peopleNow(reader, park);
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
  const isWhole = after === 0 && stamp !== null && people.length < PEOPLE_PER_ANSWER;
  const newest = Math.max(after, ...people.map(({ revision }) => revision));
  return { revision: newest, people, ...(isWhole ? { stamp } : {}) };
}

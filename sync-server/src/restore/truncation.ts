import type { StreamHeadOnWire } from '@skygate/shared/protocol/state';
import type { HqNodeDeps } from '../hq-node/append-hq-events.ts';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';

/** What came in since the kiosk wrote its vector proves nothing: its other lane was faster. No request lives longer. */
const CROSSING_MS = 60_000;

/**
 * X5: the server's head of a stream proves that a kiosk lost its end, or had it cut off. HQ sees it; the kiosk itself is met
 * by the greeting, and stops (E6). Cleared when the kiosk shows its whole stream again.
 */
export async function noteTruncation(
  { database, clock }: Pick<HqNodeDeps, 'database' | 'clock'>,
  { park, node, epoch }: AuthenticatedNode,
  { to }: StreamHeadOnWire,
): Promise<void> {
  const missing = await database.reader
    .selectFrom('events')
    .select('received_ms')
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .where('seq', '=', to + 1)
    .executeTakeFirst();
  if (!missing) {
    await forget(database, { park, node, epoch });
    return;
  }
  if (clock.nowMs() - missing.received_ms < CROSSING_MS) return;
  const { head_seq } = await database.reader
    .selectFrom('nodes')
    .select('head_seq')
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .executeTakeFirstOrThrow();
  const seen = { shown_seq: to, held_seq: head_seq, seen_ms: clock.nowMs() };
  await database.kysely
    .insertInto('truncated_nodes')
    .values({ park, node, epoch, ...seen })
    .onConflict((conflict) => conflict.columns(['park', 'node', 'epoch']).doUpdateSet(seen))
    .execute();
}

const forget = (database: HqNodeDeps['database'], { park, node, epoch }: AuthenticatedNode) =>
  database.kysely
    .deleteFrom('truncated_nodes')
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .execute();

import type { Writer } from '../db/database.ts';
import type { HqNodeDeps } from '../hq-node/append-hq-events.ts';
import { appendHqEvents } from '../hq-node/append-hq-events.ts';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';
import { busyProblem, syncProblem } from '../plugins/problem.ts';
import { endOf } from './revoked-node.ts';

/**
 * X4: a revoked kiosk has delivered everything and erases its data now. Said twice (the
 * answer was lost) it is the same word.
 * @throws Problem 403 if the kiosk was not revoked: nobody else may be taken for erased; 503 while its data would be in
 * nothing but a database that may lose its last commits (E9)
 */
export async function noteWiped(deps: HqNodeDeps, { park, node, epoch }: AuthenticatedNode): Promise<void> {
  await appendHqEvents(deps, park, async (tx) => {
    const end = await endOf(tx, { park, node, epoch });
    if (end === 'closed') throw syncProblem('wrong_stream', 'This kiosk is not revoked: it has nothing to erase.');
    if (end === 'wiped') return { drafts: [] };
    if (!deps.database.durable && !(await isHeldElsewhere(tx, park, node))) {
      throw busyProblem('No other kiosk of the park holds what this one delivered yet; try again.');
    }
    const row = { park, node, epoch, wiped_ms: deps.clock.nowMs() };
    return { drafts: [], rows: [{ table: 'wiped_kiosks', row }] };
  });
}

/**
 * E9: what PGlite loses in a power cut comes back from whoever pulled it (E8). @returns whether another open kiosk has
 * pulled past the last event of this one; true where there is no other kiosk
 */
async function isHeldElsewhere(tx: Writer, park: string, node: string): Promise<boolean> {
  const last = await tx
    .selectFrom('events')
    .select((select) => select.fn.max('position').as('position'))
    .where('park', '=', park)
    .where('node', '=', node)
    .executeTakeFirst();
  const others = await tx
    .selectFrom('nodes as n')
    .innerJoin('parks as p', 'p.park', 'n.park')
    .select(['n.pulled_position', 'n.pulled_log_id', 'p.log_id'])
    .where('n.park', '=', park)
    .where('n.node', '<>', node)
    .where('n.role', '<>', 'hq')
    .where('n.state', '=', 'open')
    .execute();
  const to = Number(last?.position ?? 0);
  return (
    others.length === 0 || others.some((other) => other.pulled_log_id === other.log_id && other.pulled_position >= to)
  );
}

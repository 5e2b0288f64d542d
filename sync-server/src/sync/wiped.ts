import type { HqNodeDeps } from '../hq-node/append-hq-events.ts';
import { appendHqEvents } from '../hq-node/append-hq-events.ts';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';
import { syncProblem } from '../plugins/problem.ts';
import { endOf } from './revoked-node.ts';

/**
 * X4: a revoked kiosk has delivered everything and erases its data now. Said twice (the
 * answer was lost) it is the same word.
 * @throws Problem 403 if the kiosk was not revoked: nobody else may be taken for erased
 */
export async function noteWiped(deps: HqNodeDeps, { park, node, epoch }: AuthenticatedNode): Promise<void> {
  await appendHqEvents(deps, park, async (tx) => {
    const end = await endOf(tx, { park, node, epoch });
    if (end === 'closed') throw syncProblem('wrong_stream', 'This kiosk is not revoked: it has nothing to erase.');
    if (end === 'wiped') return { drafts: [] };
    const row = { park, node, epoch, wiped_ms: deps.clock.nowMs() };
    return { drafts: [], rows: [{ table: 'wiped_kiosks', row }] };
  });
}

import type { WipedRequest } from '@skygate/shared/protocol/signing-key';
import type { Writer } from '../db/database.ts';
import type { HqNodeDeps } from '../hq-node/append-hq-events.ts';
import { appendHqEvents } from '../hq-node/append-hq-events.ts';
import type { KioskSession } from '../plugins/node-auth.ts';
import { busyProblem, syncProblem } from '../plugins/problem.ts';
import { endOf } from './revoked-node.ts';
import { answerVector } from './state.ts';

/**
 * X4: a revoked kiosk has delivered everything and erases its data now. Said twice (the
 * answer was lost) it is the same word.
 * @throws Problem 403 if the kiosk was not revoked: nobody else may be taken for erased; 503 while its data would be in
 * nothing but a database that may lose its last commits (E9), or something of it is not here any more: the server may
 * have been put back since it told the kiosk that all is here (E8)
 */
export async function noteWiped(deps: HqNodeDeps, session: KioskSession, held: WipedRequest): Promise<void> {
  const { park, node, epoch } = session;
  if (session.isRevoked && !(await isAllHere(deps, session, held))) {
    throw busyProblem('Not all that this kiosk holds is here any more: ask for what is wanted, and deliver it.');
  }
  await appendHqEvents(deps, park, async (tx) => {
    const end = await endOf(tx, { park, node, epoch });
    if (end === 'closed') throw syncProblem('wrong_stream', 'This kiosk is not revoked: it has nothing to erase.');
    if (!deps.database.durable && !(await isHeldElsewhere(tx, park, node))) {
      throw busyProblem('No other kiosk of the park holds what this one delivered yet; try again.');
    }
    if (end === 'wiped') return { drafts: [] };
    const row = { park, node, epoch, wiped_ms: deps.clock.nowMs() };
    return { drafts: [], rows: [{ table: 'wiped_kiosks', row }] };
  });
}

async function isAllHere(deps: HqNodeDeps, session: KioskSession, { streams, texts }: WipedRequest): Promise<boolean> {
  const { node, epoch } = session;
  const answer = await answerVector(deps, session, { streams });
  const own = streams.find((stream) => stream.node === node && stream.epoch === epoch);
  const isOwnHere = !own || (answer.acknowledged === own.to && answer.acknowledgedHash === own.headHash);
  return isOwnHere && answer.wants?.length === 0 && (answer.texts ?? 0) >= texts;
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

import type { ParkId } from '@skygate/shared/lib/ids';
import { numberOfKid, signingNumberOf } from '../../hq-node/ticket-keys.ts';
import { appendOrRefuse } from '../hq-append.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem } from '../hq-problem.ts';
import { gatesBehindKey } from './gates-behind.ts';

export interface UseKeyAsk {
  readonly park: ParkId;
  readonly kid: string;
  /** Why it is not waited for every gate; null to wait. */
  readonly forced: string | null;
  readonly actor: string;
}

/**
 * HQ signs a park's tickets with this key from now on (T1): a key of HQ's that is published, not revoked, within its period
 * and newer than the present one, and not before every open gate has pulled it, save by a forced rotation that says why.
 * @throws Problem 404, 409 with the gates that are behind
 */
export async function putKeyToUse(deps: HqDeps, { park, kid, forced, actor }: UseKeyAsk): Promise<void> {
  const number = await numberOfKid(deps, kid);
  if (number === null) throw hqProblem('not_found', `${kid} is no ticket key of HQ.`);
  await appendOrRefuse(deps, park, async (tx) => {
    const key = await tx
      .selectFrom('signing_keys as k')
      .leftJoin('signing_key_revocations as r', (join) =>
        join.onRef('r.park', '=', 'k.park').onRef('r.kid', '=', 'k.kid'),
      )
      .select(['k.kid', 'k.not_after_ms', 'r.revoked_ms'])
      .where('k.park', '=', park)
      .where('k.kid', '=', kid)
      .executeTakeFirst();
    if (!key) throw hqProblem('not_found', `The key ${kid} is not published in ${park}.`);
    if (key.revoked_ms !== null) throw hqProblem('key_revoked', `The key ${kid} is revoked in ${park}.`);
    if (key.not_after_ms <= deps.clock.nowMs()) throw hqProblem('key_over', `The period of the key ${kid} is over.`);
    const present = await signingNumberOf(tx, park);
    if (number === present) return { drafts: [] };
    if (number < present) throw hqProblem('key_older', `${park} has a newer key in use: a rotation only goes on.`);
    const behind = await gatesBehindKey(tx, park, kid);
    if (behind.length > 0 && forced === null) {
      const names = behind.map(({ name }) => name).join(', ');
      throw hqProblem('gates_behind', `These gates do not know the key yet: ${names}.`, { gates: behind });
    }
    const row = {
      park,
      number,
      since_ms: deps.clock.nowMs(),
      actor,
      forced: behind.length > 0 ? forced : null,
    };
    return { drafts: [], rows: [{ table: 'ticket_key_use', row }] };
  });
}

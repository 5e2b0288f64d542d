import { ledgerOf } from '@skygate/shared/domain/capacity/lease-ledger';
import { draft } from '@skygate/shared/events/catalogue';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { HqNodeDeps } from '../../hq-node/append-hq-events.ts';
import { appendOrRefuse } from '../hq-append.ts';
import { hqProblem } from '../hq-problem.ts';
import { dayPlacesOf } from './capacity-state.ts';

export interface TakeBackAsk {
  readonly park: ParkId;
  readonly leaseId: string;
  readonly reason: string;
  readonly actor: string;
}

/** C3: HQ has the rest of a lease again in somebody's name, whatever its holder may still sell before it hears of it. @returns the lease's date */
export async function takeBackLease(deps: HqNodeDeps, { park, leaseId, reason, actor }: TakeBackAsk): Promise<string> {
  let date = '';
  await appendOrRefuse(deps, park, async (tx) => {
    const row = await tx
      .selectFrom('leases')
      .select(['date', 'slot'])
      .where('park', '=', park)
      .where('lease_id', '=', leaseId)
      .executeTakeFirst();
    if (!row) throw hqProblem('not_found', `There is no lease ${leaseId} in this park.`);
    date = row.date;
    const state = (await dayPlacesOf(tx, { park, date, nowMs: deps.clock.nowMs() })).stateOf(row.slot);
    const lease = ledgerOf(state).byId.get(leaseId);
    if (!lease || lease.isTakenBack) return { drafts: [] };
    const { word, worth } = lease;
    const places = Math.max(0, worth - word.used - word.returned - word.given);
    const body = { kind: 'lease_taken_back' as const, date, slot: row.slot, places, leaseId, reason: reason.trim() };
    return { drafts: [draft('CapacityOverridden', `lease:${leaseId}`, body, { actor })] };
  });
  return date;
}

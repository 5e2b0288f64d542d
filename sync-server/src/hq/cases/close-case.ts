import { draft } from '@skygate/shared/events/catalogue';
import type { CloseCaseBody } from '@skygate/shared/hq-api/cases';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { HqNodeDeps } from '../../hq-node/append-hq-events.ts';
import { appendOrRefuse } from '../hq-append.ts';
import { hqProblem } from '../hq-problem.ts';
import { caseOf } from './cases-of.ts';

export interface CloseCaseAsk extends CloseCaseBody {
  readonly park: ParkId;
  readonly caseId: string;
  readonly actor: string;
}

/** A person is done with a case (T3, T5), once. @throws Problem 404, and 409 if it was closed before */
export async function closeCase(deps: HqNodeDeps, ask: CloseCaseAsk): Promise<void> {
  const { park, caseId, outcome, reason, actor } = ask;
  await appendOrRefuse(deps, park, async (tx) => {
    const known = await caseOf(tx, park, caseId);
    if (!known) throw noCase(park, caseId);
    if (known.closing !== null) {
      throw hqProblem('exists_already', `The case was closed before, by ${known.closing.actor}.`);
    }
    const { ticketId } = known;
    return { drafts: [draft('CaseClosed', `ticket:${ticketId}`, { caseId, ticketId, outcome, reason }, { actor })] };
  });
}

export const noCase = (park: string, caseId: string) =>
  hqProblem('not_found', `There is no case ${caseId} in ${park}.`);

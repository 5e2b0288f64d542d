import { draft } from '@skygate/shared/events/catalogue';
import type { Reply } from '../../rpc-contract/kiosk-api.ts';
import { actorFor, type CommandContext, problem, refused, said, storeProblem } from './command-context.ts';

const PEOPLE_MAX = 1000;

/** People left without a ticket in hand: subtracted all the same, and the count is the less sure for it (T4). */
export function countExit(context: CommandContext, { people }: { readonly people: number }): Reply<null> {
  const actor = actorFor(context, 'admit');
  if (!actor.ok) return refused(actor.error);
  if (!Number.isSafeInteger(people) || people < 1 || people > PEOPLE_MAX) {
    return refused(problem('amount_out_of_range', { field: 'people', min: 1, max: PEOPLE_MAX }));
  }
  const { identity, businessDate } = actor.value;
  const { gateId } = identity;
  const body = { ticketId: null, gateId, people, businessDate, unmatched: people };
  const written = context.eventLog.append([
    draft('TicketExited', `gate:${gateId}`, body, { actor: actor.value.actor }),
  ]);
  return written.ok ? said(null) : refused(storeProblem(written.error));
}

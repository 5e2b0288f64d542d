import { decideAnnulment } from '@skygate/shared/domain/admission/decide';
import { eventId } from '@skygate/shared/events/envelope';
import type { Reply } from '../../rpc-contract/kiosk-api.ts';
import { actorFor, problem, refused, said, storeProblem } from './command-context.ts';
import type { ScanContext } from './scan.ts';

/** Takes back the last scan's admission: the wrong person, or nobody went through. Once, and only the last. */
export function undoLast(context: ScanContext, input: { readonly scanId: string }): Reply<null> {
  const actor = actorFor(context, 'admit');
  if (!actor.ok) return refused(actor.error);
  const [last] = context.recentScans.list();
  const undoable =
    last?.scanId === input.scanId && !last.undone && last.verdict !== 'refuse' && last.verdict !== 'exit';
  if (!undoable || last.ticketId === null) return refused(problem('nothing_to_undo'));

  const { ticketId } = last;
  const facts = context.tickets.facts(actor.value.identity.park, ticketId);
  const admission = facts.find((fact) => eventId(fact) === input.scanId);
  if (!admission) return refused(problem('nothing_to_undo'));
  const { node, epoch, seq } = admission;
  const command = {
    ticketId,
    original: { node, epoch, seq },
    reason: 'undo',
    actor: actor.value.actor,
    cause: input.scanId,
  } as const;
  const annulment = decideAnnulment(command, facts);
  if (!annulment.ok) return refused(problem('nothing_to_undo'));
  const written = context.eventLog.append([annulment.value]);
  if (!written.ok) return refused(storeProblem(written.error));
  context.recentScans.undone(input.scanId);
  return said(null);
}

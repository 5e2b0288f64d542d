import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { Problem } from '../../rpc-contract/kiosk-api.ts';
import type { SyncView } from '../../rpc-contract/status-view.ts';
import { createPeopleStore } from '../event-log/people-store.ts';
import { actorFor, type CommandContext, groundOf, problem, storeProblem } from './command-context.ts';

/**
 * Whether who stands at a stopped kiosk may enrol it anew (E6, X3): a supervisor. HQ's code is needed as well. Where none can
 * log in (the kiosk stopped before people, its park or HQ's word of it came), the code has to do.
 */
export function mayEnrolAnew(context: CommandContext): Result<null, Problem> {
  if (!groundOf(context).ok) return ok(null);
  const isSupervised = createPeopleStore(context.database)
    .list()
    .some(({ role }) => role === 'supervisor');
  if (!isSupervised) return ok(null);
  const actor = actorFor(context, 'set_up');
  return actor.ok ? ok(null) : actor;
}

/**
 * A kiosk that the server does not know works on: the server may get its enrolment back from another kiosk. Whoever may
 * enrol it anew can say that it will not, and then it stops like any kiosk whose incarnation is over (E6, E8).
 */
export function stopToEnrolAnew(context: CommandContext, state: SyncView['state']): Result<null, Problem> {
  if (context.eventLog.stopped() !== null) return ok(null);
  if (state !== 'unknown_at_hq') return err(problem('already_enrolled'));
  const may = mayEnrolAnew(context);
  if (!may.ok) return may;
  const stopped = context.eventLog.stopWriting('the server does not know this kiosk', 'unknown_at_hq');
  return stopped.ok ? stopped : err(storeProblem(stopped.error));
}

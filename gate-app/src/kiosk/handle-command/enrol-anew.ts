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

/** Why a kiosk that works on has to be enrolled anew if that does not pass (E8). */
const WAYS_OUT: Readonly<Partial<Record<SyncView['state'], string>>> = {
  unknown_at_hq: 'the server does not know this kiosk',
  lost_at_hq: 'the server lost events that this kiosk has let go',
};

/**
 * A kiosk that the server does not know, or of which it lacks what is let go here, works on: the server may get that back
 * from another kiosk. Whoever may enrol it anew can say that it will not, and then it stops like any kiosk whose incarnation
 * is over (E6, E8).
 */
export function stopToEnrolAnew(context: CommandContext, state: SyncView['state']): Result<null, Problem> {
  if (context.eventLog.stopped() !== null) return ok(null);
  const reason = WAYS_OUT[state];
  if (reason === undefined) return err(problem('already_enrolled'));
  const may = mayEnrolAnew(context);
  if (!may.ok) return may;
  const stopped = context.eventLog.stopWriting(reason, state === 'lost_at_hq' ? state : 'unknown_at_hq');
  return stopped.ok ? stopped : err(storeProblem(stopped.error));
}

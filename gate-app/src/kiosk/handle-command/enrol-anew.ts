import { ok, type Result } from '@skygate/shared/lib/result';
import type { Problem } from '../../rpc-contract/kiosk-api.ts';
import { createPeopleStore } from '../event-log/people-store.ts';
import { actorFor, type CommandContext } from './command-context.ts';

/**
 * Whether who stands at a stopped kiosk may enrol it anew (E6, X3): a supervisor. HQ's code is needed as well. Where no
 * supervisor is known (the kiosk stopped before people came), the code has to do.
 */
export function mayEnrolAnew(context: CommandContext): Result<null, Problem> {
  const isSupervised = createPeopleStore(context.database)
    .list()
    .some(({ role }) => role === 'supervisor');
  if (!isSupervised) return ok(null);
  const actor = actorFor(context, 'set_up');
  return actor.ok ? ok(null) : actor;
}

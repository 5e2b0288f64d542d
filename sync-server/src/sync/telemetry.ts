import type { TelemetryRequest } from '@skygate/shared/protocol/telemetry';
import type { Database } from '../db/database.ts';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';
import type { Clock } from '../ports.ts';

/** Keeps a kiosk's newest word about itself beside its node (S5): the one before is gone. */
export async function noteTelemetry(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  { park, node, epoch }: AuthenticatedNode,
  word: TelemetryRequest,
): Promise<void> {
  await database.kysely
    .updateTable('nodes')
    .set({
      telemetry_ms: clock.nowMs(),
      waiting: word.waiting,
      oldest_waiting_ms: word.oldestWaitingMs,
      skew_ms: word.skewMs,
      problem: word.problem,
      app_version: word.appVersion,
      trust: word.trust ?? null,
      people_revision: word.peopleRevision ?? null,
    })
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .execute();
}

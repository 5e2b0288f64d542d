import { KNOWN_EVENT_VERSIONS } from '@skygate/shared/events/catalogue';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { TelemetryRequest } from '@skygate/shared/protocol/telemetry';
import type { Database } from '../db/database.ts';
import { goesBy, newestCatalogue } from '../documents/newest-catalogue.ts';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';
import type { Clock } from '../ports.ts';
import { peopleNow } from './people-stamp.ts';

/** Keeps a kiosk's newest word about itself beside its node (S5): the one before is gone. */
export async function noteTelemetry(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  { park, node, epoch }: AuthenticatedNode,
  word: TelemetryRequest,
): Promise<void> {
  await noteReading(database, clock.nowMs(), { park, node, epoch, skewMs: word.skewMs });
  const publication = await newestCatalogue(database.reader, park);
  const hasOldCatalogue = publication !== null && !goesBy(word.catalogue, publication);
  const people = await confirmedPeople(database, park, word);
  const hasOldProgram = (word.knownEvents ?? 0) < KNOWN_EVENT_VERSIONS;
  await database.kysely
    .updateTable('nodes')
    .set(({ fn, val }) => ({
      telemetry_ms: clock.nowMs(),
      waiting: word.waiting,
      oldest_waiting_ms: word.oldestWaitingMs,
      skew_ms: word.skewMs,
      problem: word.problem,
      app_version: word.appVersion,
      trust: word.trust ?? null,
      ...(people === undefined ? {} : { people_revision: people }),
      catalogue_generation: word.catalogue?.generation ?? null,
      catalogue_hash: word.catalogue?.stateHash ?? null,
      known_events: word.knownEvents ?? null,
      // The first word that shows it says since when; those that follow leave that.
      catalogue_behind_ms: hasOldCatalogue ? fn.coalesce('catalogue_behind_ms', val(publication.published_ms)) : null,
      program_behind_ms: hasOldProgram ? fn.coalesce('program_behind_ms', val(clock.nowMs())) : null,
    }))
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .execute();
}

/**
 * Up to where a kiosk has what HQ erased (P1). Of a list that it names, its word counts where that is the list of now: a
 * revision of a part that a restore lost tells nothing of the one that is given under the same number since (E8).
 * @returns undefined where what it said before stands
 */
async function confirmedPeople(
  { reader }: Database,
  park: ParkId,
  { peopleRevision, peopleStamp }: TelemetryRequest,
): Promise<number | null | undefined> {
  if (peopleStamp === undefined || peopleStamp === null) return peopleRevision ?? null;
  const now = await peopleNow(reader, park);
  return now.stamp === peopleStamp ? now.revision : undefined;
}

/** A clock that moves less than this against the server's is as it was. */
const READING_STEP_MS = 250;
/** One reading in so long, whatever a kiosk says: its word must not fill the table. */
const READING_EVERY_MS = 60_000;

/** What the clock was off by is kept where it changes, so that a case can show it as it was at a scan (H1). */
async function noteReading(
  database: Database,
  nowMs: number,
  { park, node, epoch, skewMs }: AuthenticatedNode & { readonly skewMs: number | null },
): Promise<void> {
  if (skewMs === null) return;
  const last = await database.reader
    .selectFrom('clock_readings')
    .select(['skew_ms', 'told_ms'])
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .orderBy('told_ms', 'desc')
    .executeTakeFirst();
  const isNew = last === undefined || Math.abs(last.skew_ms - skewMs) >= READING_STEP_MS;
  if (!isNew || nowMs - (last?.told_ms ?? 0) < READING_EVERY_MS) return;
  await database.kysely
    .insertInto('clock_readings')
    .values({ park, node, epoch, told_ms: nowMs, skew_ms: skewMs })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

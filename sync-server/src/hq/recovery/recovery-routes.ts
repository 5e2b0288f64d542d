import { draft } from '@skygate/shared/events/catalogue';
import {
  dismissPeopleBody,
  overrideBody,
  type RecoveryAnswer,
  type RecoveryItem,
} from '@skygate/shared/hq-api/recovery';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { Reader } from '../../db/database.ts';
import type { KeptRow } from '../../hq-node/kept-rows.ts';
import { declareRestored } from '../../restore/begin-recovery.ts';
import { lostPeopleOf } from '../../restore/lost-people.ts';
import { overrideOf } from '../../restore/may-sell-online.ts';
import { lastRecovery, openRecovery, type Recovery, reportsOf } from '../../restore/recovery-state.ts';
import type { HqApp } from '../hq-app.ts';
import { appendOrRefuse } from '../hq-append.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem } from '../hq-problem.ts';
import { namesOf } from '../names-of.ts';
import { knownPark, parkParams } from '../park-address.ts';
import { actorOfRequest } from '../session/session-routes.ts';
import { textsShown } from '../texts/texts-shown.ts';

/** Parks whose server was restored: who has not reported, the word that it was, and the override (E8). */
export function recoveryRoutes(app: HqApp, deps: HqDeps): void {
  const { reader } = deps.database;

  app.get('/recovery', async (): Promise<RecoveryAnswer> => {
    const rows = await reader.selectFrom('park_recovery').select('park').orderBy('park').execute();
    const items = await Promise.all(rows.map(({ park }) => recoveryOf(reader, park as ParkId)));
    return { parks: items.flatMap((item) => (item ? [item] : [])), serverMs: deps.clock.nowMs() };
  });

  app.post('/parks/:park/recovery', { schema: { params: parkParams } }, async (request, reply) => {
    const park = await knownPark(reader, request.params.park);
    await declareRestored(deps, park, actorOfRequest(request) as `hq:${string}`);
    return reply.status(201).send(await recoveryOf(reader, park));
  });

  const override = { schema: { params: parkParams, body: overrideBody } };
  app.post('/parks/:park/recovery/override', override, async (request, reply) => {
    const park = await knownPark(reader, request.params.park);
    const body = {
      kind: 'sell_before_reports' as const,
      date: null,
      slot: null,
      places: 0,
      leaseId: null,
      reason: request.body.reason,
    };
    await appendOrRefuse(deps, park, async (tx) => {
      const recovery = await openRecovery(tx, park);
      if (!recovery) throw hqProblem('not_found', `${park} waits for no kiosk.`);
      if (await overrideOf(tx, recovery)) return { drafts: [] };
      return { drafts: [draft('CapacityOverridden', `park:${park}`, body, { actor: actorOfRequest(request) })] };
    });
    return reply.status(201).send(await recoveryOf(reader, park));
  });

  const people = { schema: { params: parkParams, body: dismissPeopleBody } };
  app.post('/parks/:park/recovery/people', people, async (request, reply) => {
    const park = await knownPark(reader, request.params.park);
    await appendOrRefuse(deps, park, async (tx) => ({
      drafts: [],
      rows: await dismissed(tx, park, { people: request.body.people, nowMs: deps.clock.nowMs() }),
    }));
    // Their edits may count from now on.
    deps.bus.publish('projected', park);
    return reply.status(204).send();
  });
}

async function dismissed(
  tx: Reader,
  park: ParkId,
  { people, nowMs }: { readonly people: readonly string[]; readonly nowMs: number },
): Promise<readonly KeptRow[]> {
  const rows = await tx
    .selectFrom('lost_people')
    .select(['park', 'staff_id', 'revision'])
    .where('park', '=', park)
    .where('staff_id', 'in', [...people])
    .execute();
  return rows.map((row): KeptRow => ({ table: 'lost_people', row: { ...row, dismissed_ms: nowMs } }));
}

/** Null where there is nothing for a person to see or do. */
async function recoveryOf(reader: Reader, park: ParkId): Promise<RecoveryItem | null> {
  const recovery = await lastRecovery(reader, park);
  if (!recovery) return null;
  const lostPeople = await lostPeopleOf(reader, park);
  const reports = recovery.isOver ? [] : await reportsOf(reader, recovery);
  const missing = reports.filter(({ reportedMs }) => reportedMs === null);
  // As `maySellOnline` has it: a park without kiosks, or whose last silent kiosk was revoked, waits for nobody.
  const isOver = missing.length === 0;
  if (isOver && lostPeople.length === 0) return null;
  return {
    park,
    startedMs: recovery.startedMs,
    isOver,
    kiosks: reports.length,
    missing: missing.map(({ node, name, contactMs }) => ({ node, name, contactMs })),
    override: await overrideShown(reader, recovery),
    lostPeople,
  };
}

async function overrideShown(reader: Reader, recovery: Recovery): Promise<RecoveryItem['override']> {
  const override = await overrideOf(reader, recovery);
  if (override === null) return null;
  const show = await textsShown(reader, recovery.park, [override.reason]);
  const { actorOf } = await namesOf(reader, recovery.park);
  return { ...override, actorName: actorOf(override.actor), reason: show(override.reason) };
}

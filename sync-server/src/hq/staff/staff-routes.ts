import { draft } from '@skygate/shared/events/catalogue';
import { nameField, parkField } from '@skygate/shared/events/fields';
import { type StaffAnswer, type StaffItem, staffBody } from '@skygate/shared/hq-api/staff';
import type { ParkId } from '@skygate/shared/lib/ids';
import Type from 'typebox';
import type { Reader } from '../../db/database.ts';
import type { HqApp } from '../hq-app.ts';
import { appendOrRefuse } from '../hq-append.ts';
import type { HqDeps } from '../hq-deps.ts';
import { knownPark, parkParams } from '../park-address.ts';
import { PIN_COST, verifierOf } from '../session/password.ts';
import { actorOfRequest } from '../session/session-routes.ts';
import { erasePerson } from './erase-person.ts';
import { erasuresOf } from './erasures.ts';
import { nextRevision } from './next-revision.ts';

const personParams = Type.Object({ park: parkField, staffId: nameField });

/** People who log in at kiosks: rows beside the log (P1), and who changed in the log (E5: no names there). */
export function staffRoutes(app: HqApp, deps: HqDeps): void {
  app.get('/parks/:park/staff', { schema: { params: parkParams } }, async (request): Promise<StaffAnswer> => {
    const park = await knownPark(deps.database.reader, request.params.park);
    const { reader } = deps.database;
    const [staff, erasures] = [await staffOf(reader, park), await erasuresOf(reader, park)];
    return { staff, erasures, serverMs: deps.clock.nowMs() };
  });

  app.post('/parks/:park/staff', { schema: { params: parkParams, body: staffBody } }, async (request, reply) => {
    const park = request.params.park as ParkId;
    const { staffId, name, role, pin } = request.body;
    // The PIN itself goes no further than this line.
    const verifier = JSON.stringify(await verifierOf(deps, pin, PIN_COST));
    let revision = 0;
    await appendOrRefuse(deps, park, async (tx) => {
      revision = await nextRevision(tx, park);
      const row = { park, staff_id: staffId, revision, removed: 0, name, role, pin: verifier, removed_ms: null };
      const body = { staffId, revision, removed: false };
      return {
        drafts: [draft('StaffChanged', `staff:${staffId}`, body, { actor: actorOfRequest(request) })],
        rows: [{ table: 'people', row }],
      };
    });
    const item: StaffItem = { staffId, name, role, revision, removed: false, hasPin: true };
    return reply.status(201).send(item);
  });

  app.post('/parks/:park/staff/:staffId/erase', { schema: { params: personParams } }, async (request, reply) => {
    await erasePerson(deps, request.params, actorOfRequest(request));
    return reply.status(204).send();
  });
}

async function staffOf(reader: Reader, park: string): Promise<StaffItem[]> {
  const rows = await reader
    .selectFrom('people')
    .select(['staff_id', 'name', 'role', 'revision', 'removed', 'pin'])
    .where('park', '=', park)
    .orderBy('name')
    .execute();
  return rows.map((row) => ({
    staffId: row.staff_id,
    name: row.name,
    role: row.role as StaffItem['role'],
    revision: row.revision,
    removed: row.removed === 1,
    hasPin: row.pin !== null,
  }));
}

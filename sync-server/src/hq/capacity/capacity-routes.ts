import { decideGrant } from '@skygate/shared/domain/capacity/decide';
import { slotsOf } from '@skygate/shared/domain/pricing/slots';
import { draft } from '@skygate/shared/events/catalogue';
import { idField, parkField } from '@skygate/shared/events/fields';
import {
  type CapacityAnswer,
  capacityBody,
  capacityQuery,
  leaseBody,
  reserveBody,
  takeBackBody,
} from '@skygate/shared/hq-api/capacity';
import { idFromBytes, type LeaseId, type NodeId, type ParkId } from '@skygate/shared/lib/ids';
import { businessDayEndMs, isDate } from '@skygate/shared/lib/local-time';
import { hlcMs, hlcOf } from '@skygate/shared/sync/hlc';
import Type from 'typebox';
import type { HqApp } from '../hq-app.ts';
import { appendOrRefuse } from '../hq-append.ts';
import type { HqDeps } from '../hq-deps.ts';
import { hqProblem } from '../hq-problem.ts';
import { kiosksOf } from '../kiosks/kiosks-of.ts';
import { knownPark, parkParams } from '../park-address.ts';
import { parkDocumentOf } from '../parks/park-routes.ts';
import { requireReports } from '../recovery/require-reports.ts';
import { actorOfRequest } from '../session/session-routes.ts';
import { dayPlacesOf } from './capacity-state.ts';
import { reserveOf, setReserve } from './reserve.ts';
import { findingItemsOf, leaseItemsOf, slotItemOf } from './slot-item.ts';
import { takeBackLease } from './take-back.ts';

const leaseParams = Type.Object({ park: parkField, lease: idField });

/** How many places there are (C1) and which tills may sell them offline (C2). */
export function capacityRoutes(app: HqApp, deps: HqDeps): void {
  app.get(
    '/parks/:park/capacity',
    { schema: { params: parkParams, querystring: capacityQuery } },
    async (request): Promise<CapacityAnswer> => {
      const park = await knownPark(deps.database.reader, request.params.park);
      return overview(deps, park, checkedDate('query /date', request.query.date));
    },
  );

  app.post('/parks/:park/capacity', { schema: { params: parkParams, body: capacityBody } }, async (request, reply) => {
    const park = request.params.park as ParkId;
    checkedDate('body /date', request.body.date);
    const subject = `capacity:${request.body.date}/${request.body.slot}`;
    await appendOrRefuse(deps, park, [draft('CapacitySet', subject, request.body, { actor: actorOfRequest(request) })]);
    reply.status(201);
    return overview(deps, park, request.body.date);
  });

  app.post('/parks/:park/leases', { schema: { params: parkParams, body: leaseBody } }, async (request, reply) => {
    const park = await knownPark(deps.database.reader, request.params.park);
    checkedDate('body /date', request.body.date);
    const granted = await grantLease(deps, { park, actor: actorOfRequest(request), ...request.body });
    return reply.status(201).send(granted);
  });

  app.post(
    '/parks/:park/leases/:lease/take-back',
    { schema: { params: leaseParams, body: takeBackBody } },
    async (request): Promise<CapacityAnswer> => {
      const park = await knownPark(deps.database.reader, request.params.park);
      const { reason } = request.body;
      const leaseId = request.params.lease;
      const date = await takeBackLease(deps, { park, leaseId, reason, actor: actorOfRequest(request) });
      return overview(deps, park, date);
    },
  );

  app.put('/parks/:park/capacity/reserve', { schema: { params: parkParams, body: reserveBody } }, async (request) => {
    const park = await knownPark(deps.database.reader, request.params.park);
    await setReserve(deps, park, request.body.places);
    return { places: await reserveOf(deps.database.reader, park) };
  });
}

export interface LeaseAsk {
  readonly park: ParkId;
  readonly node: string;
  readonly date: string;
  readonly slot: string;
  readonly places: number;
  readonly actor: string;
}

/**
 * C1 under any concurrency: what is left is read and the lease written under the park's lock, so of two askers for the
 * last places one gets them. A lease lasts until the end of its business day. @throws Problem 409 with what is left
 */
async function grantLease(deps: HqDeps, ask: LeaseAsk) {
  const { park, date, slot, places, actor } = ask;
  const document = await parkDocumentOf(deps, park);
  if (!document) throw hqProblem('not_found', `The park ${park} has no document yet.`);
  const endsHlc = hlcOf(businessDayEndMs(date, document.timeZone, document.cutOffHour), 0);
  const leaseId = idFromBytes(deps.random.bytes(10)) as LeaseId;
  await appendOrRefuse(deps, park, async (tx) => {
    await requireReports(tx, park);
    const kiosk = (await kiosksOf(tx, park)).find((candidate) => candidate.node === ask.node);
    if (!kiosk) throw hqProblem('invalid', `body /node ${ask.node} is no kiosk of this park`);
    if (kiosk.revoked) throw hqProblem('revoked', `body /node ${kiosk.name} is revoked and can hold no places`);
    const state = (await dayPlacesOf(tx, { park, date, nowMs: deps.clock.nowMs() })).stateOf(slot);
    const command = { node: kiosk.node as NodeId, epoch: kiosk.epoch, date, slot, places, endsHlc };
    const decided = decideGrant({ command, state, leaseId, actor });
    if (decided.ok) return { drafts: [decided.value] };
    if (decided.error.code === 'lease_ended') throw hqProblem('invalid', `body /date ${date} is over`);
    const { left } = decided.error.data;
    throw hqProblem('no_places', `body /places ${places} asked, ${left} left of ${slot} on ${date}`, { left });
  });
  return { leaseId, node: ask.node, date, slot, places, endsMs: hlcMs(endsHlc) };
}

async function overview(deps: HqDeps, park: ParkId, date: string): Promise<CapacityAnswer> {
  const { reader } = deps.database;
  const day = await dayPlacesOf(reader, { park, date, nowMs: deps.clock.nowMs() });
  const { value: catalogue } = await deps.documents.load(reader, park, 'catalogue');
  const sold = Object.entries(catalogue?.products ?? {}).flatMap(([productId, product]) =>
    product.active ? slotsOf(productId, product) : [],
  );
  const names = new Map((await kiosksOf(reader, park)).map((kiosk) => [kiosk.node as string, kiosk.name]));
  const nameOf = (node: string): string => names.get(node) ?? node;
  const slots = [...new Set([...sold, ...day.slots])].sort(daySlotFirst);
  const states = slots.map((slot) => ({ slot, state: day.stateOf(slot) }));
  return {
    date,
    slots: states.map(({ slot, state }) => slotItemOf(slot, state)),
    leases: states.flatMap(({ state }) => leaseItemsOf(state, nameOf)),
    findings: states.flatMap(({ slot, state }) => findingItemsOf(slot, state, nameOf)),
    reserve: await reserveOf(reader, park),
  };
}

const daySlotFirst = (left: string, right: string): number =>
  Number(right === 'day') - Number(left === 'day') || (left < right ? -1 : 1);

function checkedDate(field: string, date: string): string {
  if (!isDate(date)) throw hqProblem('malformed', `${field} ${date} is not in the calendar`);
  return date;
}

import { placesLeft } from '@skygate/shared/domain/capacity/decide';
import { draft } from '@skygate/shared/events/catalogue';
import { idFromBytes, type NodeId } from '@skygate/shared/lib/ids';
import { enrolKiosk, type TestKiosk, type TestServer } from '@skygate/sync-server/db/testing/test-server';
import { holdBooking } from '@skygate/sync-server/hq/bookings/book';
import { dayPlacesOf } from '@skygate/sync-server/hq/capacity/capacity-state';
import { appendHqEvents } from '@skygate/sync-server/hq-node/append-hq-events';
import { DATE, grantLease, issueGroup, PARK } from '../../simulation/headquarters.ts';
import type { RaceTrack } from '../race-track.ts';
import { type Report, settled } from './report.ts';

const PLACES = 10;
const DAY = { date: DATE, slot: 'day' };
const ACTOR = 'hq:race';

/** C1: everybody asks for the last places at once, at two instances. */
export async function lastPlaces(track: RaceTrack, report: Report): Promise<void> {
  const till = await enrolKiosk(track.first, { park: PARK, name: 'till', role: 'till', gateId: 'till' });
  await setPlaces(track, (await placesOut(track)) + PLACES);
  const kiosk = { node: till.enrolled.node as NodeId, epoch: 1 };
  const asked = Array.from({ length: 8 }, (_, index) =>
    grantLease(track.instance(index).deps, kiosk, { places: 3, lastsMs: null }),
  );
  const granted = (await settled(asked, report)).filter((deed) => deed !== 'refused').length;
  if (granted !== Math.floor(PLACES / 3)) report('the last places are lent once', `${granted} times 3 of ${PLACES}`);
}

/** C1, C4: tills ask for places, HQ lends, issues tickets and holds bookings, all of the same last ones. */
export async function everybodySells(track: RaceTrack, report: Report): Promise<void> {
  const till = await enrolKiosk(track.first, { park: PARK, name: 'till 2', role: 'till', gateId: 'till-2' });
  const other = await enrolKiosk(track.first, { park: PARK, name: 'till 3', role: 'till', gateId: 'till-3' });
  await setPlaces(track, (await placesOut(track)) + PLACES);
  const kiosk = { node: till.enrolled.node as NodeId, epoch: 1 };
  const asked = Array.from({ length: 3 }, (_, index) => {
    const [one, two] = [track.instance(index), track.instance(index + 1)];
    return [lend(one, kiosk, 2), issue(two, 1), book(one, 3), book(two, 1), wish(two, other, 3)];
  }).flat();
  const got = (await settled(asked, report)).reduce((sum, places) => sum + places, 0);
  if (got > PLACES) report('no place is given twice', `${got} of ${PLACES}`);
  const left = await placesStillLeft(track);
  if (got + left !== PLACES)
    report('places given and places left are all there are', `${got} and ${left} of ${PLACES}`);
}

const lend = async ({ deps }: TestServer, kiosk: { node: NodeId; epoch: number }, places: number): Promise<number> =>
  (await grantLease(deps, kiosk, { places, lastsMs: null })) === 'refused' ? 0 : places;

/** Each ticket of the group is for two. */
const issue = async ({ deps }: TestServer, tickets: number): Promise<number> =>
  (await issueGroup(deps, tickets)) === 'refused' ? 0 : 2 * tickets;

async function book({ deps }: TestServer, quantity: number): Promise<number> {
  const command = {
    bookingId: idFromBytes(deps.random.bytes(10)),
    channel: 'phone',
    lines: [{ productId: 'day-ticket', unitId: 'adult', quantity, ...DAY }],
    expiresMs: deps.clock.nowMs() + 60_000,
  };
  const held = await holdBooking(deps, { park: PARK, command, actor: ACTOR });
  if (!held.ok && held.error.code !== 'no_places') throw new Error(JSON.stringify(held.error));
  return held.ok ? quantity : 0;
}

async function wish({ app }: TestServer, till: TestKiosk, places: number): Promise<number> {
  const answer = await app.inject({
    method: 'POST',
    url: '/sync/leases',
    headers: { 'skygate-protocol': '2', authorization: `Bearer ${till.token}` },
    payload: { wants: [{ ...DAY, places }] },
  });
  if (answer.statusCode !== 200) throw new Error(answer.body.slice(0, 200));
  return answer.json().granted[0].places;
}

const setPlaces = (track: RaceTrack, places: number) =>
  appendHqEvents(track.first.deps, PARK, [
    draft('CapacitySet', `capacity:${DATE}/day`, { ...DAY, places, reason: 'race' }, { actor: ACTOR }),
  ]);

async function dayState(track: RaceTrack) {
  const { database, projections, clock } = track.first.deps;
  await projections.projectNow(PARK);
  return (await dayPlacesOf(database.reader, { park: PARK, date: DATE, nowMs: clock.nowMs() })).stateOf('day');
}

const placesStillLeft = async (track: RaceTrack): Promise<number> => placesLeft(await dayState(track));

async function placesOut(track: RaceTrack): Promise<number> {
  const state = await dayState(track);
  return (state.capacity ?? 0) - placesLeft(state);
}

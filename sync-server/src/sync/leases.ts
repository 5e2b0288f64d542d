import { decideGrant, placesLeft } from '@skygate/shared/domain/capacity/decide';
import { placesToLend } from '@skygate/shared/domain/capacity/refill';
import type { KnownDraft } from '@skygate/shared/events/catalogue';
import { ID_BYTES, idFromBytes, type LeaseId } from '@skygate/shared/lib/ids';
import { addDays, businessDateOf, businessDayEndMs, isDate } from '@skygate/shared/lib/local-time';
import type { LeasesRequest, LeasesResponse } from '@skygate/shared/protocol/leases';
import { type Hlc, hlcOf } from '@skygate/shared/sync/hlc';
import type { Writer } from '../db/database.ts';
import { type DayPlaces, dayPlacesOf } from '../hq/capacity/capacity-state.ts';
import { reserveOf } from '../hq/capacity/reserve.ts';
import { appendHqEvents, type HqNodeDeps } from '../hq-node/append-hq-events.ts';
import type { AuthenticatedNode } from '../plugins/node-auth.ts';
import { maySellOnline } from '../restore/may-sell-online.ts';

type Wish = LeasesRequest['wants'][number];

/**
 * C4: a till asks for places and HQ lends what its policy allows, under the park's lock. A wish says how many unsold
 * places the till wants to have, so asking again after a lost answer brings nothing twice.
 */
export async function lendPlaces(
  deps: HqNodeDeps,
  asker: AuthenticatedNode,
  { wants }: LeasesRequest,
): Promise<LeasesResponse> {
  const { park } = asker;
  const { value: document } = await deps.documents.load(deps.database.reader, park, 'park');
  if (!document) return { granted: wants.map(nothing) };
  const today = businessDateOf(deps.clock.nowMs(), document.timeZone, document.cutOffHour);
  const endOf = (date: string): Hlc => hlcOf(businessDayEndMs(date, document.timeZone, document.cutOffHour), 0);
  const granted = new Map<string, LeasesResponse['granted'][number]>();
  await appendHqEvents(deps, park, async (tx) => {
    const drafts: KnownDraft[] = [];
    const tills = await tillsOf(tx, asker);
    // E8: what a restored HQ lent before may be lent again only once every kiosk has told what it holds.
    if (tills.asker && (await maySellOnline(tx, park)).ok) {
      const reserve = await reserveOf(tx, park);
      const days = new Map<string, DayPlaces>();
      for (const wish of distinct(wants, today)) {
        const day =
          days.get(wish.date) ?? (await dayPlacesOf(tx, { park, date: wish.date, nowMs: deps.clock.nowMs() }));
        days.set(wish.date, day);
        const lent = lend(deps, { asker, wish, day, reserve, tills: tills.count, endsHlc: endOf(wish.date) });
        granted.set(keyOf(wish), lent.answer);
        if (lent.draft) drafts.push(lent.draft);
      }
    }
    return { drafts };
  });
  return { granted: wants.map((wish) => granted.get(keyOf(wish)) ?? nothing(wish)) };
}

interface Lending {
  readonly asker: AuthenticatedNode;
  readonly wish: Wish;
  readonly day: DayPlaces;
  readonly reserve: number;
  readonly tills: number;
  readonly endsHlc: Hlc;
}

function lend(deps: HqNodeDeps, { asker, wish, day, reserve, tills, endsHlc }: Lending) {
  const { date, slot } = wish;
  const { node, epoch } = asker;
  const state = day.stateOf(slot);
  const left = placesLeft(state);
  const places = placesToLend({ rows: state, node, epoch, wish, left, reserve, tills });
  const leaseId = idFromBytes(deps.random.bytes(ID_BYTES)) as LeaseId;
  const command = { node, epoch, date, slot, places, endsHlc };
  const decided = places === 0 ? null : decideGrant({ command, state, leaseId, actor: 'system' });
  if (!decided?.ok) return { answer: { date, slot, places: 0, left }, draft: null };
  return { answer: { date, slot, places, left: left - places }, draft: decided.value };
}

/** How many tills may ask for a part, and whether the asker is one of them. */
async function tillsOf(tx: Writer, { park, node, epoch }: AuthenticatedNode) {
  const rows = await tx
    .selectFrom('nodes')
    .select(['node', 'epoch'])
    .where('park', '=', park)
    .where('role', '=', 'till')
    .where('state', '=', 'open')
    .execute();
  return {
    count: new Set(rows.map((row) => row.node)).size,
    asker: rows.some((row) => row.node === node && row.epoch === epoch),
  };
}

/** Nobody lends further ahead. */
const DAYS_AHEAD_MAX = 800;

/** One wish a slot, the largest; days that are over or not in the calendar bring nothing. */
function distinct(wants: readonly Wish[], today: string): readonly Wish[] {
  const last = addDays(today, DAYS_AHEAD_MAX);
  const wishes = new Map<string, Wish>();
  for (const wish of wants) {
    if (!isDate(wish.date) || wish.date < today || wish.date > last) continue;
    const known = wishes.get(keyOf(wish));
    if (!known || known.places < wish.places) wishes.set(keyOf(wish), wish);
  }
  return [...wishes.values()];
}

const keyOf = ({ date, slot }: Wish): string => `${date} ${slot}`;
const nothing = ({ date, slot }: Wish) => ({ date, slot, places: 0, left: 0 });

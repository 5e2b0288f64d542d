import { decideGive } from '@skygate/shared/domain/capacity/hand-back';
import type { Need, Share } from '@skygate/shared/domain/capacity/shares';
import { startTimeOf, ticketWindow, timedProductOf } from '@skygate/shared/domain/pricing/slots';
import { ID_BYTES, idFromBytes } from '@skygate/shared/lib/ids';
import { isDate } from '@skygate/shared/lib/local-time';
import type { Reply } from '../../rpc-contract/kiosk-api.ts';
import type { PlacesAsked, ShareItem, SharesView } from '../../rpc-contract/share-view.ts';
import type { KioskIdentity } from '../event-log/event-log.ts';
import { readTransaction } from '../event-log/open-database.ts';
import type { LeaseKeeper } from '../leases/lease-keeper.ts';
import { actorFor, problem, refused, said, storeProblem } from './command-context.ts';
import type { SellContext } from './sell.ts';

/** The newest incarnation of each other till, if nobody revoked or closed it. */
const OTHER_TILLS = `
  SELECT k.node, k.epoch, k.name FROM kiosks k
  WHERE k.park = ? AND k.role = 'till' AND k.node <> ?
    AND k.epoch = (SELECT max(n.epoch) FROM kiosks n WHERE n.park = k.park AND n.node = k.node)
    AND NOT EXISTS (SELECT 1 FROM kiosk_revocations r WHERE r.park = k.park AND r.node = k.node AND r.epoch = k.epoch)
    AND NOT EXISTS (SELECT 1 FROM epoch_closings c WHERE c.park = k.park AND c.node = k.node AND c.epoch = k.epoch)
  ORDER BY k.name, k.node`;

interface Till {
  readonly node: string;
  readonly epoch: number;
  readonly name: string;
}

const otherTills = ({ database }: SellContext, { park, node }: KioskIdentity): readonly Till[] =>
  database.prepare<[string, string], Till>(OTHER_TILLS).all(park, node);

/** What this till has by date and slot, and who a part can be given to. */
export function listShares(context: SellContext): Reply<SharesView> {
  const actor = actorFor(context, 'sell');
  if (!actor.ok) return refused(actor.error);
  const { identity, businessDate, catalogue, park } = actor.value;
  const nowMs = context.clock.nowMs();
  const sold = context.till.soldPastShare(identity, businessDate);
  const shares = withSold(context.till.shares(identity, businessDate, nowMs), sold).flatMap((share) => {
    const { date, slot, left, places, pastShare } = share;
    const product = timedProductOf(catalogue.products, slot);
    // A time that has gone by cannot be sold, and is not listed either.
    if (product && ticketWindow(product, { date, slot }, park).expiresMs <= nowMs) return [];
    return [{ date, slot, startsAt: startTimeOf(slot), product: product?.name ?? null, left, places, pastShare }];
  });
  return said({
    shares,
    tills: otherTills(context, identity).map(({ node, name }) => ({ node, name })),
  });
}

type WithSold = Pick<ShareItem, 'date' | 'slot' | 'left' | 'places' | 'pastShare'>;

/** C3: what went past the share stands beside it, and where there never was one, too. */
function withSold(shares: readonly Share[], sold: readonly Need[]): readonly WithSold[] {
  const soldAt = new Map(sold.map(({ date, slot, places }) => [`${date} ${slot}`, places]));
  const known = new Set(shares.map(({ date, slot }) => `${date} ${slot}`));
  const without = sold.filter(({ date, slot }) => !known.has(`${date} ${slot}`));
  return [
    ...shares.map((share) => ({ ...share, pastShare: soldAt.get(`${share.date} ${share.slot}`) ?? 0 })),
    ...without.map(({ date, slot, places }) => ({ date, slot, left: 0, places: 0, pastShare: places })),
  ].toSorted((one, other) => order(`${one.date} ${one.slot}`, `${other.date} ${other.slot}`));
}

const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** C4: asks HQ now; what it lends is here with the next pull. */
export async function askForPlaces(
  context: SellContext,
  leases: Pick<LeaseKeeper, 'askNow'>,
  { date, slot, places }: { readonly date: string; readonly slot: string; readonly places: number },
): Promise<Reply<PlacesAsked>> {
  const actor = actorFor(context, 'sell');
  if (!actor.ok) return refused(actor.error);
  const { identity, businessDate } = actor.value;
  if (!isDate(date) || date < businessDate) return refused(problem('bad_input', { field: 'date', value: date }));
  const share = context.till
    .shares(identity, businessDate, context.clock.nowMs())
    .find((candidate) => candidate.date === date && candidate.slot === slot);
  // HQ is told how many this till wants to have in all, so that asking again brings nothing twice.
  const answer = await leases.askNow({ date, slot, places: Math.min(10_000, places + (share?.left ?? 0)) });
  return answer.ok ? said(answer.value) : refused(answer.error);
}

export interface GiveShareInput {
  readonly commandId: string;
  readonly date: string;
  readonly slot: string;
  readonly places: number;
  /** The other till's node. */
  readonly to: string;
}

/** C4: a part of this till's share becomes another's: on disk and sealed before anybody is told. */
export function giveShare(context: SellContext, command: GiveShareInput): Reply<null> {
  const actor = actorFor(context, 'move_shares');
  if (!actor.ok) return refused(actor.error);
  const { commandId, date, slot, places } = command;
  const done = context.eventLog.eventOfCommand(commandId);
  if (done === 'pruned') return refused(problem('done_before'));
  if (done !== null) {
    return done.type === 'LeaseTransferred' ? said(null) : refused(problem('bad_input', { field: 'commandId' }));
  }
  const { identity, businessDate } = actor.value;
  const decided = readTransaction(context.database, () => {
    const to = otherTills(context, identity).find(({ node }) => node === command.to);
    if (!to) return null;
    const share = context.till
      .shares(identity, businessDate, context.clock.nowMs())
      .find((candidate) => candidate.date === date && candidate.slot === slot);
    const newLeaseId = () => idFromBytes(context.random.bytes(ID_BYTES));
    return decideGive({ share, date, slot, places, to, newLeaseId, actor: actor.value.actor, cause: commandId });
  });
  if (decided === null) return refused(problem('bad_input', { field: 'to', value: command.to }));
  if (!decided.ok) return refused(problem('share_exceeded', decided.error));
  const written = context.eventLog.append(decided.value, { commandId });
  return written.ok ? said(null) : refused(storeProblem(written.error));
}

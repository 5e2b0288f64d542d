import { type Fold, rowsOf } from '../ask.ts';
import type { Row } from '../row-change.ts';
import { casesRefolder } from './cases.ts';
import { type HeldProblem, type HoldingPlace, TOO_SLOW } from './held-problem.ts';
import { type RefoldProblem, refoldKeys } from './refold.ts';
import type { RefoldDeps } from './refolder.ts';

/**
 * Makes the cases of tickets anew, by how often their product may enter now (T3).
 * @param keys park and ticket_id of each @returns those that failed: they keep the cases that they have till tried again
 */
export function* refoldTickets(keys: readonly Row[], deps: RefoldDeps): Fold<readonly HeldProblem[]> {
  return yield* withHolders(yield* refoldKeys(casesRefolder, keys, deps));
}

/** Passes tickets over, each to be put aside: folding them takes longer than there is. */
export const passTickets = (keys: readonly Row[]): Fold<readonly HeldProblem[]> =>
  withHolders(keys.map((key) => ({ readModel: casesRefolder.table, key, error: TOO_SLOW })));

function* withHolders(problems: readonly RefoldProblem[]): Fold<readonly HeldProblem[]> {
  const found: HeldProblem[] = [];
  for (const problem of problems) {
    const heldBy = yield* holderOf(problem.key);
    if (heldBy) found.push({ ...problem, heldBy });
  }
  return found;
}

/** The event that issued a ticket where it stands, else one that recorded it again (E6); null for a ticket not known here. */
function* holderOf(key: Row): Fold<HoldingPlace | null> {
  const [ticket] = yield* rowsOf('tickets', key);
  if (!ticket) return null;
  const { node = null, epoch = null, seq = null, forked } = ticket;
  const again = forked === 1 ? yield* rowsOf('recovered_events', { park: key['park'] ?? null, node, epoch, seq }) : [];
  const by = again.find(({ type }) => type === 'TicketIssued');
  return by
    ? { node: String(by['by_node']), epoch: Number(by['by_epoch']), seq: Number(by['by_seq']) }
    : { node: String(node), epoch: Number(epoch), seq: Number(seq) };
}

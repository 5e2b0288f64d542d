import { type AskedPlace, type AskedPlaces, type Fold, rowsOf } from '../ask.ts';
import type { Row } from '../row-change.ts';

/** So many facts of a revoked kiosk are looked at in one transaction: nobody waits for more (X4). */
export const FACTS_AT_ONCE = 200;

/** So many places of its stream are looked through for them: it may be of any length, and have none. */
const PLACES_AT_ONCE = 20_000;

/** Before the first fact of an incarnation. */
export const BEFORE_ALL: AskedPlace = { seq: 0, hash: '' };

const MONEY_TYPES: readonly string[] = ['SaleCompleted', 'CashMoved'];
export const isMoneyType = (type: unknown): boolean => (MONEY_TYPES as readonly unknown[]).includes(type);

/** The incarnation that a row or a key is of. */
export const incarnationOfRow = ({ park = null, node = null, epoch = null }: Row): Row => ({ park, node, epoch });

/** The next facts about money that an incarnation dated after its revocation, in its stream or in another past of it (E6). */
export function* lateFacts(incarnation: Row, after: AskedPlace, limit: number): Fold<AskedPlaces> {
  const [revocation] = yield* rowsOf('kiosk_revocations', incarnation);
  if (!revocation) return { places: [], next: null };
  const of = streamOfRow(incarnation);
  const afterHlc = String(revocation['hlc']);
  const bounds = { after, limit, within: PLACES_AT_ONCE };
  return (yield { ask: 'places', ...of, types: MONEY_TYPES, afterHlc, ...bounds }) as AskedPlaces;
}

/** The stream that a row or a key is of. */
export const streamOfRow = (row: Row) => ({
  park: String(row['park']),
  node: String(row['node']),
  epoch: Number(row['epoch']),
});

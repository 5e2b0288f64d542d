import type { ParkId } from '@skygate/shared/lib/ids';
import type { Reader } from '../../db/database.ts';
import { appendHqEvents, type HqNodeDeps } from '../../hq-node/append-hq-events.ts';

/** Places of each (date, slot) that lending by itself leaves to HQ (C4); 0 where a park sets none. */
export async function reserveOf(reader: Reader, park: ParkId): Promise<number> {
  const row = await reader.selectFrom('capacity_reserves').select('places').where('park', '=', park).executeTakeFirst();
  return row?.places ?? 0;
}

/** In the journal like everything HQ decides (E9). */
export async function setReserve(deps: HqNodeDeps, park: ParkId, places: number): Promise<void> {
  await appendHqEvents(deps, park, async () => ({
    drafts: [],
    rows: [{ table: 'capacity_reserves', row: { park, places } }],
  }));
}

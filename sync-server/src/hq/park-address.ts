import { parkField } from '@skygate/shared/events/fields';
import type { ParkId } from '@skygate/shared/lib/ids';
import Type from 'typebox';
import type { Reader } from '../db/database.ts';
import { unknownPark } from './hq-append.ts';

/** `:park` in an address. */
export const parkParams = Type.Object({ park: parkField });

/** The park of an address, if it is on this server. @throws Problem 404 */
export async function knownPark(reader: Reader, park: string): Promise<ParkId> {
  const row = await reader.selectFrom('parks').select('park').where('park', '=', park).executeTakeFirst();
  if (!row) throw unknownPark(park);
  return row.park as ParkId;
}

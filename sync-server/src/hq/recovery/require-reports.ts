import type { ParkId } from '@skygate/shared/lib/ids';
import type { Writer } from '../../db/database.ts';
import { maySellOnline } from '../../restore/may-sell-online.ts';
import { hqProblem } from '../hq-problem.ts';

/** E8: a restored park neither sells nor lends until its kiosks have reported. @throws Problem 409 with how many have not */
export async function requireReports(tx: Writer, park: ParkId): Promise<void> {
  const may = await maySellOnline(tx, park);
  if (may.ok) return;
  const { missing, kiosks } = may.error;
  const detail = `${park} was restored from a backup and ${missing} of ${kiosks} kiosks have not told what they hold`;
  throw hqProblem('recovering', detail, { missing, kiosks });
}

import { isHqNode } from '@skygate/shared/lib/ids';
import type { Database } from 'better-sqlite3';

/** What people call the writer of an event: the kiosk's name, `HQ`, or the node where it is not known. */
export type KioskNames = (park: string, writer: { readonly node: string; readonly epoch: number }) => string;

const NAME = 'SELECT name FROM kiosks WHERE park = ? AND node = ? AND epoch = ?';

export function createKioskNames(database: Database): KioskNames {
  const name = database.prepare<[string, string, number], string>(NAME).pluck();
  return (park, { node, epoch }) => (isHqNode(node) ? 'HQ' : (name.get(park, node, epoch) ?? node));
}

import { base64urlToBytes } from '@skygate/shared/lib/bytes';
import { isHqNode, type ParkId } from '@skygate/shared/lib/ids';
import type { Database } from 'better-sqlite3';
import type { StreamPlace } from './stored-event.ts';

/** The raw public key that seals a stream of the park; null if it was never told. */
export type PublicKeyOf = (park: ParkId, place: StreamPlace) => Uint8Array | null;

const HQ_KEY = 'SELECT public_key FROM hq_keys WHERE node = ? AND epoch = ?';
// HQ says which kiosk has which key; of its own earlier incarnations a kiosk knows it before HQ's stream has come.
const KIOSK_KEY = `
  SELECT public_key FROM kiosks WHERE park = ? AND node = ? AND epoch = ?
  UNION ALL SELECT public_key FROM own_epochs WHERE node = ? AND epoch = ? LIMIT 1`;

export function createStreamKeys(database: Database): PublicKeyOf {
  const hqKey = database.prepare<[string, number], string>(HQ_KEY).pluck();
  const kioskKey = database.prepare<[string, string, number, string, number], string>(KIOSK_KEY).pluck();
  return (park, { node, epoch }) => {
    const text = isHqNode(node) ? hqKey.get(node, epoch) : kioskKey.get(park, node, epoch, node, epoch);
    return text === undefined ? null : base64urlToBytes(text);
  };
}

import type { Reader } from '../db/database.ts';
import type { KeptRow } from './kept-rows.ts';

/** What the journal keeps of a node (E9). */
const KEPT_COLUMNS = [
  'park',
  'node',
  'epoch',
  'role',
  'name',
  'gate_id',
  'number',
  'public_key',
  'key_id',
  'signing_public_key',
  'state',
  'head_hash',
  'head_hlc',
  'app_version',
  'enrolled_ms',
] as const;

/** Every incarnation of a node in a park, the newest first (E1). */
export const incarnationsOf = (reader: Reader, park: string, node: string) =>
  reader
    .selectFrom('nodes')
    .select([...KEPT_COLUMNS, 'head_seq'])
    .where('park', '=', park)
    .where('node', '=', node)
    .orderBy('epoch', 'desc')
    .execute();

export type Incarnation = Awaited<ReturnType<typeof incarnationsOf>>[number];

/** The columns of a node's row that are kept beside the log. */
export const nodeColumns = ({ head_seq: _headSeq, ...kept }: Incarnation): KeptRow['row'] => kept;

import type { Cell } from '@skygate/shared/read-models/row-change';
import { CHAIN_START } from '@skygate/shared/sync/chain';
import { HLC_ZERO } from '@skygate/shared/sync/hlc';
import { CompiledQuery, type Kysely } from 'kysely';
import type { Tables } from '../db/row-types.generated.ts';

/**
 * Tables beside the log whose rows PGlite must not lose (E9): their primary key, and what a later version of a row may
 * change. A node's head is not among it: pushes move that, and the kiosks still have what a lost one acknowledged.
 */
const KEPT_TABLES = {
  parks: { key: ['park'], changing: ['log_id'] },
  nodes: { key: ['park', 'node', 'epoch'], changing: ['state'] },
  server_keys: { key: ['name'], changing: [] },
  enrolment_codes: { key: ['code_hash'], changing: ['used_public_key', 'used_node', 'used_epoch'] },
  people: { key: ['park', 'staff_id'], changing: ['revision', 'removed', 'name', 'role', 'pin', 'removed_ms'] },
  /** What people typed (E5): once erased, never anything else again. */
  texts: { key: ['park', 'name'], changing: ['salt', 'text'] },
  capacity_reserves: { key: ['park'], changing: ['places'] },
  park_recovery: { key: ['park'], changing: ['hq_epoch', 'noticed_by', 'started_ms', 'ended_ms'] },
  park_reports: { key: ['park', 'hq_epoch', 'node', 'epoch'], changing: [] },
  hq_fork_events: { key: ['park', 'hash'], changing: [] },
  lost_people: { key: ['park', 'staff_id'], changing: ['revision', 'dismissed_ms'] },
  ticket_key_use: { key: ['park'], changing: ['number', 'since_ms', 'actor', 'forced'] },
  wiped_kiosks: { key: ['park', 'node', 'epoch'], changing: [] },
  hq_users: { key: ['user_id'], changing: ['email', 'name', 'password'] },
} as const satisfies Readonly<
  Record<string, { readonly key: readonly string[]; readonly changing: readonly string[] }>
>;

export type KeptTable = keyof typeof KEPT_TABLES;

/** A whole row beside the log; written anew, it replaces the values that may change. */
export interface KeptRow {
  readonly table: KeptTable;
  readonly row: Readonly<Record<string, Cell>>;
}

/** The row's name in the journal. */
export const keptKeyOf = ({ table, row }: KeptRow): string =>
  JSON.stringify(KEPT_TABLES[table].key.map((name) => row[name]));

export async function writeKeptRow(kysely: Kysely<Tables>, kept: KeptRow): Promise<void> {
  const { table } = kept;
  const { key, changing } = KEPT_TABLES[table];
  // Where a node's row is lost, so is its stream: it comes back empty, whatever its head was when the row was kept.
  const row = table === 'nodes' ? { ...kept.row, head_hash: CHAIN_START, head_hlc: HLC_ZERO } : kept.row;
  const columns = Object.keys(row);
  const values = columns.map((_, index) => `$${index + 1}`).join(', ');
  // A row of an older program's journal lacks columns that came since: they stay as they are.
  const change = changing
    .filter((name) => columns.includes(name))
    .map((name) => `${name} = excluded.${name}`)
    .join(', ');
  const sql =
    `insert into ${table} (${columns.join(', ')}) values (${values}) on conflict (${key.join(', ')}) ` +
    (change === '' ? 'do nothing' : `do update set ${change}`);
  await kysely.executeQuery(CompiledQuery.raw(sql, Object.values(row)));
}

import type { KioskItem } from '@skygate/shared/hq-api/kiosks';
import { HLC_MAX_LEAD_MS, hlcMs } from '@skygate/shared/sync/hlc';
import type { Reader } from '../../db/database.ts';

/** A kiosk without what depends on the moment of asking. */
export type KnownKiosk = Omit<KioskItem, 'hlcLeadMs'> & { readonly headHlc: string };

/** The kiosks as HQ's page shows them now. */
export const kioskItemsOf = async (reader: Reader, park: string, nowMs: number): Promise<KioskItem[]> =>
  (await kiosksOf(reader, park)).map(({ headHlc, ...kiosk }) => ({ ...kiosk, hlcLeadMs: hlcLeadOf(headHlc, nowMs) }));

/** The newest incarnation of every kiosk of a park, by number. */
export async function kiosksOf(reader: Reader, park: string): Promise<readonly KnownKiosk[]> {
  const rows = await reader
    .selectFrom('nodes')
    .select([
      'node',
      'epoch',
      'name',
      'role',
      'gate_id',
      'enrolled_ms',
      'contact_ms',
      'head_seq',
      'app_version',
      'telemetry_ms',
      'waiting',
      'skew_ms',
      'problem',
      'trust',
      'head_hlc',
      'state',
    ])
    .where('park', '=', park)
    .where('role', '!=', 'hq')
    .orderBy('number')
    .orderBy('epoch', 'desc')
    .execute();
  const revoked = await reader
    .selectFrom('kiosk_revocations')
    .select(['node', 'epoch'])
    .where('park', '=', park)
    .execute();
  const closings = await reader
    .selectFrom('epoch_closings')
    .select(['node', 'epoch', 'reason'])
    .where('park', '=', park)
    .execute();
  const ends = new Map(closings.map(({ node, epoch, reason }) => [`${node}/${epoch}`, reason]));
  const truncated = await reader
    .selectFrom('truncated_nodes')
    .select(['node', 'epoch', 'shown_seq', 'held_seq'])
    .where('park', '=', park)
    .execute();
  const missing = new Map(truncated.map((row) => [`${row.node}/${row.epoch}`, row.held_seq - row.shown_seq]));
  const gone = new Set(revoked.map(({ node, epoch }) => `${node}/${epoch}`));
  const newest = rows.filter((row, index) => rows.findIndex((other) => other.node === row.node) === index);
  return newest.map((row) => ({
    node: row.node,
    epoch: row.epoch,
    name: row.name,
    role: row.role as KioskItem['role'],
    gateId: row.gate_id,
    enrolledMs: row.enrolled_ms,
    revoked: row.state !== 'open' || gone.has(`${row.node}/${row.epoch}`),
    ended: endOf(row, { gone, ends }),
    contactMs: row.contact_ms,
    received: row.head_seq,
    waiting: row.waiting,
    toldMs: row.telemetry_ms,
    skewMs: row.skew_ms,
    trust: row.trust as KioskItem['trust'],
    headHlc: row.head_hlc,
    recordShortBy: missing.get(`${row.node}/${row.epoch}`) ?? 0,
    problem: row.problem as KioskItem['problem'],
    version: row.app_version === '' ? null : row.app_version,
  }));
}

function endOf(
  { node, epoch }: { readonly node: string; readonly epoch: number },
  { gone, ends }: { readonly gone: ReadonlySet<string>; readonly ends: ReadonlyMap<string, string> },
): KioskItem['ended'] {
  const name = `${node}/${epoch}`;
  return gone.has(name) ? 'revoked' : ((ends.get(name) ?? null) as KioskItem['ended']);
}

/** H1: a clock that leads by more than others merge has run away, and its events sort after everybody's. */
function hlcLeadOf(headHlc: string, nowMs: number): number {
  const leadMs = hlcMs(headHlc) - nowMs;
  return leadMs > HLC_MAX_LEAD_MS ? leadMs : 0;
}

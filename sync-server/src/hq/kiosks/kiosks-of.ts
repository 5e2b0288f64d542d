import type { KioskItem } from '@skygate/shared/hq-api/kiosks';
import type { Reader } from '../../db/database.ts';

/** The newest incarnation of every kiosk of a park, by number. */
export async function kiosksOf(reader: Reader, park: string): Promise<readonly KioskItem[] & KioskItem[]> {
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
    contactMs: row.contact_ms,
    received: row.head_seq,
    waiting: row.waiting,
    toldMs: row.telemetry_ms,
    skewMs: row.skew_ms,
    problem: row.problem as KioskItem['problem'],
    version: row.app_version === '' ? null : row.app_version,
  }));
}

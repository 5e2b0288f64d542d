import type { TextErasureReason } from '@skygate/shared/domain/text/events';
import type { TextErasureItem } from '@skygate/shared/hq-api/texts';
import { hqNodeOf, type ParkId } from '@skygate/shared/lib/ids';
import type { Reader } from '../../db/database.ts';
import { newestRecorded } from '../../restore/newest-recorded.ts';
import { kiosksOf } from '../kiosks/kiosks-of.ts';
import type { Names } from '../names-of.ts';

/** So many are shown: who looks for an older one looks at whether all kiosks are done. */
const SHOWN_MAX = 100;

interface Kiosk {
  readonly node: string;
  readonly name: string;
  readonly contactMs: number | null;
  readonly revoked: boolean;
  /** Up to which position of this log its disk has everything. */
  readonly pulledTo: number;
}

/** E5: what was erased, newest first, and which kiosks have not pulled past that: they may still hold the words. */
export async function textErasures(reader: Reader, park: ParkId, names: Names): Promise<TextErasureItem[]> {
  const erased = await reader
    .selectFrom('erased_texts')
    .select(['name', 'why', 'actor', 'erased_ms'])
    .where('park', '=', park)
    .orderBy('erased_ms', 'desc')
    .orderBy('name')
    .limit(SHOWN_MAX)
    .execute();
  if (erased.length === 0) return [];
  const kiosks = await kiosksPulledTo(reader, park);
  const positionOf = await positionsOf(
    reader,
    park,
    erased.map(({ name }) => name),
  );
  return erased.map(({ name, why, actor, erased_ms: erasedMs }) => {
    const waitingFor = kiosks.filter(({ revoked, pulledTo }) => !revoked && pulledTo < positionOf(name));
    return {
      name,
      why: why as TextErasureReason,
      actorName: names.actorOf(actor),
      erasedMs,
      confirmed: kiosks.length - waitingFor.length,
      waitingFor: waitingFor.map(({ node, name: called, contactMs }) => ({ node, name: called, contactMs })),
    };
  });
}

/** Where each erasure stands in the park's log. One that was recorded again after a restore is past by HQ's newest such. */
async function positionsOf(reader: Reader, park: ParkId, names: readonly string[]): Promise<(name: string) => number> {
  const said = await reader
    .selectFrom('events')
    .select(['subject', 'position'])
    .where('park', '=', park)
    .where('type', '=', 'TextErased')
    .where(
      'subject',
      'in',
      names.map((name) => `text:${name}`),
    )
    .where('node', '=', hqNodeOf(park))
    .execute();
  const again = await newestRecorded(reader, park, 'TextErased');
  const positions = new Map(said.map(({ subject, position }) => [subject, position]));
  return (name) => positions.get(`text:${name}`) ?? again ?? 0;
}

async function kiosksPulledTo(reader: Reader, park: ParkId): Promise<readonly Kiosk[]> {
  const rows = await reader
    .selectFrom('nodes as n')
    .innerJoin('parks as p', 'p.park', 'n.park')
    .select(['n.node', 'n.epoch', 'n.pulled_position', 'n.pulled_log_id', 'p.log_id'])
    .where('n.park', '=', park)
    .execute();
  // What was pulled of another log (before a restore, E8) says nothing of this one's positions.
  const pulled = new Map(
    rows.map((row) => [`${row.node}/${row.epoch}`, row.pulled_log_id === row.log_id ? row.pulled_position : 0]),
  );
  return (await kiosksOf(reader, park)).map(({ node, epoch, name, contactMs, revoked }) => ({
    node,
    name,
    contactMs,
    revoked,
    pulledTo: pulled.get(`${node}/${epoch}`) ?? 0,
  }));
}

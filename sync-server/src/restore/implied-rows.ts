import type { KioskEnrolled } from '@skygate/shared/domain/kiosk/events';
import type { KnownEvent } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import { readEvent } from '@skygate/shared/events/read-event';
import { hqNodeOf, type ParkId } from '@skygate/shared/lib/ids';
import { type WireEvent, wireToEvent } from '@skygate/shared/protocol/wire-event';
import { CHAIN_START } from '@skygate/shared/sync/chain';
import { HLC_ZERO } from '@skygate/shared/sync/hlc';
import type { Reader, Writer } from '../db/database.ts';
import { nextRevision } from '../hq/staff/next-revision.ts';
import type { KeptRow } from '../hq-node/kept-rows.ts';
import { rowsOfErasures } from '../hq-node/text-rows.ts';
import { peopleNow } from '../sync/people-stamp.ts';

type EventOf<Type extends KnownEvent['type']> = Extract<KnownEvent, { readonly type: Type }>;

/**
 * The rows beside the log that HQ's lost events tell of (E8): kiosks that were let in, incarnations that ended, people
 * that were changed, texts that were erased. Names and PINs of people are not in the log: those are noted for a person to enter again (P1).
 * To be called in the transaction that writes them.
 */
export async function rowsImpliedBy(
  tx: Writer,
  park: ParkId,
  { events, nowMs }: { readonly events: readonly Event[]; readonly nowMs: number },
): Promise<readonly KeptRow[]> {
  const known = events.flatMap(withRecovered).flatMap((event) => {
    const read = readEvent(event);
    return read.ok ? [read.value] : [];
  });
  const kiosks = new Kiosks(tx, park, known);
  const people = new Map<string, EventOf<'StaffChanged'>['body']>();
  for (const event of known) {
    if (event.type === 'KioskEnrolled') await kiosks.enrolled(event);
    if (event.type === 'KioskRevoked' || event.type === 'EpochClosed') {
      await kiosks.ended(event.body.kiosk, event.body.kioskEpoch);
    }
    if (event.type === 'StaffChanged') people.set(event.body.staffId, event.body);
  }
  const staff: KeptRow[] = [];
  for (const { staffId, revision, removed } of people.values()) {
    staff.push(...(await staffRows(tx, { park, staffId, revision, removed, nowMs })));
  }
  return [...kiosks.rows.values(), ...staff, ...rowsOfErasures(known)];
}

/**
 * HQ lost something before and recorded it again, and now that is lost too: what it tells of is within. The caller has
 * HQ's seal over the whole, and HQ records only what it has proven.
 */
function withRecovered(event: Event): readonly Event[] {
  const read = readEvent(event);
  if (!read.ok || read.value.type !== 'EventRecovered') return [event];
  const { original, events } = read.value.body;
  if (original.node !== hqNodeOf(event.park)) return [event];
  const place = { park: event.park, node: hqNodeOf(event.park), epoch: original.epoch, from: original.seq };
  const unchained = { bodyHash: '', prev: '', hash: '' };
  return [event, ...events.map((wire, index) => ({ ...wireToEvent(wire as WireEvent, place, index), ...unchained }))];
}

/** The nodes' rows after the events, by node and epoch. */
class Kiosks {
  readonly rows = new Map<string, KeptRow>();
  private readonly reader: Reader;
  private readonly park: ParkId;
  private readonly events: readonly KnownEvent[];

  constructor(reader: Reader, park: ParkId, events: readonly KnownEvent[]) {
    this.reader = reader;
    this.park = park;
    this.events = events;
  }

  async enrolled(event: EventOf<'KioskEnrolled'>): Promise<void> {
    const { kiosk, kioskEpoch } = event.body;
    const earlier = await this.incarnationsOf(kiosk);
    // Another incarnation may have been let in under that number since: the one that stands here stays (E6).
    if (earlier.some(({ row }) => row['epoch'] === kioskEpoch)) return;
    for (const { row } of earlier) {
      if (Number(row['epoch']) < kioskEpoch) this.put({ table: 'nodes', row: { ...row, state: 'closed' } });
    }
    const isOver = earlier.some(({ row }) => Number(row['epoch']) > kioskEpoch) || (await this.isElsewhere(event));
    const number = Number(earlier[0]?.row['number'] ?? (await this.numberAt(event.wallMs)));
    this.put({ table: 'nodes', row: { ...this.newcomer(event), number, state: isOver ? 'closed' : 'open' } });
  }

  async ended(kiosk: string, epoch: number): Promise<void> {
    const row = (await this.incarnationsOf(kiosk)).find((one) => one.row['epoch'] === epoch);
    if (row && row.row['role'] !== 'hq') this.put({ table: 'nodes', row: { ...row.row, state: 'closed' } });
  }

  /**
   * The machine's answer got lost with the enrolment, and it was let in as another node since, with the same key: as this
   * one nobody will ever come, and HQ must not wait for it (C5).
   */
  private async isElsewhere({ body, wallMs }: EventOf<'KioskEnrolled'>): Promise<boolean> {
    const since = await this.reader
      .selectFrom('nodes')
      .select('node')
      .where('park', '=', this.park)
      .where('public_key', '=', body.publicKey)
      .where('node', '<>', body.kiosk)
      .where('enrolled_ms', '>=', wallMs)
      .limit(1)
      .executeTakeFirst();
    return since !== undefined;
  }

  private put(kept: KeptRow): void {
    this.rows.set(`${kept.row['node']}/${kept.row['epoch']}`, kept);
  }

  private newcomer({ body, wallMs }: EventOf<'KioskEnrolled'>): KeptRow['row'] {
    return {
      park: this.park,
      node: body.kiosk,
      epoch: body.kioskEpoch,
      role: body.role,
      name: body.name,
      gate_id: body.gateId,
      public_key: body.publicKey,
      key_id: body.keyId,
      signing_public_key: this.signingKeyOf(body) ?? body.publicKey,
      head_hash: CHAIN_START,
      head_hlc: HLC_ZERO,
      app_version: '',
      enrolled_ms: wallMs,
    };
  }

  /** A till's ticket key is published beside its enrolment; a gate has none in the log, and needs none. */
  private signingKeyOf({ kiosk, kioskEpoch }: KioskEnrolled): string | null {
    for (const { type, body } of this.events) {
      if (type === 'SigningKeyPublished' && body.holder === kiosk && body.holderEpoch === kioskEpoch) {
        return body.publicKey;
      }
    }
    return null;
  }

  /** The number it was given then: the next one of those who were there at that time. */
  private async numberAt(wallMs: number): Promise<number> {
    const stored = await this.reader
      .selectFrom('nodes')
      .select(({ fn }) => fn.max('number').as('highest'))
      .where('park', '=', this.park)
      .where(({ or, and, eb }) =>
        or([eb('enrolled_ms', '<', wallMs), and([eb('enrolled_ms', '=', wallMs), eb('role', '<>', 'hq')])]),
      )
      .executeTakeFirst();
    const here = [...this.rows.values()].map(({ row }) => Number(row['number']));
    return Math.max(0, Number(stored?.highest ?? 0), ...here) + 1;
  }

  private async incarnationsOf(kiosk: string): Promise<readonly KeptRow[]> {
    const rows = await this.reader
      .selectFrom('nodes')
      .select(['park', 'node', 'epoch', 'role', 'name', 'gate_id', 'number', 'public_key', 'key_id'])
      .select(['signing_public_key', 'state', 'head_hash', 'head_hlc', 'app_version', 'enrolled_ms'])
      .where('park', '=', this.park)
      .where('node', '=', kiosk)
      .execute();
    const stored = rows.map((row): KeptRow => this.rows.get(`${row.node}/${row.epoch}`) ?? { table: 'nodes', row });
    const added = [...this.rows.values()].filter(
      (kept) => kept.row['node'] === kiosk && !rows.some(({ epoch }) => epoch === kept.row['epoch']),
    );
    return [...stored, ...added];
  }
}

interface StaffChange {
  readonly park: ParkId;
  readonly staffId: string;
  readonly revision: number;
  readonly removed: boolean;
  readonly nowMs: number;
}

/** A removal is all in the log; of a change, only that there was one. */
async function staffRows(tx: Writer, change: StaffChange): Promise<readonly KeptRow[]> {
  const { park, staffId, revision, removed, nowMs } = change;
  const row = await tx
    .selectFrom('people')
    .select(['revision', 'role'])
    .where('park', '=', park)
    .where('staff_id', '=', staffId)
    .executeTakeFirst();
  if (row && row.revision >= revision) return [];
  if (!removed) return [{ table: 'lost_people', row: { park, staff_id: staffId, revision, dismissed_ms: null } }];
  // A kiosk that still has the person may have seen newer numbers than the lost one by now: then it gets another (P1).
  const isPassed = (await peopleNow(tx, park)).revision >= revision;
  const told = isPassed ? await nextRevision(tx, park) : revision;
  const blank = { name: '', role: row?.role ?? 'gate', pin: null, removed_ms: nowMs };
  return [{ table: 'people', row: { park, staff_id: staffId, revision: told, removed: 1, ...blank } }];
}

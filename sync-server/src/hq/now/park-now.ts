import type { ParkDocument } from '@skygate/shared/documents/park-document';
import {
  BUCKET_MS,
  ENTRY_BUCKETS,
  type GateNow,
  type GateState,
  type ParkNow,
  type SalesNow,
} from '@skygate/shared/hq-api/now';
import { weekdayOf } from '@skygate/shared/lib/local-time';
import { occupancyOf, type SilentGate } from '@skygate/shared/read-models/occupancy';
import type { NowRows, ParkOfDay } from './now-rows.ts';

/** As coverage: a gate unheard for longer may have admitted people that nobody else knows of (L4). */
export const SILENT_MS = 10_000;
const LOST_MS = 10 * 60_000;

export interface ParkToday extends ParkOfDay {
  readonly document: ParkDocument;
}

/** What HQ knows of a park now. Pure: rows and the time come in. */
export function parkNowOf({ park, businessDate, document }: ParkToday, rows: NowRows, nowMs: number): ParkNow {
  const here = <Row extends { readonly park: string; readonly business_date?: string }>(all: readonly Row[]) =>
    all.filter((row) => row.park === park && (row.business_date === undefined || row.business_date === businessDate));
  const kiosks = kiosksOf(rows, park);
  const gates = gatesOf(kiosks, nowMs);
  const activity = here(rows.activity);
  const occupancy = occupancyOf({
    totals: here(rows.totals),
    activity,
    silentGates: silentGatesOf(gates),
    // At HQ a provisional admission is settled once the silent gate's log is in; till then that gate counts as silent.
    openProvisionals: 0,
    nowMs,
  });
  const entriesLastMs = Math.floor(nowMs / BUCKET_MS) * BUCKET_MS;
  return {
    park,
    name: document.name,
    timeZone: document.timeZone,
    businessDate,
    hours: document.hours[weekdayOf(businessDate)] ?? null,
    exitsScanned: document.exitsScanned,
    inside: occupancy.inside,
    uncertainty: occupancy.uncertainty,
    admittedToday: occupancy.admitted,
    exitedToday: occupancy.exited,
    insideMax: document.insideMax,
    capacity: rows.capacity.find((row) => row.park === park && row.date === businessDate)?.places ?? null,
    entries: entriesOf(activity, entriesLastMs),
    entriesLastMs,
    gates,
    sales: salesByCurrency(
      here(rows.payments).map((row) => ({ currency: row.currency, amountMinor: row.amount_minor, count: row.count })),
      document.currency,
    ),
    ...waitingOf(kiosks.map((kiosk) => wordOf(kiosk, nowMs))),
    quarantined: Number(rows.quarantine.find((row) => row.park === park)?.count ?? 0),
  };
}

/** Sums by currency; the park's own is there from the first minute of the day. */
export function salesByCurrency(sales: readonly SalesNow[], own: string | null): SalesNow[] {
  const sums = new Map<string, SalesNow>();
  if (own !== null) sums.set(own, { currency: own, amountMinor: 0, count: 0 });
  for (const { currency, amountMinor, count } of sales) {
    const sum = sums.get(currency) ?? { currency, amountMinor: 0, count: 0 };
    sums.set(currency, { currency, amountMinor: sum.amountMinor + amountMinor, count: sum.count + count });
  }
  return [...sums.values()];
}

/** Events waiting at kiosks, and how old the oldest word of it is. */
type Waiting = Pick<ParkNow, 'waiting' | 'waitingAgeMs'>;

/** Only what was said counts: a kiosk that never said is not zero. */
export function waitingOf(words: readonly Waiting[]): Waiting {
  return words.reduce((sum, word) => (word.waiting === null ? sum : sumOf(sum, word)), {
    waiting: null,
    waitingAgeMs: null,
  });
}

const sumOf = (one: Waiting, other: Waiting): Waiting => ({
  waiting: (one.waiting ?? 0) + (other.waiting ?? 0),
  waitingAgeMs: Math.max(one.waitingAgeMs ?? 0, other.waitingAgeMs ?? 0),
});

const wordOf = (kiosk: KioskRow, nowMs: number): Waiting => ({
  waiting: kiosk.waiting,
  waitingAgeMs: kiosk.telemetry_ms === null ? null : Math.max(0, nowMs - kiosk.telemetry_ms),
});

type KioskRow = NowRows['kiosks'][number];

/** The newest incarnation of each kiosk that may still speak. */
function kiosksOf(rows: NowRows, park: string): readonly KioskRow[] {
  const revoked = new Set(rows.revoked.filter((row) => row.park === park).map((row) => `${row.node}/${row.epoch}`));
  const open = rows.kiosks.filter(
    (row) => row.park === park && row.state === 'open' && !revoked.has(`${row.node}/${row.epoch}`),
  );
  return open.filter((row, index) => open.findIndex((other) => other.node === row.node) === index);
}

function gatesOf(kiosks: readonly KioskRow[], nowMs: number): GateNow[] {
  const gates = kiosks.filter(({ role }) => role === 'gate');
  return gates.map(({ node, name, gate_id: gateId, contact_ms: contactMs }) => {
    const contactAgeMs = contactMs === null ? null : Math.max(0, nowMs - contactMs);
    return { node, name, gateId, contactAgeMs, state: stateOf(contactAgeMs) };
  });
}

function stateOf(contactAgeMs: number | null): GateState {
  if (contactAgeMs === null) return 'never';
  if (contactAgeMs <= SILENT_MS) return 'ok';
  return contactAgeMs <= LOST_MS ? 'silent' : 'lost';
}

/** A gate is silent if all its kiosks are: a spare that took over speaks for it. */
function silentGatesOf(gates: readonly GateNow[]): SilentGate[] {
  const heard = new Map<string, number>();
  for (const { gateId, contactAgeMs } of gates) {
    if (contactAgeMs !== null) heard.set(gateId, Math.min(contactAgeMs, heard.get(gateId) ?? contactAgeMs));
  }
  return [...heard].filter(([, ageMs]) => ageMs > SILENT_MS).map(([gateId, silentMs]) => ({ gateId, silentMs }));
}

function entriesOf(
  activity: readonly { readonly bucket_ms: number; readonly admitted: number }[],
  lastMs: number,
): number[] {
  const entries = Array.from({ length: ENTRY_BUCKETS }, () => 0);
  for (const { bucket_ms: bucketMs, admitted } of activity) {
    const index = ENTRY_BUCKETS - 1 - Math.round((lastMs - bucketMs) / BUCKET_MS);
    if (index >= 0 && index < ENTRY_BUCKETS) entries[index] = Math.max(0, (entries[index] ?? 0) + admitted);
  }
  return entries;
}

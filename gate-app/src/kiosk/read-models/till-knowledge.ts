import type { LeaseRow, LeaseRows, LeaseUseRow } from '@skygate/shared/domain/capacity/lease-rows';
import { type Need, type Share, sharesOf } from '@skygate/shared/domain/capacity/shares';
import type { SaleLine } from '@skygate/shared/domain/sale/events';
import { type ShiftRows, type ShiftState, shiftFromRows } from '@skygate/shared/domain/shift/state';
import { hlcTick } from '@skygate/shared/sync/hlc';
import type { Database } from 'better-sqlite3';
import type { EventLog, KioskIdentity } from '../event-log/event-log.ts';

/** What a till knows of its own drawer, sales and shares. */
export interface TillKnowledge {
  /**
   * The shares of this incarnation from a date on, at the clock that its next event will carry (C1, C2).
   * @param wallMs the wall clock, as the log reads it
   */
  shares(identity: KioskIdentity, fromDate: string, wallMs: number): readonly Share[];
  /** What this till knows of all the park's leases from a date on. */
  leaseRows(park: string, fromDate: string): LeaseRows;
  /** Places this till sold since a moment, by date and slot. */
  soldSince(identity: KioskIdentity, sinceMs: number): readonly { date: string; slot: string; places: number }[];
  /** Places this kiosk sold past its share, in whatever epoch, by date and slot (C3). */
  soldPastShare(identity: KioskIdentity, fromDate: string): readonly Need[];
  /** The newest shift of this kiosk: a drawer stays the same one when its kiosk is enrolled anew (E6). */
  shift(identity: KioskIdentity): ShiftState;
  /** What people will call the next sale, `2-0412`: counted on in whatever epoch, so that no two of a kiosk are alike. */
  nextSaleNumber(identity: KioskIdentity): string;
  /** Where the sales of a shift stand in the log, newest first. */
  salesOfShift(identity: KioskIdentity, shiftId: string, count: number): readonly SalePlace[];
  /** The newest sales of this till, newest first. */
  newestSales(identity: KioskIdentity, count: number): readonly SalePlace[];
  /** Sales of a shift that the server has not acknowledged. */
  salesWaiting(identity: KioskIdentity, shiftId: string, acknowledged: number): number;
}

export interface SalePlace {
  readonly node: string;
  readonly epoch: number;
  readonly seq: number;
}

const LEASES = `
  SELECT lease_id, node, epoch, date, slot, places, ends_hlc, from_lease, from_node, from_epoch FROM leases
  WHERE park = ? AND date >= ?`;
const LEASE_USE = `
  SELECT DISTINCT u.lease_id, u.node, u.epoch, u.used, u.returned, u.given
  FROM leases l JOIN lease_use u ON u.park = l.park AND u.lease_id = l.lease_id
  WHERE l.park = ? AND l.date >= ?`;
/** By HQ alone: nobody else takes leases back (C3). */
const TAKEN_BACK = `
  SELECT lease_id FROM capacity_overrides
  WHERE park = ? AND date >= ? AND kind = 'lease_taken_back' AND node LIKE 'hq:%' AND lease_id IS NOT NULL`;
const SOLD_SINCE = `
  SELECT lines FROM sales WHERE park = ? AND node = ? AND epoch = ? AND wall_ms >= ? ORDER BY seq DESC LIMIT 2000`;
const SOLD_PAST_SHARE = `
  SELECT date, slot, sum(places) AS places FROM capacity_overrides
  WHERE park = ? AND node = ? AND date >= ? AND kind = 'sold_past_share' GROUP BY date, slot ORDER BY date, slot`;
const LAST_SHIFT = `
  SELECT s.shift_id, s.number, s.staff_id, s.currency, s.float_minor, s.opened_ms,
    EXISTS (SELECT 1 FROM shift_closings c WHERE c.park = s.park AND c.shift_id = s.shift_id) AS closed
  FROM shifts s WHERE s.park = ? AND s.node = ? ORDER BY s.number DESC, s.epoch DESC LIMIT 1`;
const SHIFT_TOTALS = `
  SELECT sales_count, sales_minor, cash_minor, moved_minor FROM shift_totals WHERE park = ? AND shift_id = ?`;
/** No sale is without a shift: the few shifts say which epochs there are. */
const LAST_SALE_NUMBERS = `
  SELECT (SELECT number FROM sales
    WHERE park = e.park AND node = e.node AND epoch = e.epoch ORDER BY seq DESC LIMIT 1) AS number
  FROM (SELECT DISTINCT park, node, epoch FROM shifts WHERE park = ? AND node = ?) e`;
const NEWEST_SALES = `
  SELECT node, epoch, seq FROM sales WHERE park = ? AND node = ? ORDER BY epoch DESC, seq DESC LIMIT ?`;
const SALES_OF_SHIFT = `
  SELECT node, epoch, seq FROM sales
  WHERE park = ? AND node = ? AND shift_id = ? ORDER BY epoch DESC, seq DESC LIMIT ?`;
const SALES_WAITING = `
  SELECT count(1) FROM sales WHERE park = ? AND node = ? AND epoch = ? AND seq > ? AND shift_id = ?`;

type Own = [park: string, node: string, epoch: number];
type OwnNode = [park: string, node: string];
const ownOf = ({ park, node, epoch }: KioskIdentity): Own => [park, node, epoch];

export function createTillKnowledge(database: Database, eventLog: EventLog): TillKnowledge {
  const leases = database.prepare<[string, string], LeaseRow>(LEASES);
  const leaseUse = database.prepare<[string, string], LeaseUseRow>(LEASE_USE);
  const takenBack = database.prepare<[string, string], string>(TAKEN_BACK).pluck();
  const soldSince = database.prepare<[...Own, number], string>(SOLD_SINCE).pluck();
  const soldPastShare = database.prepare<[...OwnNode, string], Need>(SOLD_PAST_SHARE);
  const lastShift = database.prepare<OwnNode, ShiftRows['shift'] & { closed: number }>(LAST_SHIFT);
  const shiftTotals = database.prepare<[string, string], NonNullable<ShiftRows['totals']>>(SHIFT_TOTALS);
  const lastSaleNumbers = database.prepare<OwnNode, string | null>(LAST_SALE_NUMBERS).pluck();
  const newestSales = database.prepare<[...OwnNode, number], SalePlace>(NEWEST_SALES);
  const salesOfShift = database.prepare<[...OwnNode, string, number], SalePlace>(SALES_OF_SHIFT);
  const salesWaiting = database.prepare<[...Own, number, string], number>(SALES_WAITING).pluck();

  const leaseRows = (park: string, fromDate: string): LeaseRows => ({
    leases: leases.all(park, fromDate),
    uses: leaseUse.all(park, fromDate),
    takenBack: new Set(takenBack.all(park, fromDate)),
  });

  return {
    leaseRows,
    shares: ({ park, node, epoch }, fromDate, wallMs) => {
      const holder = { node, epoch, hlc: hlcTick(eventLog.hlc(), wallMs) };
      return sharesOf(leaseRows(park, fromDate), holder);
    },
    soldSince: (identity, sinceMs) =>
      soldSince
        .all(...ownOf(identity), sinceMs)
        .flatMap((lines) => JSON.parse(lines) as SaleLine[])
        .map(({ date, slot, quantity, placesEach }) => ({ date, slot, places: quantity * placesEach })),
    soldPastShare: ({ park, node }, fromDate) => soldPastShare.all(park, node, fromDate),
    shift: ({ park, node }) => {
      const row = lastShift.get(park, node);
      if (!row) return { status: 'closed', lastNumber: 0 };
      if (row.closed === 1) return { status: 'closed', lastNumber: row.number };
      return shiftFromRows({ shift: row, totals: shiftTotals.get(park, row.shift_id) });
    },
    nextSaleNumber: ({ park, node, number }) => {
      const last = lastSaleNumbers.all(park, node).map((name) => Number(name?.split('-').at(-1) ?? 0));
      return `${number}-${String(Math.max(0, ...last) + 1).padStart(4, '0')}`;
    },
    salesOfShift: ({ park, node }, shiftId, count) => salesOfShift.all(park, node, shiftId, count),
    newestSales: ({ park, node }, count) => newestSales.all(park, node, count),
    salesWaiting: (identity, shiftId, acknowledged) => salesWaiting.get(...ownOf(identity), acknowledged, shiftId) ?? 0,
  };
}

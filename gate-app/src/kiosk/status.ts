import type { ShareNews } from '../rpc-contract/share-view.ts';
import type { KioskStatus, ScannerSettings, StaffMember, StopView } from '../rpc-contract/status-view.ts';
import type { Ground } from './handle-command/command-context.ts';
import { groundOf } from './handle-command/command-context.ts';
import { mayEnrolAnew } from './handle-command/enrol-anew.ts';
import type { ScanContext } from './handle-command/scan.ts';
import { type ShiftContext, shiftView } from './handle-command/shift.ts';
import type { createCaseNotices } from './read-models/case-notices.ts';
import type { createOccupancyNow } from './read-models/occupancy-now.ts';
import { staffMember } from './staff/session.ts';
import { allWaiting } from './sync/all-waiting.ts';
import type { Sync } from './sync/sync.ts';

export interface StatusContext extends ScanContext, ShiftContext {
  readonly sync: Pick<Sync, 'view' | 'delivery'>;
  readonly appVersion: string;
  /** A revoked kiosk's data was erased from this folder when it was opened (X4). */
  readonly wasErased: boolean;
  /** The newest change of a till's places. */
  shareNews(): ShareNews | null;
  readonly scannerSettings: { get(): ScannerSettings };
  readonly caseNotices: ReturnType<typeof createCaseNotices>;
  readonly occupancyNow: ReturnType<typeof createOccupancyNow>;
}

const NO_COVERAGE = { kind: 'single_gate', gatesTotal: 0, gatesCovered: 0, ageMs: null, silent: [] } as const;

/** Everything that the status strip and the idle screens show. */
export function statusOf(context: StatusContext): KioskStatus {
  const { clock, eventLog } = context;
  const identity = eventLog.identity();
  const found = groundOf(context);
  const ground = found.ok ? found.value : null;
  const coverage = identity === null ? NO_COVERAGE : context.coverage(identity);
  return {
    identity: identityView(context, ground),
    appVersion: context.appVersion,
    nowMs: clock.nowMs(),
    clock: { trust: clock.trust(), skewMs: clock.skewMs(), hlcLeadMs: clock.hlcLeadMs() },
    businessDate: ground?.businessDate ?? null,
    staff: staffNow(context, ground),
    shift: shiftNow(context, ground),
    shareNews: context.shareNews(),
    gateMode: context.gateMode(),
    scanner: context.scannerSettings.get(),
    sync: context.sync.view(),
    stop: stopView(context, ground),
    wasErased: context.wasErased && identity === null,
    recovery: eventLog.others.progress(),
    coverage,
    occupancy: ground === null ? null : context.occupancyNow(ground, coverage),
    recentScans: context.recentScans.list(),
    caseNotices: ground === null ? [] : context.caseNotices(ground),
  };
}

function stopView(context: StatusContext, ground: Ground | null): KioskStatus['stop'] {
  const { eventLog } = context;
  const stop = eventLog.stop();
  if (stop === null) return null;
  const farewell = stop.code === 'revoked' ? farewellView(context, ground) : null;
  return { code: stop.code, waiting: allWaiting(eventLog).count, mayEnrol: mayEnrolAnew(context).ok, farewell };
}

function farewellView(context: StatusContext, ground: Ground | null): NonNullable<StopView['farewell']> {
  const { left, isDone, isStuck, inContact } = context.sync.delivery();
  const hasOpenShift = shiftNow(context, ground) !== null;
  if (isStuck) return { state: 'kept', left, hasOpenShift };
  if (!inContact) return { state: 'waiting', left, hasOpenShift };
  return { state: isDone ? 'erasing' : 'delivering', left, hasOpenShift };
}

/** Before the park's document has come, what the enrolment said is shown. */
function identityView({ eventLog }: StatusContext, ground: Ground | null): KioskStatus['identity'] {
  const identity = eventLog.identity();
  if (identity === null) return null;
  const { park, node, name, role, gateId } = identity;
  const parkName = ground?.park.name ?? { ru: park, ky: park, en: park };
  const timeZone = ground?.park.timeZone ?? 'UTC';
  return { park, parkName, timeZone, currency: ground?.park.currency ?? '', node, name, role, gateId };
}

function staffNow({ session }: StatusContext, ground: Ground | null): StaffMember | null {
  const person = ground === null ? null : session.person(ground.businessDate);
  return person === null ? null : staffMember(person);
}

function shiftNow(context: StatusContext, ground: Ground | null): KioskStatus['shift'] {
  if (ground?.identity.role !== 'till') return null;
  const shift = context.till.shift(ground.identity);
  return shift.status === 'open' ? shiftView(context, shift) : null;
}

import type { Words } from '@skygate/shared/documents/words';
import type { KioskRole } from '@skygate/shared/domain/kiosk/events';
import type { Trust } from '@skygate/shared/events/envelope';
import type { StaffRole } from '@skygate/shared/protocol/people';
import type { StopCode } from '@skygate/shared/sync/stop-code';
import type { CaseNotice, RecentScan } from './gate-view.ts';
import type { ShareNews } from './share-view.ts';
import type { ShiftView } from './till-view.ts';

export interface StaffMember {
  readonly staffId: string;
  readonly name: string;
  readonly initials: string;
  readonly role: StaffRole;
}

export type GateMode = 'entry' | 'exit' | 'both';

/** How this kiosk reads codes: a setting of the machine, kept by the kiosk and not by the browser. */
export interface ScannerSettings {
  /** The camera's reader; `zxing-js` needs no WASM. */
  readonly library: 'zxing-wasm' | 'zxing-js';
  /** The browser's id of the camera; null for the one that faces the guest. */
  readonly cameraId: string | null;
  /** What the hand scanner is set to type before and after each code; empty for nothing but Enter. */
  readonly prefix: string;
  readonly suffix: string;
}

/** Everything the status strip and the idle screens show; pushed on every change and at least every second. */
export interface KioskStatus {
  /** Null until the kiosk is enrolled: the ui shows the set-up screen. */
  readonly identity: {
    readonly park: string;
    readonly parkName: Words;
    readonly timeZone: string;
    readonly currency: string;
    readonly node: string;
    readonly name: string;
    readonly role: KioskRole;
    readonly gateId: string;
  } | null;
  readonly appVersion: string;
  /** The kiosk's corrected time. */
  readonly nowMs: number;
  readonly clock: ClockView;
  readonly businessDate: string | null;
  readonly staff: StaffMember | null;
  readonly shift: ShiftView | null;
  /** Places that came or went of late; null where there is nothing to tell. */
  readonly shareNews: ShareNews | null;
  readonly gateMode: GateMode;
  readonly scanner: ScannerSettings;
  readonly sync: SyncView;
  /** Why this kiosk sells and admits no more and has to be enrolled anew (E6); null if it works. */
  readonly stop: StopView | null;
  /** This kiosk was revoked, has delivered everything and erased its data; it may be enrolled anew (X4). */
  readonly wasErased: boolean;
  /** How far it is with what it was before it was enrolled anew; null if it never was. */
  readonly recovery: RecoveryView | null;
  readonly coverage: CoverageView;
  readonly occupancy: OccupancyView | null;
  readonly recentScans: readonly RecentScan[];
  /** Cases that this gate's people can still do something about; newest first. */
  readonly caseNotices: readonly CaseNotice[];
}

/** How far the kiosk's time can be trusted (H2). `nowMs` of the status is corrected already. */
export interface ClockView {
  readonly trust: Trust;
  /** The machine's own clock minus the server's at last contact; null if never, or if it was set since. */
  readonly skewMs: number | null;
  /** How far the order of this kiosk's events has run ahead of the true time; 0 if it has not (H1). */
  readonly hlcLeadMs: number;
}

export interface StopView {
  readonly code: StopCode;
  /** Own records that HQ does not have: they are kept, and recorded again (E6). */
  readonly waiting: number;
  /** Whether who is logged in may enrol it anew: a supervisor, or anybody where no supervisor is known. */
  readonly mayEnrol: boolean;
  /** How far a revoked kiosk is with delivering what it has; null for any other reason (X4). */
  readonly farewell: FarewellView | null;
}

export interface FarewellView {
  /**
   * `waiting`: for the network. `kept`: HQ does not take what is left, so it stays here. `erasing`: all is delivered, and
   * what is here goes as soon as the server has said so.
   */
  readonly state: 'delivering' | 'waiting' | 'kept' | 'erasing';
  /** Own records that HQ is not known to have. */
  readonly left: number;
  /** A drawer with money in it: its shift was never closed. */
  readonly hasOpenShift: boolean;
}

export interface RecoveryView {
  /** What the park did before has been taken in. */
  readonly pastPulled: boolean;
  /** Transactions still to be recorded again, and those that were. */
  readonly toRecord: number;
  readonly recorded: number;
  /** Old records that HQ is not known to have yet. */
  readonly toDeliver: number;
}

export interface SyncView {
  /**
   * `unknown_at_hq`: the server was put back from before it let this kiosk in (E8); the kiosk works on. `lost_at_hq`: from
   * so long ago that it lacks what the kiosk has let go (K4): it works on, and nothing more of it arrives.
   */
  readonly state: 'not_enrolled' | 'synced' | 'sending' | 'offline' | 'unknown_at_hq' | 'lost_at_hq' | 'refused';
  /** Own records that the server is not known to have, of earlier epochs too (E6). */
  readonly waiting: number;
  readonly oldestWaitingMs: number | null;
  /** When the server last answered. */
  readonly lastContactMs: number | null;
  readonly serverUrl: string | null;
  /** The newest write found no room on the kiosk's disk: nothing is taken in or recorded until there is. */
  readonly diskIsFull: boolean;
  /** Why the last attempt failed, in words for support; null if it did not. */
  readonly lastError: string | null;
}

/** Which other gates' admissions this kiosk knows (L4; by way of the server until kiosks meet on the LAN). */
export interface CoverageView {
  readonly kind: 'single_gate' | 'complete' | 'partial';
  readonly gatesTotal: number;
  readonly gatesCovered: number;
  /** Age of the oldest covered knowledge. */
  readonly ageMs: number | null;
  readonly silent: readonly { readonly gateId: string; readonly name: Words; readonly silentMs: number | null }[];
}

export interface OccupancyView {
  readonly inside: number;
  readonly uncertainty: number;
  readonly admittedToday: number;
  readonly exitedToday: number;
  /** False in parks that do not scan exits: then the screen says "admitted today". */
  readonly exitsScanned: boolean;
  readonly capacity: number | null;
  readonly thisGateAdmitted: number;
  /** This gate's entries today in steps of 15 minutes, oldest first. */
  readonly thisGateActivity: readonly { readonly fromMs: number; readonly admitted: number }[];
}

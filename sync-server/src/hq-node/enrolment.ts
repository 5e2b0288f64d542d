import type { KioskRole } from '@skygate/shared/domain/kiosk/events';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import type { HqNodeDeps } from './append-hq-events.ts';

/** A kiosk that HQ means to let in. With `node`, a kiosk of old that begins a new epoch (E1). */
export interface ExpectedKiosk {
  readonly park: ParkId;
  readonly name: string;
  readonly role: KioskRole;
  readonly gateId: string;
  readonly node?: NodeId;
}

/** A one-time code for a kiosk, good for ten minutes (S1). Only its hash is kept. */
export declare function createEnrolmentCode(
  deps: HqNodeDeps,
  kiosk: ExpectedKiosk,
): Promise<{ readonly code: string; readonly expiresMs: number }>;

import { EDITORS } from '@skygate/shared/documents/may-edit';
import type { KioskRole } from '@skygate/shared/domain/kiosk/events';
import type { StaffRole } from '@skygate/shared/protocol/people';

export type Permission =
  | 'admit'
  | 'override'
  | 'look_up'
  | 'sell'
  | 'edit_catalogue'
  | 'set_up'
  | 'confirm_clock'
  | 'move_shares';

interface Rule {
  readonly staff: readonly StaffRole[];
  readonly kiosks: readonly KioskRole[];
}

/** Who may do what, and at which kind of kiosk (X3). */
const RULES: Readonly<Record<Permission, Rule>> = {
  admit: { staff: ['gate', 'supervisor'], kiosks: ['gate'] },
  override: { staff: ['supervisor'], kiosks: ['gate'] },
  look_up: { staff: ['gate', 'cashier', 'supervisor'], kiosks: ['gate', 'till'] },
  sell: { staff: ['cashier', 'supervisor'], kiosks: ['till'] },
  edit_catalogue: { staff: EDITORS.catalogue, kiosks: ['gate', 'till'] },
  set_up: { staff: ['supervisor'], kiosks: ['gate', 'till'] },
  move_shares: { staff: ['supervisor'], kiosks: ['till'] },
  confirm_clock: { staff: ['supervisor'], kiosks: ['gate', 'till'] },
};

export function permits(asked: {
  readonly permission: Permission;
  readonly staff: StaffRole;
  readonly kiosk: KioskRole;
}): boolean {
  const rule = RULES[asked.permission];
  return rule.staff.includes(asked.staff) && rule.kiosks.includes(asked.kiosk);
}

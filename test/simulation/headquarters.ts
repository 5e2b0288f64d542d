import { scryptSync } from 'node:crypto';
import type { KioskRole } from '@skygate/shared/domain/kiosk/events';
import { draft } from '@skygate/shared/events/catalogue';
import { bytesToBase64url } from '@skygate/shared/lib/bytes';
import { idFromBytes, type ParkId } from '@skygate/shared/lib/ids';
import type { PinVerifier, StaffRole } from '@skygate/shared/protocol/people';
import { hlcOf } from '@skygate/shared/sync/hlc';
import type { ServerDeps } from '@skygate/sync-server/app';
import { decideFirstDocument } from '@skygate/sync-server/documents/edit-document';
import { appendHqEvents } from '@skygate/sync-server/hq-node/append-hq-events';
import { createPark } from '@skygate/sync-server/hq-node/create-park';
import { createEnrolmentCode } from '@skygate/sync-server/hq-node/enrolment';
import { DEMO_PARKS } from '../demo/demo-park.ts';

export const PARK = 'ala-archa' as ParkId;
export const PIN = '4711';
/** Noon in Bishkek. */
export const START_MS = Date.parse('2026-11-21T06:00:00Z');
export const DATE = '2026-11-21';
export const CAPACITY = 400;

const PEOPLE: readonly { readonly staffId: string; readonly role: StaffRole }[] = [
  { staffId: 'cashier', role: 'cashier' },
  { staffId: 'guard', role: 'gate' },
  { staffId: 'chief', role: 'supervisor' },
];

const HQ = { actor: 'hq:simulator' };
const LEASE_MS = 16 * 60 * 60_000;
// The cheapest that the protocol takes: the simulator tests sync, not how long a guess takes.
const COST = { cost: 1024, blockSize: 1, parallelization: 1 };

let verifier: PinVerifier | null = null;

function pinVerifier(): PinVerifier {
  verifier ??= makeVerifier();
  return verifier;
}

function makeVerifier(): PinVerifier {
  const salt = new Uint8Array(16).fill(5);
  const { cost, blockSize, parallelization } = COST;
  const key = scryptSync(PIN, salt, 32, { cost, blockSize, parallelization });
  return { ...COST, salt: bytesToBase64url(salt), key: bytesToBase64url(new Uint8Array(key)) };
}

/** A park with its documents, capacity and people, as HQ's screens would make it. */
export async function openPark(deps: ServerDeps): Promise<void> {
  const demo = DEMO_PARKS[0];
  if (!demo) throw new Error('broken invariant: there is a demo park');
  await createPark(deps, PARK);
  await appendHqEvents(deps, PARK, async (tx) => {
    const place = { park: PARK, ...HQ };
    const park = await decideFirstDocument(deps, tx, { ...place, documentId: 'park', value: demo.document });
    const catalogue = { ...place, documentId: 'catalogue' as const, value: { products: demo.products } };
    const sold = await decideFirstDocument(deps, tx, catalogue);
    if (!park.ok || !sold.ok) throw new Error('broken invariant: the demo documents are good');
    const capacity = { date: DATE, slot: 'day', places: CAPACITY, reason: 'simulated' };
    const staff = PEOPLE.map(({ staffId }, index) =>
      draft('StaffChanged', `staff:${staffId}`, { staffId, revision: index + 1, removed: false }, HQ),
    );
    const rows = PEOPLE.map(({ staffId, role }, index) => ({
      table: 'people' as const,
      row: {
        park: PARK,
        staff_id: staffId,
        revision: index + 1,
        removed: 0,
        name: staffId,
        role,
        pin: JSON.stringify(pinVerifier()),
      },
    }));
    await tx.updateTable('parks').set({ people_revision: PEOPLE.length }).where('park', '=', PARK).execute();
    const capacityDraft = draft('CapacitySet', `capacity:${DATE}/day`, capacity, HQ);
    return { drafts: [...park.value, ...sold.value, capacityDraft, ...staff], rows };
  });
}

export async function codeFor(deps: ServerDeps, name: string, role: KioskRole): Promise<string> {
  return (await createEnrolmentCode(deps, { park: PARK, name, role, gateId: name })).code;
}

export async function grantLease(
  deps: ServerDeps,
  kiosk: { node: string; epoch: number },
  places: number,
): Promise<void> {
  const leaseId = idFromBytes(deps.random.bytes(10));
  const endsHlc = hlcOf(START_MS + LEASE_MS, 0);
  const body = { leaseId, ...kiosk, date: DATE, slot: 'day', places, endsHlc };
  await appendHqEvents(deps, PARK, [draft('LeaseGranted', `lease:${leaseId}`, body, HQ)]);
}

export async function voidTicket(deps: ServerDeps, ticketId: string): Promise<void> {
  await appendHqEvents(deps, PARK, [
    draft('TicketVoided', `ticket:${ticketId}`, { ticketId, reason: 'simulated' }, HQ),
  ]);
}

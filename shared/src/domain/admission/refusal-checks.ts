import type { TicketClaims } from '../ticket/ticket-claims.ts';
import { TEST_TICKET, UNPAID } from '../ticket/ticket-claims.ts';
import type { GateKnowledge } from './commands.ts';
import { REFUSAL_REASONS, type RefusalReason } from './events.ts';
import type { TicketState } from './state.ts';
import type { TicketKeyVerdict } from './ticket-key.ts';

/** What the sentence under a verdict is made of. Times in UTC milliseconds. */
export interface AdmissionFacts {
  readonly validFromMs?: number;
  readonly validUntilMs?: number;
  readonly date?: string;
  readonly slot?: string;
  /** Ids of the parks the ticket is for. */
  readonly parks?: readonly string[];
  readonly usedAtMs?: number;
  /** Id of the gate of that admission. */
  readonly usedAtGate?: string;
  readonly voidedAtMs?: number;
  /** Ids of the gates that take the product. */
  readonly allowedGates?: readonly string[];
  /** Ids of the gates that could not be asked. */
  readonly silentGates?: readonly string[];
  /** The clock cannot be trusted, so dates were not judged (H2). */
  readonly clockUnsure?: boolean;
}

/** All that a check may look at. */
export interface Scanned {
  readonly claims: TicketClaims;
  readonly people: number;
  readonly key: TicketKeyVerdict;
  readonly state: TicketState;
  readonly entriesAllowed: number;
  readonly gate: GateKnowledge;
}

/** The facts that go with the reason, or null where it does not apply. */
type Check = (scanned: Scanned) => AdmissionFacts | null;

const when = (applies: boolean, facts: AdmissionFacts = {}): AdmissionFacts | null => (applies ? facts : null);

/** The rules of T2. Reasons without a line are not about a readable ticket, or come with rules no product has yet. */
const CHECKS: Partial<Record<RefusalReason, Check>> = {
  bad_signature: ({ key }) => when(key === 'bad_signature'),
  unknown_key: ({ key }) => when(key === 'unknown_key'),
  revoked_key: ({ key }) => when(key === 'revoked_key'),
  wrong_park: wrongPark,
  test_ticket: ({ claims }) => when((claims.flags & TEST_TICKET) !== 0),
  voided: ({ state }) => (state.status === 'voided' ? { voidedAtMs: state.voidedAtMs } : null),
  blocked: ({ state }) => when(state.status === 'blocked' || (state.status === 'voided' && state.wasBlocked)),
  unpaid: ({ claims }) => when((claims.flags & UNPAID) !== 0),
  not_yet_valid: ({ claims, gate }) => when(clockIsGood(gate) && gate.nowMs < claims.notBeforeMs, windowOf(claims)),
  expired: ({ claims, gate }) => when(clockIsGood(gate) && gate.nowMs >= claims.expiresMs, windowOf(claims)),
  wrong_gate: wrongGate,
  already_admitted: alreadyAdmitted,
  gate_silent: ({ gate }) =>
    when(gate.silentGates.length > 0 && gate.product?.whenGateSilent === 'refuse', silentGatesOf(gate)),
  park_full: ({ people, gate }) => when(gate.placesInside !== null && people > gate.placesInside),
};

export interface Refusal {
  readonly reason: RefusalReason;
  readonly facts: AdmissionFacts;
}

/** Every reason against an entry, in the order in which they win (T2). */
export function refusalsOf(scanned: Scanned): readonly Refusal[] {
  return REFUSAL_REASONS.flatMap((reason) => {
    const facts = CHECKS[reason]?.(scanned) ?? null;
    return facts === null ? [] : [{ reason, facts }];
  });
}

export const windowOf = ({ notBeforeMs, expiresMs, date, slot }: TicketClaims): AdmissionFacts => ({
  validFromMs: notBeforeMs,
  validUntilMs: expiresMs,
  date,
  slot,
});

export const silentGatesOf = (gate: GateKnowledge): AdmissionFacts =>
  gate.silentGates.length > 0 ? { silentGates: gate.silentGates.map(({ gateId }) => gateId) } : {};

/** H2: without a trusted clock no date is judged; the verdict is provisional instead. */
export const clockIsGood = (gate: GateKnowledge): boolean => gate.trust !== 'none';

function wrongPark({ claims, gate }: Scanned): AdmissionFacts | null {
  const parks = claims.parks.filter((park) => gate.signingKey?.parks.includes(park) ?? true);
  return when(!parks.includes(gate.park), { parks });
}

function wrongGate({ gate }: Scanned): AdmissionFacts | null {
  const gates = Object.entries(gate.product?.gates ?? {});
  const allowedGates = gates.filter(([, allowed]) => allowed).map(([gateId]) => gateId);
  return when(gates.length > 0 && !allowedGates.includes(gate.gateId), { allowedGates });
}

/** Entries are used up; or, where exits are scanned, the people of this ticket have not left since their last entry. */
function alreadyAdmitted({ state, entriesAllowed, gate }: Scanned): AdmissionFacts | null {
  const last = state.admissions.at(-1);
  if (!last) return null;
  const usedUp = state.admissions.length >= entriesAllowed;
  const stillInside = gate.exitsScanned && state.peopleInside > 0;
  return when(usedUp || stillInside, { usedAtMs: last.wallMs, usedAtGate: last.gateId });
}

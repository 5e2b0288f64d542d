import Type from 'typebox';
import { countField, dateField, eventRefField, hashField, idField, nameField } from '../../events/fields.ts';

/** Why a gate says no, in the order in which reasons win (T2). The words for them are the ui's. */
export const REFUSAL_REASONS = [
  'unreadable',
  'foreign',
  'bad_signature',
  'unknown_key',
  'revoked_key',
  'wrong_park',
  'test_ticket',
  'voided',
  'blocked',
  'unpaid',
  'not_yet_valid',
  'expired',
  'wrong_gate',
  'rule_broken',
  'already_admitted',
  'gate_silent',
  'park_full',
] as const;
export const refusalReasonField = Type.Enum(REFUSAL_REASONS);
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** An admission names at most this many silent gates. */
export const SILENT_GATES_MAX = 100;

/** People were let in. A fact: it stands whatever is learnt later (T3). */
export const ticketAdmittedV1 = Type.Object({
  ticketId: idField,
  gateId: nameField,
  people: Type.Integer({ minimum: 1, maximum: 1000 }),
  businessDate: dateField,
  verdict: Type.Enum(['admit', 'provisional']),
  /** Gates whose admissions this kiosk could not know when it decided; empty with `admit`. */
  silentGates: Type.Array(nameField, { maxItems: SILENT_GATES_MAX }),
});
export type TicketAdmitted = Type.Static<typeof ticketAdmittedV1>;

/** A scan was refused; the first reason is the one that was shown (T2). */
export const admissionRefusedV1 = Type.Object({
  /** Null where the code could not be read as a ticket. */
  ticketId: Type.Union([idField, Type.Null()]),
  gateId: nameField,
  businessDate: dateField,
  reasons: Type.Array(refusalReasonField, { minItems: 1, maxItems: REFUSAL_REASONS.length }),
  /** SHA-256 of the scanned text, so that two reports of one code can be told to be the same without keeping it. */
  codeHash: hashField,
});
export type AdmissionRefused = Type.Static<typeof admissionRefusedV1>;

/** An admission is taken back: the wrong person, or nobody went through. */
export const admissionAnnulledV1 = Type.Object({
  original: eventRefField,
  ticketId: idField,
  gateId: nameField,
  people: Type.Integer({ minimum: 1, maximum: 1000 }),
  /** The business day of the original admission, so that the sums of that day are corrected. */
  businessDate: dateField,
  reason: Type.Enum(['undo', 'no_passage']),
});
export type AdmissionAnnulled = Type.Static<typeof admissionAnnulledV1>;

/** People left (T4): always accepted and always subtracted. */
export const ticketExitedV1 = Type.Object({
  /** Null for people counted out without a scan. */
  ticketId: Type.Union([idField, Type.Null()]),
  gateId: nameField,
  people: Type.Integer({ minimum: 1, maximum: 1000 }),
  businessDate: dateField,
  /** People of this exit that no known admission accounts for: they widen the uncertainty. */
  unmatched: countField,
});
export type TicketExited = Type.Static<typeof ticketExitedV1>;

/** A supervisor let people in against the rules: by name, with a reason, and outside the entries the ticket allows (T3). */
export const admissionOverriddenV1 = Type.Object({
  ticketId: idField,
  gateId: nameField,
  people: Type.Integer({ minimum: 1, maximum: 1000 }),
  businessDate: dateField,
  /** What the verdict had been. */
  reasons: Type.Array(refusalReasonField, { minItems: 1, maxItems: REFUSAL_REASONS.length }),
  reason: Type.String({ minLength: 1, maxLength: 500 }),
});
export type AdmissionOverridden = Type.Static<typeof admissionOverriddenV1>;

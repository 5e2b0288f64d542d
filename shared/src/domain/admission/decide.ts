import type { CatalogueUnit } from '../../documents/catalogue-document.ts';
import { draft, type KnownDraft } from '../../events/catalogue.ts';
import type { Crypto } from '../../lib/crypto.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Party } from '../ticket/events.ts';
import type { TicketClaims } from '../ticket/ticket-claims.ts';
import type { ParsedTicketCode } from '../ticket/ticket-code.ts';
import type { AnnulAdmission, GateKnowledge, ScanTicket } from './commands.ts';
import { type RefusalReason, SILENT_GATES_MAX } from './events.ts';
import { ticketStateOf } from './evolve.ts';
import {
  type AdmissionFacts,
  clockIsGood,
  refusalsOf,
  type Scanned,
  silentGatesOf,
  windowOf,
} from './refusal-checks.ts';
import { factId, type TicketFact, type TicketState } from './state.ts';
import { decideTicketKey } from './ticket-key.ts';

export type ScanVerdict = 'admit' | 'provisional' | 'refuse' | 'exit';
export type StaffNote = Exclude<CatalogueUnit['note'], 'none'>;

/** The answer to one scan, and the event that puts it on record. */
export interface ScanDecision {
  readonly verdict: ScanVerdict;
  /** Every reason that applies, in the order in which they win (T2); empty unless `refuse`. */
  readonly reasons: readonly RefusalReason[];
  readonly facts: AdmissionFacts;
  /** Null where nothing the code says is to be believed: unreadable, foreign or badly signed. */
  readonly claims: TicketClaims | null;
  readonly people: number;
  /** What staff must look at. */
  readonly notes: readonly StaffNote[];
  /** Entries on this ticket, this one included if it was admitted: "1 of 1". */
  readonly entriesUsed: number;
  readonly entriesAllowed: number;
  readonly drafts: readonly KnownDraft[];
}

/** The verdict on a scanned code (T2, T4), from what the gate knows. Pure: the same at kiosk, server and simulator. */
export function decideScan(crypto: Crypto, command: ScanTicket, gate: GateKnowledge): ScanDecision {
  if (!command.code.ok) return refuseUnbelieved(command, gate, command.code.error.kind);
  const scanned = look(crypto, command.code.value, gate);
  if (scanned.key === 'bad_signature') return refuseUnbelieved(command, gate, 'bad_signature');
  return command.direction === 'exit' ? exit(command, scanned) : enter(command, scanned);
}

/** Takes an admission back, once. @returns the draft of `AdmissionAnnulled` */
export function decideAnnulment(
  command: AnnulAdmission,
  facts: readonly TicketFact[],
): Result<KnownDraft, 'already_annulled' | 'unknown_admission'> {
  const { ticketId, original, reason } = command;
  const state = ticketStateOf(facts);
  // What this kiosk takes back is its own and stands in its stream: a fork is the past of a stream that was given up.
  const id = factId({ ...original, fork: '' });
  if (state.annulled.has(id)) return err('already_annulled');
  const admission = state.admissions.find((known) => factId(known) === id);
  if (!admission) return err('unknown_admission');
  const { gateId, people, businessDate, node, epoch, seq } = admission;
  const body = { original: { node, epoch, seq }, ticketId, gateId, people, businessDate, reason };
  return ok(draft('AdmissionAnnulled', `ticket:${ticketId}`, body, command));
}

export const peopleOf = (party: Party): number => party.reduce((sum, { count }) => sum + count, 0);

function look(crypto: Crypto, parsed: ParsedTicketCode, gate: GateKnowledge): Scanned {
  return {
    claims: parsed.claims,
    people: peopleOf(parsed.claims.party),
    key: decideTicketKey(crypto, parsed, gate),
    state: ticketStateOf(gate.facts),
    entriesAllowed: gate.product?.entriesAllowed ?? 1,
    gate,
  };
}

function enter(command: ScanTicket, scanned: Scanned): ScanDecision {
  const refusals = refusalsOf(scanned);
  const { claims, people, gate } = scanned;
  const { gateId, businessDate } = gate;
  if (refusals.length > 0) {
    const reasons = refusals.map(({ reason }) => reason);
    const body = { ticketId: claims.ticketId, gateId, businessDate, reasons, codeHash: command.codeHash };
    return {
      ...seen(scanned),
      verdict: 'refuse',
      reasons,
      // No two reasons say different things of one fact, so all of them can stand side by side.
      facts: Object.assign({}, ...refusals.map(({ facts }) => facts)) as AdmissionFacts,
      drafts: [draft('AdmissionRefused', subjectOf(claims), body, command)],
    };
  }
  const sure = gate.silentGates.length === 0 && clockIsGood(gate);
  const verdict = sure ? 'admit' : 'provisional';
  const silentGates = gate.silentGates.slice(0, SILENT_GATES_MAX).map((silent) => silent.gateId);
  const body = { ticketId: claims.ticketId, gateId, people, businessDate, verdict, silentGates } as const;
  return {
    ...seen(scanned),
    verdict,
    facts: { ...windowOf(claims), ...silentGatesOf(gate), ...(clockIsGood(gate) ? {} : { clockUnsure: true }) },
    entriesUsed: scanned.state.admissions.length + 1,
    drafts: [draft('TicketAdmitted', subjectOf(claims), body, command)],
  };
}

/** T4: nobody is kept inside. Whatever is wrong with the ticket, its people leave and are subtracted. */
function exit(command: ScanTicket, scanned: Scanned): ScanDecision {
  const { claims, people, state, gate } = scanned;
  const { gateId, businessDate } = gate;
  const body = { ticketId: claims.ticketId, gateId, people, businessDate, unmatched: unmatchedOf(state, people) };
  return {
    ...seen(scanned),
    verdict: 'exit',
    facts: windowOf(claims),
    drafts: [draft('TicketExited', subjectOf(claims), body, command)],
  };
}

/** A code that is no ticket says of nobody that they come or go; people without one are counted out by hand. */
function refuseUnbelieved(command: ScanTicket, gate: GateKnowledge, reason: RefusalReason): ScanDecision {
  const { gateId, businessDate } = gate;
  const body = { ticketId: null, gateId, businessDate, reasons: [reason], codeHash: command.codeHash };
  return {
    verdict: 'refuse',
    reasons: [reason],
    facts: {},
    claims: null,
    people: 0,
    notes: [],
    entriesUsed: 0,
    entriesAllowed: 0,
    drafts: [draft('AdmissionRefused', `gate:${gateId}`, body, command)],
  };
}

const seen = ({ claims, people, state, entriesAllowed, gate }: Scanned) => ({
  reasons: [],
  claims,
  people,
  notes: notesOf(claims.party, gate),
  entriesUsed: state.admissions.length,
  entriesAllowed,
});

function notesOf(party: Party, { product }: GateKnowledge): readonly StaffNote[] {
  const notes = party.map(({ unitId }) => product?.units[unitId]?.note ?? 'none');
  return [...new Set(notes)].filter((note) => note !== 'none');
}

/** People of an exit that no known entry accounts for. */
const unmatchedOf = (state: TicketState, people: number): number =>
  Math.max(0, people - Math.max(0, state.peopleInside));

const subjectOf = ({ ticketId }: TicketClaims): string => `ticket:${ticketId}`;

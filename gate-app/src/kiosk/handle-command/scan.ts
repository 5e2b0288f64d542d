import type { Words } from '@skygate/shared/documents/words';
import type { GateKnowledge } from '@skygate/shared/domain/admission/commands';
import { decideScan, type ScanDecision } from '@skygate/shared/domain/admission/decide';
import { ticketStateOf } from '@skygate/shared/domain/admission/evolve';
import { mayOverride } from '@skygate/shared/domain/admission/override';
import type { AdmissionFacts } from '@skygate/shared/domain/admission/refusal-checks';
import { parseTicketCode } from '@skygate/shared/domain/ticket/ticket-code';
import { eventId } from '@skygate/shared/events/envelope';
import { assert } from '@skygate/shared/lib/assert';
import { ok, type Result } from '@skygate/shared/lib/result';
import type { RecentScan, VerdictFacts, VerdictView } from '../../rpc-contract/gate-view.ts';
import type { Problem, Reply } from '../../rpc-contract/kiosk-api.ts';
import type { CoverageView, GateMode } from '../../rpc-contract/status-view.ts';
import { readTransaction } from '../event-log/open-database.ts';
import type { GateNames } from '../read-models/gate-names.ts';
import type { RecentScans } from '../read-models/recent-scans.ts';
import type { TicketKnowledge } from '../read-models/ticket-knowledge.ts';
import { type Actor, actorFor, type CommandContext, refused, said, storeProblem } from './command-context.ts';
import { productOf, unitNamesOf } from './words-for.ts';

export interface ScanContext extends CommandContext {
  readonly tickets: TicketKnowledge;
  readonly recentScans: RecentScans;
  readonly gateNames: GateNames;
  gateMode(): GateMode;
}

/** A code was held up to this gate: decide, put on record, and only then say so (K1, T2). */
export function scan(context: ScanContext, input: { readonly text: string }): Reply<VerdictView> {
  const startedMs = context.clock.monotonicMs();
  const judged = readTransaction(context.database, () => judge(context, input.text));
  if (!judged.ok) return refused(judged.error);
  const { actor, coverage, decision } = judged.value;

  const written = context.eventLog.append(decision.drafts);
  if (!written.ok) return refused(storeProblem(written.error));
  const [event] = written.value;
  assert(event, 'a scan is on record');
  const { identity, park } = actor;
  const facts = withNames(decision.facts, (gateId) => context.gateNames(identity.park, park.gates, gateId));
  const view = viewOf(decision, actor, { scanId: eventId(event), atMs: event.wallMs, coverage, facts });
  context.recentScans.add(recentOf(view));
  return said({ ...view, tookMs: context.clock.monotonicMs() - startedMs });
}

interface Judged {
  readonly actor: Actor;
  readonly coverage: CoverageView;
  readonly decision: ScanDecision;
}

/** All that a scan reads, and what follows from it. */
function judge(context: ScanContext, text: string): Result<Judged, Problem> {
  const actor = actorFor(context, 'admit');
  if (!actor.ok) return actor;
  const coverage = context.coverage(actor.value.identity);
  return ok({ actor: actor.value, coverage, decision: decide(context, { text, actor: actor.value, coverage }) });
}

function decide(
  context: ScanContext,
  { text, actor, coverage }: { text: string; actor: Actor; coverage: CoverageView },
): ScanDecision {
  const { crypto, tickets, clock } = context;
  const { identity, park, catalogue, nowMs, businessDate } = actor;
  const code = parseTicketCode(text);
  const claims = code.ok ? code.value.claims : null;
  const facts = claims === null ? [] : tickets.facts(identity.park, claims.ticketId);
  const knowledge: GateKnowledge = {
    park: identity.park,
    gateId: identity.gateId,
    nowMs,
    trust: clock.trust(),
    businessDate,
    exitsScanned: park.exitsScanned,
    silentGates: coverage.silent,
    placesInside: null,
    signingKey: code.ok ? tickets.signingKey(identity.park, code.value.kid) : undefined,
    ticket: claims === null ? undefined : tickets.ticket(identity.park, claims.ticketId),
    facts,
    product: claims === null ? undefined : productOf(catalogue, claims.productId),
  };
  const command = {
    direction: directionOf(context.gateMode(), () => ticketStateOf(facts).peopleInside > 0),
    code,
    codeHash: crypto.sha256Hex(text),
    actor: actor.actor,
    cause: null,
  };
  return decideScan(crypto, command, knowledge);
}

/** A gate in both directions takes a ticket whose people are inside for their exit. */
function directionOf(mode: GateMode, isInside: () => boolean): 'entry' | 'exit' {
  if (mode !== 'both') return mode;
  return isInside() ? 'exit' : 'entry';
}

function viewOf(
  decision: ScanDecision,
  { catalogue }: Actor,
  seen: Pick<VerdictView, 'scanId' | 'atMs' | 'coverage' | 'facts'>,
): Omit<VerdictView, 'tookMs'> {
  const { verdict, reasons, claims, notes, entriesUsed, entriesAllowed } = decision;
  const party = claims?.party ?? [];
  const product = claims === null ? undefined : productOf(catalogue, claims.productId);
  return {
    ...seen,
    verdict,
    reasons,
    ticketId: claims?.ticketId ?? null,
    product: product?.name ?? null,
    party,
    unitNames: unitNamesOf(catalogue, claims?.productId ?? null, party),
    notes,
    date: claims?.date ?? null,
    slot: claims?.slot ?? null,
    validUntilMs: claims?.expiresMs ?? null,
    entriesUsed,
    entriesAllowed,
    canUndo: verdict === 'admit' || verdict === 'provisional',
    canOverride: verdict === 'refuse' && mayOverride(reasons),
  };
}

/** The rules speak of gates by id; people know them by name. */
function withNames(facts: AdmissionFacts, gateName: (gateId: string) => Words): VerdictFacts {
  const { usedAtGate, allowedGates, silentGates, ...others } = facts;
  return {
    ...others,
    ...(usedAtGate === undefined ? {} : { usedAtGate: gateName(usedAtGate) }),
    ...(allowedGates === undefined ? {} : { allowedGates: allowedGates.map(gateName) }),
    ...(silentGates === undefined ? {} : { silentGates: silentGates.map(gateName) }),
  };
}

const recentOf = (view: Omit<VerdictView, 'tookMs'>): RecentScan => ({
  scanId: view.scanId,
  atMs: view.atMs,
  verdict: view.verdict,
  reason: view.reasons[0] ?? null,
  party: view.party,
  unitNames: view.unitNames,
  ticketId: view.ticketId,
  undone: false,
  overridden: false,
});

import { peopleOf } from '@skygate/shared/domain/admission/decide';
import type { AdmissionRefused } from '@skygate/shared/domain/admission/events';
import { decideOverride } from '@skygate/shared/domain/admission/override';
import { type Event, eventId } from '@skygate/shared/events/envelope';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { Person } from '@skygate/shared/protocol/people';
import type { RecentScan } from '../../rpc-contract/gate-view.ts';
import type { Problem, Reply } from '../../rpc-contract/kiosk-api.ts';
import type { StoredEvents } from '../event-log/stored-event.ts';
import type { CheckPin } from '../staff/check-pin.ts';
import { permits } from '../staff/permissions.ts';
import { type Actor, actorFor, problem, refused, said, storeProblem } from './command-context.ts';
import type { ScanContext } from './scan.ts';

export interface OverrideContext extends ScanContext {
  readonly checkPin: CheckPin;
  readonly storedEvents: StoredEvents;
}

export interface OverrideInput {
  readonly scanId: string;
  readonly reason: string;
  /** Whose decision it is; null if that is who is logged in. */
  readonly supervisor: { readonly staffId: string; readonly pin: string } | null;
}

/**
 * A supervisor lets in whom this gate refused (T3): by name and with a reason. A repeated call finds the first one's event
 * and lets nobody in a second time.
 */
export async function overrideRefusal(context: OverrideContext, input: OverrideInput): Promise<Reply<RecentScan>> {
  const actor = actorFor(context, 'admit');
  if (!actor.ok) return refused(actor.error);
  const supervisor = await supervisorOf(context, actor.value, input);
  if (!supervisor.ok) return refused(supervisor.error);

  // The PIN took its time: what was scanned meanwhile has changed nothing about this refusal.
  const refusal = context.recentScans.list().find(({ scanId }) => scanId === input.scanId);
  const event = refusal?.verdict === 'refuse' ? refusedEvent(context, actor.value, input.scanId) : null;
  if (!refusal || event === null) return refused(problem('nothing_to_override'));
  const commandId = `override ${input.scanId}`;
  const done = context.eventLog.eventOfCommand(commandId);
  if (done === 'pruned') return refused(problem('done_before'));
  if (done !== null) return said(admittedOf(refusal, done));

  const { businessDate, identity } = actor.value;
  const body = event.body as unknown as AdmissionRefused;
  const decided = decideOverride({
    ticketId: body.ticketId,
    reasons: body.reasons,
    people: peopleOf(refusal.party),
    gateId: identity.gateId,
    businessDate,
    reason: input.reason,
    actor: `staff:${supervisor.value.staffId}`,
    cause: input.scanId,
  });
  if (!decided.ok) {
    return refused(problem(decided.error === 'reason_needed' ? 'reason_needed' : 'nothing_to_override'));
  }
  const written = context.eventLog.append([decided.value], { commandId });
  if (!written.ok) return refused(storeProblem(written.error));
  const [overridden] = written.value;
  if (overridden === undefined) return refused(problem('nothing_to_override'));
  const admitted = admittedOf(refusal, overridden);
  context.recentScans.add(admitted);
  return said(admitted);
}

async function supervisorOf(
  context: OverrideContext,
  { person, identity }: Actor,
  { supervisor }: OverrideInput,
): Promise<Result<Person, Problem>> {
  const checked = supervisor === null ? ok(person) : await context.checkPin(supervisor);
  if (!checked.ok) return checked;
  const { role } = checked.value;
  const may = permits({ permission: 'override', staff: role, kiosk: identity.role });
  return may ? checked : err(problem('not_permitted', { role }));
}

/** The refusal as it is in this kiosk's own log. */
function refusedEvent({ storedEvents }: OverrideContext, { identity }: Actor, scanId: string): Event | null {
  const seq = Number(scanId.split('/').at(-1));
  if (!Number.isSafeInteger(seq) || scanId !== eventId({ ...identity, seq })) return null;
  const event = storedEvents.read(identity, seq);
  return event?.type === 'AdmissionRefused' ? event : null;
}

const admittedOf = (refusal: RecentScan, event: Event): RecentScan => ({
  ...refusal,
  scanId: eventId(event),
  atMs: event.wallMs,
  verdict: 'admit',
  reason: null,
  overridden: true,
});

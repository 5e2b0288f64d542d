import { draft, type KnownDraft } from '../../events/catalogue.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { RefusalReason } from './events.ts';

/** A supervisor lets in whom the rules refused. */
export interface OverrideRefusal {
  /** What the refused scan was of, and every reason it was refused for. */
  readonly ticketId: string | null;
  readonly reasons: readonly RefusalReason[];
  readonly people: number;
  readonly gateId: string;
  readonly businessDate: string;
  /** Why, in the supervisor's words. */
  readonly reason: string;
  readonly actor: string;
  /** The refused scan's event. */
  readonly cause: string;
}

/** Refusals of what is no ticket that anybody here could know: there is nobody to let in on it. */
const BEYOND_OVERRIDE: readonly RefusalReason[] = ['unreadable', 'foreign', 'bad_signature', 'unknown_key'];

/** Whether a supervisor may overrule this refusal at all. */
export const mayOverride = (reasons: readonly RefusalReason[]): boolean =>
  reasons.length > 0 && !reasons.some((reason) => BEYOND_OVERRIDE.includes(reason));

/** An entry by name and with a reason, outside the entries that the ticket allows (T3, C3). */
export function decideOverride(
  command: OverrideRefusal,
): Result<KnownDraft, 'no_ticket' | 'reason_needed' | 'no_people'> {
  const { ticketId, reasons, people, gateId, businessDate } = command;
  if (ticketId === null || !mayOverride(reasons)) return err('no_ticket');
  if (people < 1) return err('no_people');
  const reason = command.reason.trim();
  if (reason === '') return err('reason_needed');
  const body = { ticketId, gateId, people, businessDate, reasons: [...reasons], reason };
  return ok(draft('AdmissionOverridden', `ticket:${ticketId}`, body, command));
}

import type { CatalogueDocument } from '@skygate/shared/documents/catalogue-document';
import type { ParkDocument } from '@skygate/shared/documents/park-document';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { businessDateOf } from '@skygate/shared/lib/local-time';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import type { Person } from '@skygate/shared/protocol/people';
import type { NodeKey } from '@skygate/shared/sync/chain';
import { GROUP_BYTES_MAX } from '@skygate/shared/sync/push-text';
import type { Database } from 'better-sqlite3';
import type { Problem, ProblemCode, Reply } from '../../rpc-contract/kiosk-api.ts';
import type { CoverageView } from '../../rpc-contract/status-view.ts';
import type { ParkDocuments } from '../documents/park-documents.ts';
import type { AppendProblem, EventLog, KioskIdentity } from '../event-log/event-log.ts';
import type { KioskClock } from '../kiosk-clock.ts';
import type { Log, Random } from '../ports.ts';
import { type Permission, permits } from '../staff/permissions.ts';
import type { Session } from '../staff/session.ts';

/** What commands work with. Each takes the parts it uses. */
export interface CommandContext {
  readonly database: Database;
  readonly eventLog: EventLog;
  readonly documents: ParkDocuments;
  readonly session: Session;
  readonly clock: KioskClock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly log: Log;
  /** The till's delegated ticket key; null while it has none that may sign (T1). */
  readonly signingKey: () => NodeKey | null;
  coverage(identity: KioskIdentity): CoverageView;
}

/** The ground every command stands on: an enrolled kiosk that knows its park. */
export interface Ground {
  readonly identity: KioskIdentity;
  readonly park: ParkDocument;
  readonly catalogue: CatalogueDocument;
  /** The corrected time: a clock known to be wrong judges no ticket (H2). */
  readonly nowMs: number;
  readonly businessDate: string;
}

/** ... and somebody who may do it. */
export interface Actor extends Ground {
  readonly person: Person;
  /** `staff:<id>` */
  readonly actor: string;
}

export const problem = (code: ProblemCode, data: Problem['data'] = {}): Problem => ({ code, data });

const EMPTY_CATALOGUE: CatalogueDocument = { products: {} };

/** The ground, or `not_enrolled`; `waiting_for_park` from the enrolment until it has pulled its park and its own name there. */
export function groundOf(context: Pick<CommandContext, 'eventLog' | 'documents' | 'clock'>): Result<Ground, Problem> {
  const identity = context.eventLog.identity();
  if (identity === null) return err(problem('not_enrolled'));
  const park = context.documents.valueOf('park');
  if (park === null || !context.eventLog.isIntroduced()) return err(problem('waiting_for_park'));
  const nowMs = context.clock.nowMs();
  const businessDate = businessDateOf(nowMs, park.timeZone, park.cutOffHour);
  return ok({
    identity,
    park,
    catalogue: context.documents.valueOf('catalogue') ?? EMPTY_CATALOGUE,
    nowMs,
    businessDate,
  });
}

/** Who is logged in, if they may do this and this kiosk is of the kind that does it (X3). */
export function actorFor(context: CommandContext, permission: Permission): Result<Actor, Problem> {
  const ground = groundOf(context);
  if (!ground.ok) return ground;
  const person = context.session.person(ground.value.businessDate);
  if (person === null) return err(problem('not_logged_in'));
  // Said before anything is worked out: the reason is the stop, not what it led to (E6, X4).
  const stop = context.eventLog.stop();
  if (stop !== null && permission !== 'set_up') return err(storeProblem({ kind: 'stopped', ...stop }));
  if (!permits({ permission, staff: person.role, kiosk: ground.value.identity.role })) {
    return err(problem('not_permitted', { role: person.role }));
  }
  return ok({ ...ground.value, person, actor: `staff:${person.staffId}` });
}

export const said = <Value>(value: Value): Reply<Value> => ({ ok: true, value });
export const refused = <Value>(reason: Problem): Reply<Value> => ({ ok: false, problem: reason });

/** Why nothing was written, for a person. */
export function storeProblem(why: AppendProblem): Problem {
  if (why.kind === 'disk_full') return problem('disk_full');
  if (why.kind === 'too_large') {
    const kilobytes = Math.ceil(why.bytes / 1024);
    return problem('too_much_at_once', { kilobytes, max: Math.floor(GROUP_BYTES_MAX / 1024) });
  }
  return problem(why.code === 'revoked' ? 'kiosk_revoked' : 'kiosk_stopped', { reason: why.reason });
}

import { bytesToBase64url, utf8ToBytes } from '@skygate/shared/lib/bytes';
import type { Crypto } from '@skygate/shared/lib/crypto';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import {
  ENROLMENT_CODE_PATTERN,
  type EnrolRequest,
  type EnrolResponse,
  enrolmentProofText,
  enrolResponse,
} from '@skygate/shared/protocol/enrol';
import type { EventLog, KioskIdentity } from '../event-log/event-log.ts';
import type { KioskClock } from '../kiosk-clock.ts';
import { type AskProblem, describeProblem, type ServerLink } from './server-link.ts';

const TIMEOUT_MS = 15_000;

/** Why an enrolment did not happen (S1); the names are those of the rpc contract's problem codes. */
export type EnrolProblem =
  | { readonly code: 'enrolment_code_unknown' | 'enrolment_code_used' | 'enrolment_code_expired' }
  | { readonly code: 'server_unreachable' | 'server_refused' | 'disk_full' | 'bad_input'; readonly detail: string };

export interface EnrolDeps {
  readonly eventLog: EventLog;
  readonly clock: KioskClock;
  readonly link: ServerLink;
  readonly crypto: Crypto;
  readonly keys: { readonly nodeSeed: Uint8Array; readonly signingSeed: Uint8Array };
  readonly appVersion: string;
}

/**
 * S1: trades a one-time code for a node and an epoch. The keys were on disk before this was called, so an enrolment
 * whose answer got lost is simply asked for again: the same code with the same key is the same enrolment.
 */
export async function enrol(
  deps: EnrolDeps,
  input: { readonly serverUrl: string; readonly code: string },
  signal: AbortSignal,
): Promise<Result<KioskIdentity, EnrolProblem>> {
  const serverUrl = tidyServerUrl(input.serverUrl);
  if (serverUrl === null) {
    return err({ code: 'bad_input', detail: `${JSON.stringify(input.serverUrl.slice(0, 100))} is no http address` });
  }
  const code = tidyCode(input.code);
  if (!new RegExp(ENROLMENT_CODE_PATTERN).test(code)) return err({ code: 'enrolment_code_unknown' });
  const askedMs = deps.clock.monotonicMs();
  const answer = await deps.link.ask(
    serverUrl,
    {
      method: 'POST',
      path: '/sync/enrol',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(requestOf(deps, code)),
      timeoutMs: TIMEOUT_MS,
    },
    { answer: enrolResponse, signal },
  );
  if (!answer.ok) return err(problemOf(answer.error));
  deps.clock.serverAnswered({ serverMs: answer.value.serverMs, roundTripMs: deps.clock.monotonicMs() - askedMs });
  return remember(deps.eventLog, answer.value, serverUrl);
}

function requestOf(deps: EnrolDeps, code: string): EnrolRequest {
  const { crypto, keys } = deps;
  const publicKey = bytesToBase64url(crypto.publicKeyOf(keys.nodeSeed));
  const signingPublicKey = bytesToBase64url(crypto.publicKeyOf(keys.signingSeed));
  const proof = crypto.sign(keys.nodeSeed, utf8ToBytes(enrolmentProofText(code, publicKey, signingPublicKey)));
  return { code, publicKey, signingPublicKey, proof: bytesToBase64url(proof), appVersion: deps.appVersion };
}

function remember(eventLog: EventLog, answer: EnrolResponse, serverUrl: string): Result<KioskIdentity, EnrolProblem> {
  const { name, role, gateId, number, epoch } = answer;
  // The schema of the answer has checked both names.
  const park = answer.park as ParkId;
  const node = answer.node as NodeId;
  const identity = { park, node, epoch, name, role, gateId, number, serverUrl };
  const stored = eventLog.enrol(identity, answer.hq, answer.logId);
  if (stored.ok) return ok(identity);
  return err(
    stored.error.kind === 'disk_full'
      ? { code: 'disk_full', detail: 'the enrolment could not be stored' }
      : { code: 'server_refused', detail: stored.error.reason },
  );
}

function problemOf(problem: AskProblem): EnrolProblem {
  const detail = describeProblem(problem);
  if (problem.kind === 'unreachable') return { code: 'server_unreachable', detail };
  if (problem.kind === 'nonsense') return { code: 'server_refused', detail };
  switch (problem.refusal.code) {
    case 'not_found':
      return { code: 'enrolment_code_unknown' };
    case 'enrolment_code_used':
    case 'enrolment_code_expired':
      return { code: problem.refusal.code };
    default:
      return { code: 'server_refused', detail };
  }
}

/** What a person typed: `abcd-2345` with any spaces, and the letters that Crockford's alphabet reads as digits. */
export const tidyCode = (text: string): string =>
  text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');

/** `http://hq.example:4800/` -> `http://hq.example:4800`; null if it is no http address. */
export function tidyServerUrl(text: string): string | null {
  const typed = text.trim();
  const url = URL.parse(/^[a-z]+:\/\//i.test(typed) ? typed : `http://${typed}`);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

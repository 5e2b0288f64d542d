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
import type { KioskKeys, KioskSeeds } from '../kiosk-keys.ts';
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
  readonly keys: KioskKeys;
  readonly appVersion: string;
}

/**
 * S1: trades a one-time code for a node and an epoch, with keys made for this enrolment alone (E6). They are on disk
 * before they are shown, so an enrolment whose answer got lost is simply asked for again: whoever comes with the same key
 * and was never heard of is the same kiosk, whatever the code. Until the answer is committed the kiosk is what it was,
 * after that it is what HQ made it.
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
  const first = await tryOnce(deps, { serverUrl, code }, signal);
  if (first.ok) return first;
  if (!first.error.areKeysRefused) return err(first.error.problem);
  // They are somebody else's too, as a copied disk's are: it comes with new ones.
  if (!deps.eventLog.keysRefused().ok) return err(NO_ROOM);
  const second = await tryOnce(deps, { serverUrl, code }, signal);
  return second.ok ? second : err(second.error.problem);
}

interface Refused {
  readonly problem: EnrolProblem;
  readonly areKeysRefused: boolean;
}

const refused = (problem: EnrolProblem, areKeysRefused = false) => err({ problem, areKeysRefused });

async function tryOnce(
  deps: EnrolDeps,
  { serverUrl, code }: { readonly serverUrl: string; readonly code: string },
  signal: AbortSignal,
): Promise<Result<KioskIdentity, Refused>> {
  const attempt = beginAttempt(deps);
  if (!attempt.ok) return refused(attempt.error);
  const request = requestOf(deps, attempt.value, code);
  const askedMs = deps.clock.monotonicMs();
  const answer = await deps.link.ask(
    serverUrl,
    {
      method: 'POST',
      path: '/sync/enrol',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...request, ...wasOf(deps.eventLog.identity()) }),
      timeoutMs: TIMEOUT_MS,
      version1: { body: JSON.stringify(request) },
    },
    { answer: enrolResponse, signal },
  );
  if (!answer.ok) return refused(problemOf(answer.error), areKeysRefused(answer.error));
  deps.clock.serverAnswered({ serverMs: answer.value.serverMs, roundTripMs: deps.clock.monotonicMs() - askedMs });
  const remembered = remember(deps, answer.value, { serverUrl, attempt: attempt.value });
  return remembered.ok ? remembered : refused(remembered.error);
}

const areKeysRefused = (problem: AskProblem): boolean =>
  problem.kind === 'refused' && problem.refusal.code === 'unauthenticated';

interface Attempt extends KioskSeeds {
  readonly generation: number;
}

const NO_ROOM = { code: 'disk_full', detail: 'there is no room for new keys' } as const;

/** Durable before anybody hears of it: the keys, and that they are the ones that were shown. */
function beginAttempt({ eventLog, keys }: EnrolDeps): Result<Attempt, EnrolProblem> {
  const generation = eventLog.nextGeneration();
  try {
    const seeds = keys.ofGeneration(generation);
    const begun = eventLog.beginAttempt(generation);
    return begun.ok ? ok({ ...seeds, generation }) : err(NO_ROOM);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return err(NO_ROOM);
    throw error;
  }
}

function requestOf(deps: EnrolDeps, keys: KioskSeeds, code: string): EnrolRequest {
  const { crypto } = deps;
  const publicKey = bytesToBase64url(crypto.publicKeyOf(keys.nodeSeed));
  const signingPublicKey = bytesToBase64url(crypto.publicKeyOf(keys.signingSeed));
  const proof = crypto.sign(keys.nodeSeed, utf8ToBytes(enrolmentProofText(code, publicKey, signingPublicKey)));
  return { code, publicKey, signingPublicKey, proof: bytesToBase64url(proof), appVersion: deps.appVersion };
}

/** Since 2: the server may have been put back from before it let this kiosk in, and then knows nothing of it (E8). */
const wasOf = (identity: KioskIdentity | null): Pick<EnrolRequest, 'was'> =>
  identity === null ? {} : { was: { node: identity.node, epoch: identity.epoch } };

function remember(
  { eventLog, keys }: EnrolDeps,
  answer: EnrolResponse,
  { serverUrl, attempt }: { readonly serverUrl: string; readonly attempt: Attempt },
): Result<KioskIdentity, EnrolProblem> {
  const { name, role, gateId, number, epoch } = answer;
  // The schema of the answer has checked both names.
  const park = answer.park as ParkId;
  const node = answer.node as NodeId;
  const identity = { park, node, epoch, name, role, gateId, number, serverUrl };
  const stored = eventLog.enrol(identity, answer.hq, answer.logId, attempt);
  if (stored.ok) {
    keys.use(attempt.generation);
    return ok(identity);
  }
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

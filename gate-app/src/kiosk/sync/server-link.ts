import { schemaProblem } from '@skygate/shared/events/read-event';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import { type ProblemResponse, problemResponse, problemType, SYNC_PROBLEMS } from '@skygate/shared/protocol/problem';
import { retryAfterMs } from '@skygate/shared/sync/backoff';
import type { StreamEnd } from '@skygate/shared/sync/outbox';
import type Type from 'typebox';
import type { KioskClock } from '../kiosk-clock.ts';
import { type HttpRequest, type HttpResponse, NetworkError, type Transport } from '../ports.ts';
import { createSpokenVersions, isUnknownTo, requestOf } from './spoken-version.ts';

/** No answer of ours is larger: a pull page is bounded, and so is a park's staff (X2). */
const ANSWER_CHARS_MAX = 16 * 1024 * 1024;

export interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /**
   * What differs where the server speaks version 1 only: the form it knows, or null if it knows no such question, which
   * then is answered 426 `upgrade_needed` here. Left out where both versions ask alike.
   */
  readonly version1?: Version1Form | null;
}

export interface Version1Form {
  readonly method?: Question['method'];
  readonly path?: string;
  readonly body?: string;
}

/** A refusal in the server's own words (RFC 9457): whatever else stands on the way does not say these. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly retryAfterMs: number;
  /** With `gap` and `equivocation`. */
  readonly needFrom: number | null;
  /** Where the server's own copy of the stream ends; null where it does not say so (E6). */
  readonly end: StreamEnd | null;
}

export type AskProblem =
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** An answer that is not in the server's words: the page of a proxy or of a network that wants a log-in. */
  | { readonly kind: 'nonsense'; readonly status: number; readonly detail: string; readonly retryAfterMs: number };

/**
 * Questions to one server, with answers parsed by schema; remembers when it last answered. Only what is in the server's own
 * words is its answer (S2): a page that something on the way puts in its place judges nothing, whatever its status.
 */
export interface ServerLink {
  ask<Schema extends Type.TSchema>(
    serverUrl: string,
    question: Question,
    options: { readonly answer: Schema; readonly signal: AbortSignal },
  ): Promise<Result<Type.Static<Schema>, AskProblem>>;
  /** Wall clock of the server's last answer, whatever it said; null if never. */
  lastContactMs(): number | null;
  /** The version this server is spoken to in: the newest of ours, until it said that it does not know that one. */
  protocolVersion(serverUrl: string): number;
}

export function createServerLink(deps: { readonly transport: Transport; readonly clock: KioskClock }): ServerLink {
  let lastContactMs: number | null = null;
  const versions = createSpokenVersions(deps.clock);

  /** A server that does not know our version is asked again in the one before, at once (426). */
  const exchange = async (call: Call): Promise<Result<HttpResponse, AskProblem>> => {
    const version = versions.of(call.serverUrl);
    if (isUnknownTo(call.question, version)) return tooNewFor(version);
    const { serverUrl, signal } = call;
    const response = await send(deps.transport, { serverUrl, request: requestOf(call.question, version), signal });
    const goesOn = response.ok && isTooNewFor(response.value) && versions.goDown(serverUrl, version);
    return goesOn ? exchange(call) : response;
  };

  return {
    ask: async (serverUrl, question, { answer, signal }) => {
      const response = await exchange({ serverUrl, question, signal });
      if (!response.ok) return response;
      const read = readAnswer(answer, response.value);
      if (read.ok || read.error.kind === 'refused') lastContactMs = deps.clock.nowMs();
      return read;
    },
    lastContactMs: () => lastContactMs,
    protocolVersion: versions.of,
  };
}

interface Call {
  readonly serverUrl: string;
  readonly question: Question;
  readonly signal: AbortSignal;
}

function tooNewFor(version: number): Result<never, AskProblem> {
  const detail = `the server speaks version ${version} of the protocol, which has no such question`;
  const refusal = { status: 426, code: 'upgrade_needed', detail, retryAfterMs: 0, needFrom: null, end: null };
  return err({ kind: 'refused', refusal });
}

async function send(
  transport: Transport,
  call: { readonly serverUrl: string; readonly request: HttpRequest; readonly signal: AbortSignal },
): Promise<Result<HttpResponse, AskProblem>> {
  try {
    return ok(await transport.request(call.serverUrl, call.request, call.signal));
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    return err({ kind: 'unreachable', detail: error.message });
  }
}

function readAnswer<Schema extends Type.TSchema>(
  schema: Schema,
  response: HttpResponse,
): Result<Type.Static<Schema>, AskProblem> {
  const { status, body } = response;
  if (body.length > ANSWER_CHARS_MAX) return nonsense(response, `an answer of ${body.length} characters`);
  const value = parseText(body);
  if (status !== 200 && status !== 201) {
    const problem = ownProblem(status, value);
    return problem === null ? nonsense(response, 'not in its own words') : refused(response, problem);
  }
  const problem = schemaProblem(schema, value);
  return problem === null ? ok(value as Type.Static<Schema>) : nonsense(response, problem);
}

const retryAfterOf = ({ headers }: HttpResponse): number => retryAfterMs(headers['retry-after']);

function nonsense(response: HttpResponse, problem: string): Result<never, AskProblem> {
  const { status } = response;
  const detail = `the server's answer (${status}): ${problem}`;
  return err({ kind: 'nonsense', status, detail, retryAfterMs: retryAfterOf(response) });
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a proxy's error page, a cut answer: no schema takes undefined
  }
}

/** The server's own problem document; null for anybody else's. Gateways speak RFC 9457 too, but not under this name. */
function ownProblem(status: number, value: unknown): ProblemResponse | null {
  if (schemaProblem(problemResponse, value) !== null) return null;
  const problem = value as ProblemResponse;
  return problem.type === problemType(problem.code) && problem.status === status ? problem : null;
}

function isTooNewFor({ status, body }: HttpResponse): boolean {
  return status === SYNC_PROBLEMS.upgrade_needed && ownProblem(status, parseText(body))?.code === 'upgrade_needed';
}

function refused(response: HttpResponse, problem: ProblemResponse): Result<never, AskProblem> {
  const detail = (problem.detail ?? problem.title).slice(0, 300);
  const { status, code, lastSeq, lastHash, needFrom = null } = problem;
  const end = lastSeq === undefined || lastHash === undefined ? null : { lastSeq, lastHash };
  return err({
    kind: 'refused',
    refusal: { status, code, detail, retryAfterMs: retryAfterOf(response), needFrom, end },
  });
}

/** What went wrong, in words for support. */
export function describeProblem(problem: AskProblem): string {
  return problem.kind === 'refused' ? `${problem.refusal.code}: ${problem.refusal.detail}` : problem.detail;
}

import { err, type Result } from '@skygate/shared/lib/result';
import type Type from 'typebox';
import type { EventLog, KioskIdentity } from '../event-log/event-log.ts';
import type { Outcome } from './lane.ts';
import { type AskProblem, describeProblem, type Question, type ServerLink } from './server-link.ts';
import type { Tokens } from './token.ts';

export interface AskAsNodeDeps {
  readonly eventLog: EventLog;
  readonly link: ServerLink;
  readonly tokens: Tokens;
  /** X4: the server says that this incarnation was revoked. */
  readonly learnRevoked: (why: string) => void;
}

/** Besides what a question can meet: no token at hand, or an incarnation that ended while the question was out. */
export type NodeProblem = AskProblem | { readonly kind: 'no_token' } | { readonly kind: 'other_incarnation' };

/** A question in the name of this node and epoch. A token that is refused is forgotten. */
export async function askAsNode<Schema extends Type.TSchema>(
  deps: AskAsNodeDeps,
  question: Question,
  options: { readonly answer: Schema; readonly signal: AbortSignal },
): Promise<Result<Type.Static<Schema>, NodeProblem>> {
  const identity = deps.eventLog.identity();
  const token = deps.tokens.current();
  if (identity === null || token === null) return err({ kind: 'no_token' });
  const headers = { ...question.headers, authorization: `Bearer ${token}` };
  const answer = await deps.link.ask(identity.serverUrl, { ...question, headers }, options);
  if (!isSameIncarnation(identity, deps.eventLog.identity())) return err({ kind: 'other_incarnation' });
  if (!answer.ok && isUnauthenticated(answer.error)) {
    deps.tokens.refused(token);
    return err({ kind: 'no_token' });
  }
  if (!answer.ok && question.path !== '/sync/push') stopIfClosed(deps, identity, answer.error);
  return answer;
}

/** E6, X4: an incarnation that HQ ended writes no more. Pushes do not come here: they may be of another stream. */
function stopIfClosed({ eventLog, learnRevoked }: AskAsNodeDeps, asked: KioskIdentity, problem: AskProblem): void {
  if (problem.kind !== 'refused' || !isSameIncarnation(asked, eventLog.identity())) return;
  if (problem.refusal.code === 'epoch_closed') eventLog.stopWriting(describeProblem(problem), 'closed');
  if (problem.refusal.code === 'revoked') learnRevoked(describeProblem(problem));
}

const isUnauthenticated = (problem: AskProblem): boolean =>
  problem.kind === 'refused' && problem.refusal.status === 401;

const isSameIncarnation = (before: KioskIdentity, now: KioskIdentity | null): boolean =>
  now !== null && now.node === before.node && now.epoch === before.epoch;

/** Gets a token for this incarnation; a server that closed it says so here first (E6). */
export async function getToken(deps: AskAsNodeDeps, signal: AbortSignal): Promise<Outcome> {
  const identity = deps.eventLog.identity();
  if (identity === null) return { input: 'failed', why: 'not enrolled' };
  const token = await deps.tokens.get(identity, signal);
  if (!token.ok) stopIfClosed(deps, identity, token.error);
  else if (deps.tokens.isForRevoked() && isSameIncarnation(identity, deps.eventLog.identity())) {
    deps.learnRevoked('the server gives a token for delivering what is left, and no other');
  }
  return token.ok ? { input: 'token_given' } : outcomeOfProblem(token.error);
}

/** The server has no more for this incarnation on this way: pulls of a revoked kiosk, everything of a closed one. */
const ENDED: ReadonlySet<string> = new Set(['epoch_closed', 'revoked']);

/** What a question that failed means for a lane, where the lane has no rule of its own. */
export function outcomeOfProblem(problem: NodeProblem): Outcome {
  if (problem.kind === 'no_token') return { input: 'token_refused' };
  if (problem.kind === 'other_incarnation') return { input: 'failed', why: 'enrolled anew' };
  const why = describeProblem(problem);
  if (problem.kind === 'unreachable') return { input: 'failed', why };
  if (problem.kind === 'nonsense') return { input: 'failed', why, retryAfterMs: problem.retryAfterMs };
  if (ENDED.has(problem.refusal.code)) return { input: 'refused_for_good', why };
  return { input: 'failed', why, retryAfterMs: problem.refusal.retryAfterMs };
}

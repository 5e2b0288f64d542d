import { type TextsRequest, type TextsResponse, textsResponse } from '@skygate/shared/protocol/texts';
import { placeOfText, type TextToDeliver } from '../event-log/text-store.ts';
import type { Log } from '../ports.ts';
import { type AskAsNodeDeps, askAsNode, type NodeProblem, outcomeOfProblem } from './ask-as-node.ts';
import { storeFailed } from './greet.ts';
import type { Outcome } from './lane.ts';
import { describeProblem } from './server-link.ts';

const TIMEOUT_MS = 30_000;
/** The first version of the protocol that knows texts; an older server is never asked. */
const SINCE_VERSION = 2;
/** So often in a row an answer that is not in the server's own words is taken for something that stands in the way. */
const STRANGE_MAX = 3;

/** Brings what people typed to the server, each once its event is there (E5). Repeated until the server says it has it. */
export interface TextDeliveries {
  hasWork(): boolean;
  /** To be called with work only. */
  exchange(signal: AbortSignal): Promise<Outcome>;
  /** A new session: what was refused for a reason that may be over is tried again. */
  tryAgain(): void;
}

export interface TextDeliveryDeps extends AskAsNodeDeps {
  readonly log: Log;
}

export function createTextDeliveries(deps: TextDeliveryDeps): TextDeliveries {
  const { eventLog, link, log } = deps;
  /** By place: the answer may be of an event that gave way, and the text be another's by the time it comes (E6). */
  const aside = new Set<string>();
  /** Places for whose sake the server was asked what it has. */
  const missed = new Set<string>();
  let strange = 0;

  const knowsTexts = (): boolean => {
    const identity = eventLog.identity();
    return identity !== null && link.protocolVersion(identity.serverUrl) >= SINCE_VERSION;
  };
  const putAside = (refused: readonly TextToDeliver[], why: string): void => {
    for (const text of refused) aside.add(placeOfText(text));
    log.warn({ texts: refused.length, why }, 'the server does not take these texts now');
  };

  const answered = (sent: readonly TextToDeliver[], { verdicts, logId, held = 0 }: TextsResponse): Outcome => {
    if (logId !== eventLog.position().logId) return { input: 'state_doubted', why: 'the server has another log' };
    const verdictOf = (index: number): string => verdicts[index] ?? 'no verdict';
    const isDone = (index: number): boolean => DONE.has(verdictOf(index));
    for (const [why, refused] of Map.groupBy(sent.entries(), ([index]) => verdictOf(index))) {
      if (DONE.has(why)) continue;
      putAside(
        refused.map(([, text]) => text),
        why,
      );
    }
    const done = sent.filter((_, index) => isDone(index));
    for (const text of done) missed.delete(placeOfText(text));
    const noted = eventLog.texts.delivered(namesOf(done), held);
    if (!noted.ok) return storeFailed(noted.error);
    const isLost = missesAnew(sent.filter((_, index) => verdictOf(index) === 'no_event'));
    return isLost ? { input: 'state_doubted', why: 'the server lacks events that it had' } : { input: 'exchanged' };
  };
  /** Only texts of events that the server had are sent: it may have lost them (K3). Each is a reason to ask it once. */
  const missesAnew = (texts: readonly TextToDeliver[]): boolean => {
    const before = missed.size;
    for (const text of texts) missed.add(placeOfText(text));
    return missed.size > before;
  };

  return {
    hasWork: () => knowsTexts() && eventLog.texts.hasNext(aside),
    exchange: async (signal) => {
      const sent = eventLog.texts.next(aside);
      if (sent.length === 0) return { input: 'exchanged' };
      const answer = await askAsNode(deps, questionOf(sent), { answer: textsResponse, signal });
      if (answer.ok) {
        strange = 0;
        return answered(sent, answer.value);
      }
      if (!isAboutTheTexts(answer.error)) return outcomeOfProblem(answer.error);
      strange = isStrange(answer.error) ? strange + 1 : 0;
      // A proxy's page: put aside, they would wait for a session that a good network never ends.
      if (strange > 0 && strange < STRANGE_MAX) return { input: 'failed', why: describeProblem(answer.error) };
      strange = 0;
      // Events must not wait for texts (K5).
      putAside(sent, describeProblem(answer.error));
      return { input: 'exchanged' };
    },
    tryAgain: () => aside.clear(),
  };
}

const DONE: ReadonlySet<string> = new Set(['kept', 'erased']);

const namesOf = (texts: readonly TextToDeliver[]): readonly string[] => texts.map(({ name }) => name);

function questionOf(texts: readonly TextToDeliver[]) {
  return {
    method: 'POST',
    path: '/sync/texts',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ texts: [...texts] } satisfies TextsRequest),
    timeoutMs: TIMEOUT_MS,
    version1: null,
  } as const;
}

/** Perhaps not of this server at all: it refuses by codes of its own. */
const isStrange = (problem: NodeProblem): boolean =>
  problem.kind === 'nonsense' || (problem.kind === 'refused' && problem.refusal.code.startsWith('http_'));

/** Whether the server is there and in order, as far as this question shows, and has no use for it. */
function isAboutTheTexts(
  problem: NodeProblem,
): problem is Exclude<NodeProblem, { kind: 'no_token' | 'other_incarnation' }> {
  if (problem.kind === 'nonsense') return true;
  if (problem.kind !== 'refused') return false;
  return ![401, 410, 429, 503].includes(problem.refusal.status);
}

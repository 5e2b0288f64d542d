import { type TextsRequest, type TextsResponse, textsResponse } from '@skygate/shared/protocol/texts';
import { placeOfText, type TextToDeliver } from '../event-log/text-store.ts';
import type { Log } from '../ports.ts';
import { type AskAsNodeDeps, askAsNode, type NodeProblem, outcomeOfProblem } from './ask-as-node.ts';
import { storeFailed } from './greet.ts';
import type { Outcome } from './lane.ts';
import { describeProblem } from './server-link.ts';
import { createStrangeAnswers } from './strange-answers.ts';

const TIMEOUT_MS = 30_000;
/** The first version of the protocol that knows texts; an older server is never asked. */
const SINCE_VERSION = 2;

/** Brings what people typed to the server, each once its event is there (E5). Repeated until the server says it has it. */
export interface TextDeliveries {
  hasWork(): boolean;
  /** To be called with work only. */
  exchange(signal: AbortSignal): Promise<Outcome>;
  /** Something that the server did not take is still to be given. */
  hasPutBack(): boolean;
  /** A new session: what was refused for a reason that may be over is tried again. */
  tryAgain(): void;
  /** Of what was set aside, what the server never spoke of is tried again. @returns whether there is any */
  takeUpUnheard(): boolean;
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
  /** Those of `aside` about which something else answered in the server's place. */
  const unheard = new Set<string>();
  const strange = createStrangeAnswers();

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
        strange.over();
        return answered(sent, answer.value);
      }
      if (!isAboutTheTexts(answer.error)) return outcomeOfProblem(answer.error);
      const why = describeProblem(answer.error);
      if (answer.error.kind === 'nonsense') {
        // A proxy's page: put aside, they would wait for a session that a good network never ends.
        if (strange.isFirst()) return { input: 'failed', why };
        for (const text of sent) unheard.add(placeOfText(text));
      } else strange.over();
      // Events must not wait for texts (K5).
      putAside(sent, why);
      return { input: 'exchanged' };
    },
    hasPutBack: () => aside.size > 0 && knowsTexts() && eventLog.texts.hasNext(NONE),
    tryAgain: () => {
      aside.clear();
      unheard.clear();
    },
    takeUpUnheard: () => {
      const isAny = unheard.size > 0;
      for (const place of unheard) aside.delete(place);
      unheard.clear();
      return isAny;
    },
  };
}

const DONE: ReadonlySet<string> = new Set(['kept', 'erased']);
const NONE: ReadonlySet<string> = new Set();

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

/** Whether the server is there and in order, as far as this question shows, and has no use for it. */
function isAboutTheTexts(
  problem: NodeProblem,
): problem is Exclude<NodeProblem, { kind: 'no_token' | 'other_incarnation' }> {
  if (problem.kind === 'nonsense') return problem.status !== 429 && problem.status !== 503;
  if (problem.kind !== 'refused') return false;
  // A server in trouble says nothing of the texts: put aside, they would be erased with a revoked kiosk (X4).
  const { status } = problem.refusal;
  return status < 500 && ![401, 410, 429].includes(status);
}

import { type WipedRequest, wipedResponse } from '@skygate/shared/protocol/signing-key';
import { type StateResponse, stateResponse } from '@skygate/shared/protocol/state';
import { askAsNode, getToken } from './ask-as-node.ts';
import { type GreetDeps, stateQuestion } from './greet.ts';
import type { Upload } from './upload.ts';

const TIMEOUT_MS = 10_000;
const TOKENS_TRIED = 2;

/**
 * X4: asks the server once more, after the last delivery, whether it holds this kiosk's own stream to its end, as much of
 * what was typed here as it had, and wants nothing else that is here. What it says counts, not what it once acknowledged: it may have lost its tail since (K3).
 */
export async function confirmDelivered(
  deps: GreetDeps,
  upload: Pick<Upload, 'doubt' | 'hasWork' | 'takeUpUnheard'>,
  signal: AbortSignal,
): Promise<boolean> {
  const { eventLog } = deps;
  const state = await askState(deps, signal);
  if (state === null) return false;
  const { acknowledged, acknowledgedHash, logId, wants = [], earlierHq = [] } = state;
  const head = eventLog.ownHead();
  // Of a disk that was put back to before its first event nothing can be lacking, whatever stands in its stream there (E6).
  const isHeld = head.seq === 0 || (acknowledged === head.seq && acknowledgedHash === head.hash);
  if (!isHeld || logId !== eventLog.position().logId) {
    upload.doubt(`the server has ${acknowledged} of our ${head.seq} events`);
    return false;
  }
  const noted = eventLog.others.wanted(wants, earlierHq);
  // Texts come after their events: an older backup may lie between the two (E5, E8).
  const texts = state.texts === undefined ? noted : eventLog.texts.heldAtServer(state.texts);
  // What a page on the way kept from the server is nowhere else yet.
  return noted.ok && texts.ok && !upload.takeUpUnheard() && !upload.hasWork();
}

/**
 * An upload with nothing to bring gets no token any more, and the one at hand ends while the server does not let this
 * kiosk go. One that the server refuses may look good here: a machine's monotonic clock stands still in its sleep (H2).
 * @returns null: no answer
 */
async function askState(deps: GreetDeps, signal: AbortSignal): Promise<StateResponse | null> {
  for (let tries = 0; tries < TOKENS_TRIED; tries += 1) {
    if ((await getToken(deps, signal)).input !== 'token_given') return null;
    const answer = await askAsNode(deps, stateQuestion(deps), { answer: stateResponse, signal });
    if (answer.ok) return answer.value;
    if (answer.error.kind !== 'no_token') return null;
  }
  return null;
}

/**
 * X4: the last word of a revoked kiosk, with what it holds: the server may have lost that since it was asked. Safe to repeat.
 * @returns whether the server has heard it
 */
export async function sayWiped(deps: GreetDeps, signal: AbortSignal): Promise<boolean> {
  const { others, texts } = deps.eventLog;
  const body: WipedRequest = { streams: [...others.vector()], texts: texts.mostHeld() };
  const question = {
    method: 'POST',
    path: '/sync/wiped',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    timeoutMs: TIMEOUT_MS,
    // A server of version 1 knows no such word, and then nothing is erased.
    version1: null,
  } as const;
  const heard = await askAsNode(deps, question, { answer: wipedResponse, signal });
  const identity = deps.eventLog.identity();
  return heard.ok && heard.value.node === identity?.node && heard.value.epoch === identity.epoch;
}

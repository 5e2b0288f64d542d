import { type wipedRequest, wipedResponse } from '@skygate/shared/protocol/signing-key';
import { stateResponse } from '@skygate/shared/protocol/state';
import type Type from 'typebox';
import { askAsNode } from './ask-as-node.ts';
import { type GreetDeps, stateQuestion } from './greet.ts';
import type { Upload } from './upload.ts';

const TIMEOUT_MS = 10_000;

/**
 * X4: asks the server once more, after the last delivery, whether it holds this kiosk's own stream to its end and wants
 * nothing else that is here. What it says counts, not what it once acknowledged: it may have lost its tail since (K3).
 */
export async function confirmDelivered(
  deps: GreetDeps,
  upload: Pick<Upload, 'doubt' | 'hasWork'>,
  signal: AbortSignal,
): Promise<boolean> {
  const { eventLog } = deps;
  const answer = await askAsNode(deps, stateQuestion(deps), { answer: stateResponse, signal });
  if (!answer.ok) return false;
  const { acknowledged, acknowledgedHash, logId, wants = [], earlierHq = [] } = answer.value;
  const head = eventLog.ownHead();
  if (acknowledged !== head.seq || acknowledgedHash !== head.hash || logId !== eventLog.position().logId) {
    upload.doubt(`the server has ${acknowledged} of our ${head.seq} events`);
    return false;
  }
  const noted = eventLog.others.wanted(wants, earlierHq);
  return noted.ok && !upload.hasWork();
}

/** X4: the last word of a revoked kiosk. Safe to repeat. @returns whether the server has heard it */
export async function sayWiped(deps: GreetDeps, signal: AbortSignal): Promise<boolean> {
  const body: Type.Static<typeof wipedRequest> = {};
  const question = {
    method: 'POST',
    path: '/sync/wiped',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    timeoutMs: TIMEOUT_MS,
    // A server of version 1 knows no such word, and then nothing is erased.
    version1: null,
  } as const;
  return (await askAsNode(deps, question, { answer: wipedResponse, signal })).ok;
}

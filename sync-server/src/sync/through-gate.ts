import type { FastifyReply, FastifyRequest } from 'fastify';
import { isPassingTrouble } from '../db/passing-trouble.ts';
import { nodeOf } from '../plugins/node-auth.ts';
import { busyProblem } from '../plugins/problem.ts';
import type { PushGate } from './push-gate.ts';

/**
 * S5: whatever a kiosk asks that waits for its park's row, one door lets in, and by turns: one that asks much holds neither
 * the park nor the connections of the database. @throws Problem 503 where too many wait
 */
export async function throughGate<Value>(
  gate: PushGate,
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<Value>,
): Promise<Value> {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const leave = await gate.enter(nodeOf(request), gone.signal);
  if (!leave) throw busyProblem('Many kiosks are sending at the moment; try again.');
  try {
    return await work();
  } catch (error) {
    if (isPassingTrouble(error)) gate.noteTrouble();
    throw error;
  } finally {
    leave();
  }
}

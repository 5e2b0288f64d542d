import { isOutOfTime } from '../db/passing-trouble.ts';

/** Does the work, or something smaller in its place where the database cut it off for the time it took. */
export async function inTimeOr<Value>(work: () => Promise<Value>, otherwise: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!isOutOfTime(error)) throw error;
    return otherwise();
  }
}

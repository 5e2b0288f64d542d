/**
 * SQLSTATE classes that say nothing of what was asked: connection (08), rollback (40), resources (53), a lock not had
 * (55), operator (57), the machine (58), and the time limits of a transaction (25P03, 25P04).
 */
const PASSING_STATES = /^(?:08|40|53|55|57|58)...$|^25P0[34]$/;
const PASSING_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE']);
/** What the driver says without a code. */
const PASSING_WORDS = /timeout exceeded when trying to connect|Connection terminated/;

/** Whether the database failed for a reason that may be gone a moment later, so that trying again is right. */
export function isPassingTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return PASSING_CODES.has(code) || PASSING_STATES.test(code) || PASSING_WORDS.test(error.message);
}

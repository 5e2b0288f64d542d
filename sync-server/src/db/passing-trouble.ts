/**
 * SQLSTATE classes that say nothing of what was asked: connection (08), rollback (40), resources (53), a lock not had
 * (55), operator (57), the machine (58), and the time limits of a transaction (25P03, 25P04).
 */
const PASSING_STATES = /^(?:08|40|53|55|57|58)...$|^25P0[34]$/;
const PASSING_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE']);
/** What the driver says without a code. */
const PASSING_WORDS = /timeout exceeded when trying to connect|Connection terminated|is not queryable/;

/** Whether the database failed for a reason that may be gone a moment later, so that trying again is right. */
export function isPassingTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return PASSING_CODES.has(code) || PASSING_STATES.test(code) || PASSING_WORDS.test(error.message);
}

/** What is said of a connection that the database closed between two statements: the time limit, mostly. */
const CUT_OFF_WORDS = /Connection terminated|is not queryable/;

/** Whether a transaction took longer than it may: of `withTransaction` (25P04), or a statement of it (57014). */
export function isOutOfTime(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : '';
  return code === '25P04' || code === '57014' || CUT_OFF_WORDS.test(error.message);
}

/**
 * Keeps a code that stays in front of the camera from being scanned again and again. A code is reported once, and again
 * only after it has been out of view for `LEFT_VIEW_MS`: one lost frame, a shaking hand or a blink of glare is not
 * leaving. Each code is judged by itself, so the next guest's ticket is never held back by the last one's. Pure.
 */
export const LEFT_VIEW_MS = 1500;

/** When each code still counted as in view was last seen. */
export type CodesInView = ReadonlyMap<string, number>;

export const NOTHING_IN_VIEW: CodesInView = new Map();

/** What one frame showed, at a time in milliseconds; `fresh` are the codes to report. */
export function seeFrame(
  inView: CodesInView,
  codes: readonly string[],
  atMs: number,
): { readonly inView: CodesInView; readonly fresh: readonly string[] } {
  const still = new Map([...inView].filter(([, seenMs]) => atMs - seenMs < LEFT_VIEW_MS));
  const fresh = codes.filter((code, index) => !still.has(code) && codes.indexOf(code) === index);
  for (const code of codes) still.set(code, atMs);
  return { inView: still, fresh };
}

/**
 * The scanner looked away (a pause): what was in view then is taken to have stayed there for a short pause, so that
 * closing a dialogue does not scan the ticket still on the glass; after a long one everything is new.
 */
export function lookAgain(inView: CodesInView, pausedMs: number): CodesInView {
  if (pausedMs >= FORGET_MS) return NOTHING_IN_VIEW;
  return new Map([...inView].map(([code, seenMs]) => [code, seenMs + pausedMs]));
}

const FORGET_MS = 5000;

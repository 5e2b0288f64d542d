import { describe, expect, it } from 'vitest';
import { type CodesInView, LEFT_VIEW_MS, lookAgain, NOTHING_IN_VIEW, seeFrame } from './repeat-filter.ts';

/** Codes reported for frames of [time, codes seen]. */
function reported(frames: readonly (readonly [number, readonly string[]])[], start: CodesInView = NOTHING_IN_VIEW) {
  let inView = start;
  return frames.flatMap(([atMs, codes]) => {
    const seen = seeFrame(inView, codes, atMs);
    inView = seen.inView;
    return seen.fresh;
  });
}

describe('seeFrame', () => {
  it('reports a code held still once', () => {
    expect(reported(Array.from({ length: 200 }, (_, i) => [i * 50, ['A']] as const))).toEqual(['A']);
  });

  it('does not take lost frames for leaving', () => {
    expect(
      reported([
        [0, ['A']],
        [LEFT_VIEW_MS - 1, []],
        [LEFT_VIEW_MS - 1, ['A']],
        [2 * LEFT_VIEW_MS - 2, ['A']],
      ]),
    ).toEqual(['A']);
  });

  it('reports a code again that was away', () => {
    expect(
      reported([
        [0, ['A']],
        [LEFT_VIEW_MS, ['A']],
      ]),
    ).toEqual(['A', 'A']);
  });

  it("never holds the next guest's ticket back", () => {
    expect(
      reported([
        [0, ['A']],
        [50, ['B']],
        [100, ['A']],
        [150, ['A', 'B', 'C', 'C']],
      ]),
    ).toEqual(['A', 'B', 'C']);
  });

  it('forgets codes that left', () => {
    const { inView } = seeFrame(seeFrame(NOTHING_IN_VIEW, ['A'], 0).inView, [], LEFT_VIEW_MS);
    expect(inView.size).toBe(0);
  });
});

describe('lookAgain', () => {
  const inView = seeFrame(NOTHING_IN_VIEW, ['A'], 0).inView;

  it('takes a ticket still there after a short pause for the same showing', () => {
    expect(reported([[3050, ['A']]], lookAgain(inView, 3000))).toEqual([]);
  });

  it('takes everything for new after a long one', () => {
    expect(reported([[60_000, ['A']]], lookAgain(inView, 60_000))).toEqual(['A']);
  });
});

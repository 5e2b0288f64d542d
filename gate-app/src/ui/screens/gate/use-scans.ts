import { useCallback, useEffect, useRef, useState } from 'react';
import type { RecentScan, VerdictView } from '../../../rpc-contract/gate-view.ts';
import { answerOf, type ScreenProblem, useApi } from '../../kiosk-provider.tsx';
import { soundOf, type VerdictSounds } from '../../sound/verdict-sounds.ts';

/** What the whole screen shows for one scan. */
export type Shown =
  /** `overridden`: a supervisor let in whom the kiosk refused. */
  | { readonly kind: 'verdict'; readonly view: VerdictView; readonly overridden?: true }
  /** The scanner itself gave up: nothing reached the kiosk. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'problem'; readonly problem: ScreenProblem };

export interface Scans {
  readonly shown: Shown | null;
  readonly scan: (text: string, source: 'camera' | 'wedge' | 'typed') => void;
  readonly showUnreadable: () => void;
  /** A supervisor let in whom this verdict refused. */
  readonly overridden: (view: VerdictView, admitted: RecentScan) => void;
  /** Keeps what is shown until the next scan: somebody is reading. */
  readonly hold: () => void;
  readonly close: () => void;
}

/** A green light is taken in at a glance; anything else has to be read out to a guest. */
const GLANCE_MS = 1_500;
const READING_MS = 6_000;

/** Sends scans to the kiosk and shows each answer until its time is over or the next answer comes. Never blocks one. */
export function useScans(sounds: VerdictSounds): Scans {
  const api = useApi();
  const [shown, setShown] = useState<Shown | null>(null);
  const [isHeld, setHeld] = useState(false);
  const asked = useRef(0);
  const answered = useRef(0);

  const show = useCallback((next: Shown) => {
    setHeld(false);
    setShown(next);
  }, []);
  const showUnreadable = useCallback(() => {
    sounds.play('unreadable');
    show({ kind: 'unreadable' });
  }, [sounds, show]);
  const overridden = useCallback(
    (view: VerdictView, admitted: RecentScan) => {
      const { scanId, atMs } = admitted;
      const shownNow = {
        ...view,
        scanId,
        atMs,
        verdict: 'admit',
        reasons: [],
        canUndo: false,
        canOverride: false,
      } as const;
      sounds.play(soundOf(shownNow));
      show({ kind: 'verdict', view: shownNow, overridden: true });
    },
    [sounds, show],
  );
  const scan = useCallback(
    async (text: string, source: 'camera' | 'wedge' | 'typed') => {
      asked.current += 1;
      const turn = asked.current;
      const answer = await answerOf(api.scan({ text, source }));
      // An earlier scan's late answer must not stand over a later one's: the guest it was for has gone.
      if (turn < answered.current) return;
      answered.current = turn;
      sounds.play(answer.ok ? soundOf(answer.value) : 'unreadable');
      show(answer.ok ? { kind: 'verdict', view: answer.value } : { kind: 'problem', problem: answer.problem });
    },
    [api, sounds, show],
  );
  useEffect(() => {
    if (shown === null || isHeld) return;
    const timer = setTimeout(() => setShown(null), showTimeMs(shown));
    return () => clearTimeout(timer);
  }, [shown, isHeld]);

  return {
    shown,
    scan,
    showUnreadable,
    overridden,
    hold: useCallback(() => setHeld(true), []),
    close: useCallback(() => setShown(null), []),
  };
}

export function showTimeMs(shown: Shown): number {
  if (shown.kind !== 'verdict') return READING_MS;
  const { verdict, notes } = shown.view;
  return (verdict === 'admit' || verdict === 'exit') && notes.length === 0 ? GLANCE_MS : READING_MS;
}

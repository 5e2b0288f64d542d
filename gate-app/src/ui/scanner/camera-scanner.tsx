import { type CSSProperties, useEffect, useRef } from 'react';
import type { CameraState, ReaderLibrary } from './camera-state.ts';
import { type FramePump, pumpFrames } from './frame-pump.ts';
import { lookAgain, NOTHING_IN_VIEW, seeFrame } from './repeat-filter.ts';
import { runCamera } from './run-camera.ts';

export interface CameraScannerProps {
  /** A code came into view; once each time it does. */
  readonly onCode: (text: string) => void;
  /** Looks away: the picture goes on, nothing is reported. */
  readonly paused: boolean;
  readonly library: ReaderLibrary;
  /** The setting's camera, or null for the best there is. */
  readonly cameraId?: string | null;
  /** What the camera is doing; the screen shows it in words, and lets staff try again. */
  readonly onState?: (state: CameraState) => void;
  /** Another number tries again. A camera that is plugged in is tried by itself. */
  readonly attempt?: number;
  /** Said to screen readers. */
  readonly label?: string;
  readonly className?: string;
  readonly style?: CSSProperties;
}

/** The camera's picture, and the codes in it. Fills the box it is given; the aiming frame is the screen's. */
export function CameraScanner({ paused, library, cameraId = null, attempt = 0, ...props }: CameraScannerProps) {
  const video = useRef<HTMLVideoElement>(null);
  const pump = useRef<FramePump | null>(null);
  const inView = useRef(NOTHING_IN_VIEW);
  const pausedAtMs = useRef<number | null>(null);
  // The camera must not restart because the screen drew itself again with new functions.
  const handlers = useRef(props);
  handlers.current = props;
  const isPaused = useRef(paused);
  isPaused.current = paused;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is only there to try again
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    const show = (stream: MediaStream): (() => void) => {
      element.srcObject = stream;
      void element.play().catch(() => undefined);
      const started = pumpFrames(element, library, {
        onReady: (running) => handlers.current.onState?.({ kind: 'running', label: labelOf(stream), library: running }),
        onFrame: (codes, atMs) => {
          const seen = seeFrame(inView.current, codes, atMs);
          inView.current = seen.inView;
          for (const code of seen.fresh) handlers.current.onCode(code);
        },
      });
      started.setPaused(isPaused.current);
      pump.current = started;
      return () => {
        started.stop();
        pump.current = null;
        element.srcObject = null;
      };
    };
    const onState = (state: CameraState): void => handlers.current.onState?.(state);
    return runCamera({ devices: navigator.mediaDevices, cameraId, show, onState });
  }, [cameraId, library, attempt]);

  useEffect(() => {
    pump.current?.setPaused(paused);
    if (paused) pausedAtMs.current = performance.now();
    else if (pausedAtMs.current !== null) {
      inView.current = lookAgain(inView.current, performance.now() - pausedAtMs.current);
      pausedAtMs.current = null;
    }
  }, [paused]);

  const style = { width: '100%', height: '100%', objectFit: 'cover', ...props.style } as const;
  return <video ref={video} className={props.className} style={style} aria-label={props.label} muted playsInline />;
}

function labelOf(stream: MediaStream): string {
  return stream.getVideoTracks()[0]?.label ?? '';
}

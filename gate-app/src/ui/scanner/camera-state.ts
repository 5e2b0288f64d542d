/** Which decoder reads the frames: WASM first, plain JavaScript where WASM is unavailable or by setting. */
export type ReaderLibrary = 'zxing-wasm' | 'zxing-js';

/** Why there is no picture; the screen has a sentence and a next step for each. */
export type CameraFailure =
  | 'unsupported' // this browser or page offers no camera at all
  | 'missing' // no camera is connected, or not the chosen one
  | 'denied' // the browser or the system refused
  | 'busy' // another program holds it
  | 'unplugged' // it was there and went away
  | 'failed'; // anything else: `detail` says what

/** What the camera is doing, for the screen to show. */
export type CameraState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly label: string; readonly library: ReaderLibrary }
  | { readonly kind: 'off'; readonly failure: CameraFailure; readonly detail: string };

const FAILURES: Readonly<Record<string, CameraFailure>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  DevicesNotFoundError: 'missing',
  NotReadableError: 'busy',
  TrackStartError: 'busy',
  AbortError: 'busy',
};

/** Names what getUserMedia threw. */
export function cameraFailureOf(error: unknown): Extract<CameraState, { kind: 'off' }> {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  const detail = error instanceof Error ? error.message : String(error);
  return { kind: 'off', failure: FAILURES[name] ?? 'failed', detail };
}

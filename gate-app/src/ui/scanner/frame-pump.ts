import type { ReaderLibrary } from './camera-state.ts';
import type { FromDecoder, ToDecoder } from './decode-messages.ts';

/** At most this many frames a second are decoded: enough to feel instant, little enough to keep a fanless box cool. */
const FRAMES_PER_SECOND_MAX = 15;
/** A worker that has not answered for this long is dead (out of memory, killed): a new one takes over. */
const ANSWER_MS_MAX = 10_000;

export interface FramePumpHandlers {
  readonly onReady: (library: ReaderLibrary) => void;
  /** Every decoded frame, with the codes it showed. `atMs` is the page's monotonic clock. */
  readonly onFrame: (codes: readonly string[], atMs: number) => void;
}

export interface FramePump {
  setPaused(paused: boolean): void;
  stop(): void;
}

/** Carries frames from a playing video to a decoding worker, one at a time, and the codes back. */
export function pumpFrames(video: HTMLVideoElement, library: ReaderLibrary, handlers: FramePumpHandlers): FramePump {
  let worker = startWorker();
  let frameId = 0;
  let waitingSinceMs: number | null = null;
  let lastSentMs = Number.NEGATIVE_INFINITY;
  let restUntilMs = 0;
  let isPaused = false;

  function startWorker(): Worker {
    const started = new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module' });
    started.addEventListener('message', (event: MessageEvent<FromDecoder>) => receive(event.data));
    send(started, { kind: 'start', library });
    return started;
  }

  function receive(message: FromDecoder): void {
    if (message.kind === 'ready') {
      handlers.onReady(message.library);
      return;
    }
    if (message.frameId !== frameId) return;
    waitingSinceMs = null;
    const nowMs = performance.now();
    // As long a rest as the work took: an empty view, looked at in every way, must not keep a slow machine at full load.
    restUntilMs = nowMs + (nowMs - lastSentMs);
    if (!isPaused) handlers.onFrame(message.codes, nowMs);
  }

  async function sendFrame(nowMs: number): Promise<void> {
    frameId += 1;
    waitingSinceMs = nowMs;
    lastSentMs = nowMs;
    try {
      const bitmap = await createImageBitmap(video);
      send(worker, { kind: 'frame', frameId, bitmap }, [bitmap]);
    } catch {
      // Between two cameras, or in a hidden window, a video has no picture for a moment.
      waitingSinceMs = null;
    }
  }

  const timer = setInterval(() => {
    const nowMs = performance.now();
    if (waitingSinceMs !== null && nowMs - waitingSinceMs > ANSWER_MS_MAX) {
      worker.terminate();
      worker = startWorker();
      waitingSinceMs = null;
    }
    const isTime = nowMs >= restUntilMs && nowMs - lastSentMs >= 1000 / FRAMES_PER_SECOND_MAX;
    const hasPicture = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.videoWidth > 0;
    if (!isPaused && waitingSinceMs === null && isTime && hasPicture) void sendFrame(nowMs);
  }, TICK_MS);

  return {
    setPaused: (paused) => {
      isPaused = paused;
    },
    stop: () => {
      clearInterval(timer);
      worker.terminate();
    },
  };
}

const TICK_MS = 20;

function send(worker: Worker, message: ToDecoder, transfer: Transferable[] = []): void {
  worker.postMessage(message, transfer);
}

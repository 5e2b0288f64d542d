import { closeCamera, type MediaDevicesPort, openCamera } from './camera.ts';
import type { CameraState } from './camera-state.ts';

export interface RunCameraDeps {
  /** Undefined where the page may not use cameras at all. */
  readonly devices: MediaDevicesPort | undefined;
  readonly cameraId: string | null;
  /** Shows the stream and reads it; the function it answers ends that. */
  readonly show: (stream: MediaStream) => () => void;
  readonly onState: (state: CameraState) => void;
}

/**
 * Keeps a camera running: says why when there is none, and tries again by itself when a device comes or goes. Returns
 * what switches it off.
 */
export function runCamera({ devices, cameraId, show, onState }: RunCameraDeps): () => void {
  let isStopped = false;
  let isOpening = false;
  let running: { readonly stream: MediaStream; readonly hide: () => void } | null = null;

  const close = (): void => {
    if (running === null) return;
    running.hide();
    closeCamera(running.stream);
    running = null;
  };
  const start = async (): Promise<void> => {
    if (isStopped || isOpening || running !== null) return;
    isOpening = true;
    onState({ kind: 'starting' });
    const opened = await openCamera(devices, cameraId);
    isOpening = false;
    if (!opened.ok) {
      if (!isStopped) onState(opened.error);
      return;
    }
    // The screen may have gone while the system asked for permission: then the light must not stay on.
    if (isStopped) return closeCamera(opened.value);
    running = { stream: opened.value, hide: show(opened.value) };
    for (const track of opened.value.getVideoTracks()) track.addEventListener('ended', onEnded);
  };
  const onEnded = (): void => {
    close();
    if (!isStopped) onState({ kind: 'off', failure: 'unplugged', detail: 'the camera went away' });
  };
  const onDeviceChange = (): void => void start();

  devices?.addEventListener('devicechange', onDeviceChange);
  void start();
  return () => {
    isStopped = true;
    devices?.removeEventListener('devicechange', onDeviceChange);
    close();
  };
}

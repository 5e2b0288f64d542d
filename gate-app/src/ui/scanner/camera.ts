import { err, ok, type Result } from '@skygate/shared/lib/result';
import { type CameraState, cameraFailureOf } from './camera-state.ts';

type Off = Extract<CameraState, { kind: 'off' }>;

export interface Camera {
  readonly deviceId: string;
  /** As the system calls it; empty until the page may use cameras. */
  readonly label: string;
}

/** The part of navigator.mediaDevices that is used. */
export type MediaDevicesPort = Pick<
  MediaDevices,
  'getUserMedia' | 'enumerateDevices' | 'addEventListener' | 'removeEventListener'
>;

/** For the settings screen. */
export async function listCameras(devices: MediaDevicesPort | undefined): Promise<readonly Camera[]> {
  const all = (await devices?.enumerateDevices().catch(() => [])) ?? [];
  return all
    .filter(({ kind, deviceId }) => kind === 'videoinput' && deviceId !== '')
    .map(({ deviceId, label }) => ({ deviceId, label }));
}

/** Opens the chosen camera, or the best one where none is chosen: at a gate that is the one that faces the guest. */
export async function openCamera(
  devices: MediaDevicesPort | undefined,
  cameraId: string | null,
): Promise<Result<MediaStream, Off>> {
  if (devices === undefined) return err({ kind: 'off', failure: 'unsupported', detail: 'no mediaDevices' });
  try {
    const which = cameraId === null ? { facingMode: 'environment' } : { deviceId: { exact: cameraId } };
    return ok(await devices.getUserMedia({ audio: false, video: { ...SIZE, ...which } }));
  } catch (error) {
    return err(cameraFailureOf(error));
  }
}

/** Switches the camera off, light and all. */
export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** Small frames decode in a few milliseconds and still show a ticket at arm's length. */
const SIZE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } as const;

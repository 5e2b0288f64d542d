import { describe, expect, it, vi } from 'vitest';
import type { MediaDevicesPort } from './camera.ts';
import type { CameraState } from './camera-state.ts';
import { runCamera } from './run-camera.ts';

/** Fake: one video track that can be pulled out. */
class FakeTrack extends EventTarget {
  isStopped = false;
  stop(): void {
    this.isStopped = true;
  }
  unplug(): void {
    this.dispatchEvent(new Event('ended'));
  }
}

function fakeStream(track: FakeTrack): MediaStream {
  return { getTracks: () => [track], getVideoTracks: () => [track] } as unknown as MediaStream;
}

/** Fake: a system whose camera answers what the test says. */
class FakeDevices extends EventTarget {
  answers: (() => Promise<MediaStream>)[] = [];
  readonly asked: MediaStreamConstraints[] = [];
  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
    this.asked.push(constraints);
    return this.answers.shift()?.() ?? Promise.reject(new DOMException('nothing left', 'NotFoundError'));
  }
  enumerateDevices = async (): Promise<MediaDeviceInfo[]> => [];
}

function given(...answers: (() => Promise<MediaStream>)[]) {
  const devices = new FakeDevices();
  devices.answers = answers;
  const states: CameraState[] = [];
  const hide = vi.fn();
  const show = vi.fn(() => hide);
  const stop = runCamera({
    devices: devices as unknown as MediaDevicesPort,
    cameraId: null,
    show,
    onState: (state) => states.push(state),
  });
  return { devices, states, hide, show, stop };
}

const refuse = (name: string) => () => Promise.reject(new DOMException('no', name));
const failures = (states: readonly CameraState[]) => states.flatMap((s) => (s.kind === 'off' ? [s.failure] : []));

describe('runCamera', () => {
  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'missing'],
    ['OverconstrainedError', 'missing'],
    ['NotReadableError', 'busy'],
    ['SomethingNewError', 'failed'],
  ])('says why there is no picture: %s is %s', async (name, failure) => {
    const { states } = given(refuse(name));
    await vi.waitFor(() => expect(failures(states)).toEqual([failure]));
  });

  it('says that a page cannot use cameras at all', async () => {
    const states: CameraState[] = [];
    runCamera({ devices: undefined, cameraId: null, show: () => () => undefined, onState: (s) => states.push(s) });
    await vi.waitFor(() => expect(failures(states)).toEqual(['unsupported']));
  });

  it('tries again by itself when a camera is plugged in', async () => {
    const { devices, show, states } = given(refuse('NotFoundError'), async () => fakeStream(new FakeTrack()));
    await vi.waitFor(() => expect(failures(states)).toEqual(['missing']));
    devices.dispatchEvent(new Event('devicechange'));
    await vi.waitFor(() => expect(show).toHaveBeenCalledOnce());
  });

  it('says that the camera was unplugged, and starts again when it is back', async () => {
    const track = new FakeTrack();
    const { devices, show, hide, states } = given(
      async () => fakeStream(track),
      async () => fakeStream(new FakeTrack()),
    );
    await vi.waitFor(() => expect(show).toHaveBeenCalledOnce());
    track.unplug();
    expect(failures(states)).toEqual(['unplugged']);
    expect(hide).toHaveBeenCalledOnce();
    devices.dispatchEvent(new Event('devicechange'));
    await vi.waitFor(() => expect(show).toHaveBeenCalledTimes(2));
  });

  it('switches the camera off when stopped', async () => {
    const track = new FakeTrack();
    const { show, hide, stop } = given(async () => fakeStream(track));
    await vi.waitFor(() => expect(show).toHaveBeenCalledOnce());
    stop();
    expect([track.isStopped, hide.mock.calls.length]).toEqual([true, 1]);
  });

  it('switches the camera off that opens after it was stopped', async () => {
    const track = new FakeTrack();
    const opened = Promise.withResolvers<MediaStream>();
    const { show, stop } = given(() => opened.promise);
    stop();
    opened.resolve(fakeStream(track));
    await vi.waitFor(() => expect(track.isStopped).toBe(true));
    expect(show).not.toHaveBeenCalled();
  });

  it("asks for the setting's camera and no other", async () => {
    const devices = new FakeDevices();
    runCamera({
      devices: devices as unknown as MediaDevicesPort,
      cameraId: 'cam-2',
      show: () => () => undefined,
      onState: () => undefined,
    });
    expect(devices.asked[0]?.video).toMatchObject({ deviceId: { exact: 'cam-2' } });
  });
});

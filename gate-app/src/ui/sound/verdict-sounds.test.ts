import { describe, expect, it, vi } from 'vitest';
import type { VerdictView } from '../../rpc-contract/gate-view.ts';
import { createVerdictSounds, SOUNDS, soundOf, type VerdictSound } from './verdict-sounds.ts';

/** Fake: an AudioContext that writes down what it was asked to sound. */
class FakeAudio {
  state = 'suspended';
  currentTime = 10;
  destination = {} as AudioDestinationNode;
  readonly started: { frequencyHz: number; at: number; type: string }[] = [];
  stops = 0;
  closed = false;
  peak = 0;
  resume = vi.fn(async () => {
    this.state = 'running';
  });
  close = async (): Promise<void> => {
    this.closed = true;
  };
  createGain(): GainNode {
    const ramp = (value: number): void => {
      this.peak = Math.max(this.peak, value);
    };
    return {
      gain: { setValueAtTime: ramp, linearRampToValueAtTime: ramp },
      connect: () => undefined,
    } as unknown as GainNode;
  }
  createOscillator(): OscillatorNode {
    let frequencyHz = 0;
    const node = {
      type: 'sine',
      frequency: {
        setValueAtTime: (value: number) => {
          frequencyHz = value;
        },
      },
      connect: () => undefined,
      disconnect: () => undefined,
      start: (at: number) => this.started.push({ frequencyHz, at, type: node.type }),
      stop: () => {
        this.stops += 1;
      },
    };
    return node as unknown as OscillatorNode;
  }
}

function given(audio: FakeAudio | null = new FakeAudio()) {
  const firstTouch = new EventTarget();
  const sounds = createVerdictSounds({ createContext: () => audio, firstTouch });
  const touch = async (): Promise<void> => {
    firstTouch.dispatchEvent(new Event('pointerdown'));
    await Promise.resolve();
  };
  return { audio: audio ?? new FakeAudio(), sounds, touch };
}

describe('the sounds', () => {
  it('are told apart without looking: no two have the same notes', () => {
    const scores = Object.values(SOUNDS).map((notes) => JSON.stringify(notes.map((n) => [n.frequencyHz, n.wave])));
    expect(new Set(scores).size).toBe(scores.length);
  });

  it('follow the table: one high note, two notes, high-low, low buzz, tick', () => {
    const heights = (sound: VerdictSound) => SOUNDS[sound].map((note) => note.frequencyHz);
    expect(heights('admit')).toHaveLength(1);
    expect(heights('attention')).toHaveLength(2);
    expect(heights('provisional')[0]).toBeGreaterThan(heights('provisional')[1] ?? 0);
    expect(Math.max(...heights('refuse'))).toBeLessThan(200);
    expect(SOUNDS.unreadable[0]?.lengthMs).toBeLessThan(60);
  });
});

describe('createVerdictSounds', () => {
  it('plays after the first touch', async () => {
    const { audio, sounds, touch } = given();
    await touch();
    sounds.play('attention');
    expect(sounds.isUnlocked()).toBe(true);
    expect(audio.started.map(({ frequencyHz }) => frequencyHz)).toEqual(SOUNDS.attention.map((n) => n.frequencyHz));
    expect(audio.started.map(({ at }) => at)).toEqual(SOUNDS.attention.map((n) => 10 + n.startMs / 1000));
  });

  it('drops what the browser would sound late', () => {
    const { audio, sounds } = given();
    audio.resume.mockImplementation(() => new Promise(() => undefined));
    sounds.play('admit');
    expect(audio.started).toEqual([]);
  });

  it('cuts the sound before off: the newest verdict is the one that is heard', async () => {
    const { audio, sounds, touch } = given();
    await touch();
    sounds.play('refuse');
    const scheduled = audio.stops;
    sounds.play('admit');
    expect(audio.stops - scheduled).toBe(SOUNDS.refuse.length + SOUNDS.admit.length);
  });

  it('keeps to the volume', async () => {
    const { audio, sounds, touch } = given();
    await touch();
    sounds.setVolume(0.5);
    sounds.play('admit');
    expect(audio.peak).toBeCloseTo(0.45);
  });

  it('is silent, not broken, on a machine without audio', async () => {
    const { sounds, touch } = given(null);
    await touch();
    sounds.play('admit');
    expect(sounds.isUnlocked()).toBe(false);
  });

  it('gives the audio back when stopped', async () => {
    const { audio, sounds, touch } = given();
    await touch();
    sounds.stop();
    expect(audio.closed).toBe(true);
  });
});

describe('soundOf', () => {
  const view = (change: Partial<VerdictView>) =>
    soundOf({ verdict: 'admit', notes: [], reasons: [], ...change } as VerdictView);

  it('follows the verdict', () => {
    expect([
      view({}),
      view({ notes: ['check_age'] }),
      view({ verdict: 'exit' }),
      view({ verdict: 'provisional' }),
      view({ verdict: 'refuse', reasons: ['voided'] }),
      view({ verdict: 'refuse', reasons: ['unreadable'] }),
    ]).toEqual(['admit', 'attention', 'admit', 'provisional', 'refuse', 'unreadable']);
  });
});

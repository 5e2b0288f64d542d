import type { VerdictView } from '../../rpc-contract/gate-view.ts';

/** One sound a kind of verdict: heard without looking (never colour alone). */
export type VerdictSound = 'admit' | 'attention' | 'provisional' | 'refuse' | 'unreadable';

/** One tone of a sound. Times in milliseconds from the sound's start, frequency in hertz. */
export interface Note {
  readonly wave: 'sine' | 'square' | 'sawtooth' | 'triangle';
  readonly frequencyHz: number;
  readonly startMs: number;
  readonly lengthMs: number;
  /** 0 to 1, before the volume setting. */
  readonly gain: number;
}

const HIGH_HZ = 1318.5;
const MIDDLE_HZ = 987.8;
const LOW_HZ = 659.3;

/** The score: told apart by number of notes, direction and timbre, so a partly deaf ear or a bad speaker still can. */
export const SOUNDS: Readonly<Record<VerdictSound, readonly Note[]>> = {
  admit: [{ wave: 'sine', frequencyHz: HIGH_HZ, startMs: 0, lengthMs: 180, gain: 0.9 }],
  attention: [
    { wave: 'sine', frequencyHz: MIDDLE_HZ, startMs: 0, lengthMs: 140, gain: 0.9 },
    { wave: 'sine', frequencyHz: HIGH_HZ, startMs: 190, lengthMs: 180, gain: 0.9 },
  ],
  provisional: [
    { wave: 'triangle', frequencyHz: HIGH_HZ, startMs: 0, lengthMs: 150, gain: 1 },
    { wave: 'triangle', frequencyHz: LOW_HZ, startMs: 170, lengthMs: 240, gain: 1 },
  ],
  refuse: [
    { wave: 'sawtooth', frequencyHz: 146.8, startMs: 0, lengthMs: 480, gain: 0.8 },
    { wave: 'square', frequencyHz: 155.6, startMs: 0, lengthMs: 480, gain: 0.35 },
  ],
  unreadable: [{ wave: 'square', frequencyHz: 320, startMs: 0, lengthMs: 35, gain: 0.5 }],
};

/** Ends a click-free attack and release, in seconds. */
const RAMP_SECONDS = 0.008;

export interface VerdictSounds {
  /** Starts the sound at once and cuts off the one before it. Silent, never an error, where there is no audio. */
  play(sound: VerdictSound): void;
  /** 0 (off) to 1. */
  setVolume(volume: number): void;
  /** True once the browser lets this page make sound: the readiness screen asks. */
  isUnlocked(): boolean;
  stop(): void;
}

/** The part of AudioContext that is used. */
type Audio = Pick<AudioContext, 'currentTime' | 'destination' | 'createOscillator' | 'createGain' | 'close'> & {
  readonly state: string;
  resume(): Promise<void>;
};

export interface SoundDeps {
  readonly createContext: () => Audio | null;
  /** Where the first touch or key is heard: browsers keep audio suspended until then. */
  readonly firstTouch: EventTarget;
}

/** The sounds of this window, through WebAudio: no files, so nothing to load when a guest stands there. */
export function browserSounds(): VerdictSounds {
  return createVerdictSounds({
    createContext: () =>
      typeof AudioContext === 'undefined' ? null : new AudioContext({ latencyHint: 'interactive' }),
    firstTouch: window,
  });
}

export function createVerdictSounds(deps: SoundDeps): VerdictSounds {
  let audio: Audio | null = null;
  let volume = 1;
  let playing: OscillatorNode[] = [];

  const open = (): Audio | null => {
    audio ??= contextOrNull(deps);
    if (audio !== null && audio.state !== 'running') audio.resume().catch(() => undefined);
    return audio;
  };
  const unlock = (): void => {
    if (open() !== null) for (const type of TOUCHES) deps.firstTouch.removeEventListener(type, unlock, true);
  };
  for (const type of TOUCHES) deps.firstTouch.addEventListener(type, unlock, true);

  return {
    play: (sound) => {
      const context = open();
      // While suspended the notes would pile up and sound together at the first touch: late is worse than not at all.
      if (context === null || context.state !== 'running') return;
      silence(playing);
      playing = SOUNDS[sound].map((note) => startNote(context, note, volume));
    },
    setVolume: (wanted) => {
      volume = Math.min(1, Math.max(0, wanted));
    },
    isUnlocked: () => audio?.state === 'running',
    stop: () => {
      for (const type of TOUCHES) deps.firstTouch.removeEventListener(type, unlock, true);
      silence(playing);
      audio?.close().catch(() => undefined);
      audio = null;
    },
  };
}

/** Which sound a verdict makes. */
export function soundOf(view: Pick<VerdictView, 'verdict' | 'notes' | 'reasons'>): VerdictSound {
  switch (view.verdict) {
    case 'admit':
      return view.notes.length > 0 ? 'attention' : 'admit';
    case 'exit':
      return 'admit';
    case 'provisional':
      return 'provisional';
    case 'refuse':
      return view.reasons[0] === 'unreadable' ? 'unreadable' : 'refuse';
  }
}

const TOUCHES = ['pointerdown', 'keydown'] as const;

function contextOrNull(deps: SoundDeps): Audio | null {
  try {
    return deps.createContext();
  } catch {
    // No sound card: the verdict is still seen.
    return null;
  }
}

function startNote(audio: Audio, note: Note, volume: number): OscillatorNode {
  const start = audio.currentTime + note.startMs / 1000;
  const end = start + note.lengthMs / 1000;
  const gain = audio.createGain();
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(note.gain * volume, start + RAMP_SECONDS);
  gain.gain.setValueAtTime(note.gain * volume, end - RAMP_SECONDS);
  gain.gain.linearRampToValueAtTime(0, end);
  gain.connect(audio.destination);
  const oscillator = audio.createOscillator();
  oscillator.type = note.wave;
  oscillator.frequency.setValueAtTime(note.frequencyHz, start);
  oscillator.connect(gain);
  oscillator.start(start);
  oscillator.stop(end);
  return oscillator;
}

function silence(playing: readonly OscillatorNode[]): void {
  for (const oscillator of playing) {
    oscillator.stop();
    oscillator.disconnect();
  }
}

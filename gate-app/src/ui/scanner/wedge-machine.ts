import { codeFromKeys, type TypedKey } from './keyboard-layout.ts';

/**
 * Tells a hand scanner's burst of keys from a person typing. Pure: the listener (wedge.ts) feeds it keys with their
 * times and does what it answers.
 *
 * A scanner cannot be known by its first key. Keys are let through until `BURST_KEYS` of them came faster than fingers
 * can type; from then on they are kept from the page, and the few that got through are taken back.
 */
export interface WedgeSettings {
  /** Text the scanner puts before and after each code; taken off if there. */
  readonly prefix: string;
  readonly suffix: string;
  /** Keys closer than this are a scanner's when the focus is in a text field, where a person may be typing. */
  readonly gapInFieldMsMax: number;
  /** ... and elsewhere, where nobody types: slow radio scanners get their chance. */
  readonly gapMsMax: number;
  /** A burst that pauses this long is over, for scanners that send no Enter. */
  readonly pauseMs: number;
}

export const DEFAULT_WEDGE_SETTINGS: WedgeSettings = {
  prefix: '',
  suffix: '',
  gapInFieldMsMax: 35,
  gapMsMax: 60,
  pauseMs: 150,
};

/** The longest burst that can be a code; a ticket code has about 200 characters. */
export const WEDGE_TEXT_MAX = 2048;
/** Four keys 35 ms apart is 340 words a minute: no person. */
export const BURST_KEYS = 4;

export type WedgeUnreadable = 'too_long' | 'empty';

/** One key going down. `atMs` is when the hardware reported it, not when the page found time to look. */
export interface WedgeKey extends TypedKey {
  readonly atMs: number;
  readonly isRepeat: boolean;
  /** Ctrl, Alt without AltGr, or Meta held: a control character or a shortcut, never text. */
  readonly hasModifier: boolean;
  readonly isInField: boolean;
}

/** `watching`: perhaps a burst, perhaps a person. `capturing`: a burst for sure. */
export interface WedgeState {
  readonly phase: 'watching' | 'capturing';
  readonly keys: readonly TypedKey[];
  readonly lastMs: number;
  readonly isTooLong: boolean;
}

export type WedgeEnd =
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly reason: WedgeUnreadable };

export interface WedgeStep {
  readonly state: WedgeState;
  /** Keep the key from the page. */
  readonly capture: boolean;
  /** The key starts what may be a burst: remember what the focused field looks like now. */
  readonly remember: boolean;
  /** A burst was recognised just now: put the field back as it was remembered. */
  readonly takeBack: boolean;
  /** The burst that ended with this key. */
  readonly end: WedgeEnd | null;
}

export const WEDGE_START: WedgeState = {
  phase: 'watching',
  keys: [],
  lastMs: Number.NEGATIVE_INFINITY,
  isTooLong: false,
};

/** One key. */
export function stepKey(state: WedgeState, key: WedgeKey, settings: WedgeSettings): WedgeStep {
  if (MODIFIER_KEYS.has(key.key)) return { ...IGNORED, state, capture: false };
  return state.phase === 'capturing' && key.atMs - state.lastMs <= settings.pauseMs
    ? stepCapturing(state, key, settings)
    : stepWatching(state.phase === 'capturing' ? WEDGE_START : state, key, settings);
}

/** Time passed without a key. Ends a burst that has paused; forgets a run that was none. */
export function stepPause(state: WedgeState, nowMs: number, settings: WedgeSettings): WedgeStep {
  if (nowMs - state.lastMs < settings.pauseMs) return { ...IGNORED, state, capture: false };
  const end = state.phase === 'capturing' ? endOf(state, settings) : null;
  return { ...IGNORED, state: WEDGE_START, capture: false, end };
}

function stepWatching(state: WedgeState, key: WedgeKey, settings: WedgeSettings): WedgeStep {
  // A held key repeats every 30 ms: as fast as a scanner, and a person all the same.
  if (key.isRepeat || key.hasModifier || !isText(key)) return { ...IGNORED, state: WEDGE_START, capture: false };
  const gapMsMax = key.isInField ? settings.gapInFieldMsMax : settings.gapMsMax;
  const isNext = key.atMs - state.lastMs <= gapMsMax;
  const keys = isNext ? [...state.keys, typed(key)] : [typed(key)];
  const isBurst = keys.length >= BURST_KEYS;
  const next: WedgeState = { phase: isBurst ? 'capturing' : 'watching', keys, lastMs: key.atMs, isTooLong: false };
  const step = { state: next, capture: isBurst, remember: !isNext, takeBack: isBurst, end: null };
  return isBurst ? endAtSuffix(step, settings) : step;
}

function stepCapturing(state: WedgeState, key: WedgeKey, settings: WedgeSettings): WedgeStep {
  const taken = { ...IGNORED, capture: true };
  if (END_KEYS.has(key.key) && !key.hasModifier) return { ...taken, state: WEDGE_START, end: endOf(state, settings) };
  const alive = { ...state, lastMs: key.atMs };
  // Control characters (Ctrl+J for a line feed, function keys for group separators) are not part of any code.
  if (key.hasModifier || !isText(key)) return { ...taken, state: alive };
  if (state.keys.length >= WEDGE_TEXT_MAX) return { ...taken, state: { ...alive, isTooLong: true } };
  return endAtSuffix({ ...taken, state: { ...alive, keys: [...state.keys, typed(key)] } }, settings);
}

/** A suffix of its own ends the code at once, without waiting for the pause. */
function endAtSuffix(step: WedgeStep, settings: WedgeSettings): WedgeStep {
  if (settings.suffix === '' || !plainText(step.state.keys).endsWith(settings.suffix)) return step;
  return { ...step, state: WEDGE_START, end: endOf(step.state, settings) };
}

function endOf(state: WedgeState, settings: WedgeSettings): WedgeEnd {
  if (state.isTooLong) return { kind: 'unreadable', reason: 'too_long' };
  const text = codeFromKeys(state.keys, settings);
  return text === '' ? { kind: 'unreadable', reason: 'empty' } : { kind: 'code', text };
}

const MODIFIER_KEYS = new Set(['Shift', 'Control', 'Alt', 'AltGraph', 'Meta', 'CapsLock', 'NumLock', 'Fn']);
const END_KEYS = new Set(['Enter', 'Tab']);
const IGNORED = { remember: false, takeBack: false, end: null } as const;

const typed = ({ key, code, shift }: TypedKey): TypedKey => ({ key, code, shift });
const plainText = (keys: readonly TypedKey[]): string => keys.map(({ key }) => key).join('');

/** A key that writes one character; `Dead` and `Unidentified` do too, on a layout we then map back. */
function isText({ key, code }: TypedKey): boolean {
  if (key === 'Dead' || key === 'Unidentified') return code !== '';
  return [...key].length === 1 && !isControl(key);
}

function isControl(key: string): boolean {
  const point = key.codePointAt(0) ?? 0;
  return point < 0x20 || (point >= 0x7f && point <= 0x9f);
}

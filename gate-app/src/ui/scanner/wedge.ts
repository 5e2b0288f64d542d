import {
  DEFAULT_WEDGE_SETTINGS,
  stepKey,
  stepPause,
  WEDGE_START,
  type WedgeSettings,
  type WedgeStep,
  type WedgeUnreadable,
} from './wedge-machine.ts';

export interface WedgeHandlers {
  readonly onCode: (text: string) => void;
  /** A burst that cannot be a code. The next scan is not affected. */
  readonly onUnreadable: (reason: WedgeUnreadable) => void;
}

/** What a text field looked like before a burst began. */
interface FieldMemory {
  readonly field: HTMLInputElement | HTMLTextAreaElement;
  readonly value: string;
  readonly selection: readonly [number | null, number | null];
}

/**
 * Listens for a hand scanner that types as a keyboard, wherever the focus is. A scan never ends up in a field; what a
 * person types is left alone. Returns what stops listening.
 */
export function listenToWedge(
  target: Window,
  handlers: WedgeHandlers,
  settings: WedgeSettings = DEFAULT_WEDGE_SETTINGS,
): () => void {
  let state = WEDGE_START;
  let memory: FieldMemory | null = null;
  let timer: number | undefined;

  const apply = (step: WedgeStep): void => {
    state = step.state;
    if (step.takeBack && memory !== null) putBack(memory);
    if (step.end === null) return;
    memory = null;
    if (step.end.kind === 'code') handlers.onCode(step.end.text);
    else handlers.onUnreadable(step.end.reason);
  };
  const watchForPause = (): void => {
    target.clearTimeout(timer);
    if (state.keys.length === 0) return;
    timer = target.setTimeout(() => {
      apply(stepPause(state, target.performance.now(), settings));
      watchForPause();
    }, settings.pauseMs);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const field = focusedField(target.document);
    const step = stepKey(state, { ...keyOf(event), isInField: field !== null }, settings);
    if (step.remember) memory = field === null ? null : remember(field);
    if (step.capture) keepFromPage(event);
    apply(step);
    watchForPause();
  };
  // A button is pressed when its space key comes up, and a ticket code may hold spaces.
  const onKeyUp = (event: KeyboardEvent): void => {
    if (state.phase === 'capturing') keepFromPage(event);
  };

  target.addEventListener('keydown', onKeyDown, true);
  target.addEventListener('keyup', onKeyUp, true);
  return () => {
    target.clearTimeout(timer);
    target.removeEventListener('keydown', onKeyDown, true);
    target.removeEventListener('keyup', onKeyUp, true);
  };
}

function keyOf(event: KeyboardEvent) {
  // AltGr reports itself as Ctrl+Alt on Windows, and writes text.
  const isAltGraph = event.getModifierState('AltGraph');
  return {
    key: event.key,
    code: event.code,
    shift: event.shiftKey,
    atMs: event.timeStamp,
    isRepeat: event.repeat,
    hasModifier: event.metaKey || (!isAltGraph && (event.ctrlKey || event.altKey)),
  };
}

function keepFromPage(event: Event): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}

const NOT_TEXT = new Set(['button', 'checkbox', 'radio', 'range', 'color', 'file', 'submit', 'reset', 'image']);

function focusedField(document: Document): FieldMemory['field'] | null {
  const focused = document.activeElement;
  if (focused?.tagName === 'TEXTAREA') return focused as HTMLTextAreaElement;
  if (focused?.tagName !== 'INPUT' || NOT_TEXT.has((focused as HTMLInputElement).type)) return null;
  return focused as HTMLInputElement;
}

function remember(field: FieldMemory['field']): FieldMemory {
  // Number and e-mail fields have no selection to ask for: then it is null.
  return { field, value: field.value, selection: [field.selectionStart, field.selectionEnd] };
}

/** React follows a field's value by a setter of its own: only the element's native one, then an event, is noticed. */
function putBack({ field, value, selection }: FieldMemory): void {
  if (field.value === value) return;
  const prototype = Object.getPrototypeOf(field);
  Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, value);
  if (selection[0] !== null) field.setSelectionRange(selection[0], selection[1]);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

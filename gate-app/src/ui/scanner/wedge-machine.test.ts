import { describe, expect, it } from 'vitest';
import type { WedgeEnd, WedgeKey, WedgeSettings, WedgeStep } from './wedge-machine.ts';
import { DEFAULT_WEDGE_SETTINGS, stepKey, stepPause, WEDGE_START, WEDGE_TEXT_MAX } from './wedge-machine.ts';

const CODE = 'SG1:6BF+70790T9WJWG.FKY*4GO0.O1CV2 ETQ%W-/A$';

interface Typing {
  readonly gapMs?: number;
  readonly isInField?: boolean;
  readonly isRepeat?: boolean;
}

/** A wedge with a clock of its own. */
function wedge(settings: Partial<WedgeSettings> = {}) {
  const all = { ...DEFAULT_WEDGE_SETTINGS, ...settings };
  let state = WEDGE_START;
  let nowMs = 1000;
  const steps: WedgeStep[] = [];
  const press = (key: Partial<WedgeKey> & { readonly key: string }, gapMs: number): WedgeStep => {
    nowMs += gapMs;
    const whole = {
      code: '',
      shift: false,
      isRepeat: false,
      hasModifier: false,
      isInField: false,
      ...key,
      atMs: nowMs,
    };
    const step = stepKey(state, whole, all);
    state = step.state;
    steps.push(step);
    return step;
  };
  return {
    press,
    type: (text: string, { gapMs = 4, ...flags }: Typing = {}) =>
      [...text].map((key, index) => press({ key, ...flags }, index === 0 ? 500 : gapMs)),
    pause: (ms: number): WedgeStep => {
      nowMs += ms;
      const step = stepPause(state, nowMs, all);
      state = step.state;
      steps.push(step);
      return step;
    },
    ends: (): WedgeEnd[] => steps.flatMap(({ end }) => (end === null ? [] : [end])),
  };
}

const code = (text: string): WedgeEnd => ({ kind: 'code', text });

describe('a scanner burst', () => {
  it('is a code when Enter ends it', () => {
    const scanner = wedge();
    scanner.type(CODE);
    scanner.press({ key: 'Enter' }, 4);
    expect(scanner.ends()).toEqual([code(CODE)]);
  });

  it('is a code when Tab ends it', () => {
    const scanner = wedge();
    scanner.type(CODE);
    expect(scanner.press({ key: 'Tab' }, 4).capture).toBe(true);
    expect(scanner.ends()).toEqual([code(CODE)]);
  });

  it('is a code when it just stops, for scanners without a suffix', () => {
    const scanner = wedge();
    scanner.type(CODE);
    expect(scanner.pause(50).end).toBeNull();
    expect(scanner.pause(150).end).toEqual(code(CODE));
  });

  it('is a code as soon as the set suffix comes, and the set prefix and suffix are taken off', () => {
    const scanner = wedge({ prefix: '~', suffix: '##' });
    const steps = scanner.type(`~${CODE}##`);
    expect(steps.at(-1)?.end).toEqual(code(CODE));
  });

  it('is the same code without the prefix that is set, and with one nobody told us of', () => {
    const scanner = wedge({ prefix: '~' });
    scanner.type(CODE);
    scanner.press({ key: 'Enter' }, 4);
    scanner.type(`]Q1${CODE}`);
    scanner.press({ key: 'Enter' }, 4);
    expect(scanner.ends()).toEqual([code(CODE), code(CODE)]);
  });

  it('is kept from the page, and what got through before it was known is taken back', () => {
    const scanner = wedge();
    const steps = scanner.type(CODE, { isInField: true });
    expect(steps.map(({ capture }) => capture)).toEqual([...CODE].map((_, index) => index >= 3));
    expect(steps.map(({ takeBack }) => takeBack)).toEqual([...CODE].map((_, index) => index === 3));
    expect(steps.map(({ remember }) => remember)).toEqual([...CODE].map((_, index) => index === 0));
    expect(scanner.press({ key: 'Enter' }, 4).capture).toBe(true);
  });

  it('may be slow where nobody types', () => {
    const scanner = wedge();
    scanner.type(CODE, { gapMs: 50 });
    scanner.press({ key: 'Enter' }, 50);
    expect(scanner.ends()).toEqual([code(CODE)]);
  });

  it('drops control characters inside it and keeps them from the page', () => {
    const scanner = wedge();
    scanner.type('SG1:AB');
    const taken = [
      scanner.press({ key: 'j', hasModifier: true }, 4),
      scanner.press({ key: '\u001d' }, 4),
      scanner.press({ key: 'F8' }, 4),
    ];
    scanner.press({ key: 'Shift' }, 4);
    scanner.press({ key: 'C' }, 4);
    scanner.press({ key: 'Enter' }, 4);
    expect(taken.map(({ capture }) => capture)).toEqual([true, true, true]);
    expect(scanner.ends()).toEqual([code('SG1:ABC')]);
  });

  it('X2: of 10 kB is bounded and unreadable, and the next scan is not affected', () => {
    const scanner = wedge();
    scanner.type('A'.repeat(10_240));
    const kept = scanner.press({ key: 'A' }, 4).state.keys.length;
    scanner.press({ key: 'Enter' }, 4);
    scanner.type(CODE);
    scanner.press({ key: 'Enter' }, 4);
    expect(kept).toBe(WEDGE_TEXT_MAX);
    expect(scanner.ends()).toEqual([{ kind: 'unreadable', reason: 'too_long' }, code(CODE)]);
  });

  it('cut off in the middle does not reach into the next one', () => {
    const scanner = wedge();
    scanner.type('SG1:HALF');
    scanner.type(CODE);
    scanner.press({ key: 'Enter' }, 4);
    expect(scanner.ends().at(-1)).toEqual(code(CODE));
  });

  it('of nothing but a prefix is unreadable', () => {
    const scanner = wedge({ prefix: '~~~~' });
    scanner.type('~~~~');
    scanner.press({ key: 'Enter' }, 4);
    expect(scanner.ends()).toEqual([{ kind: 'unreadable', reason: 'empty' }]);
  });
});

describe('a person', () => {
  it('types into a field and nothing is eaten', () => {
    const person = wedge();
    const steps = person.type('Петров Иван 0555 123456', { gapMs: 60, isInField: true });
    expect(steps.some(({ capture, takeBack }) => capture || takeBack)).toBe(false);
    expect(person.press({ key: 'Enter', isInField: true }, 60).capture).toBe(false);
    expect(person.ends()).toEqual([]);
  });

  it('may roll three keys at once', () => {
    const person = wedge();
    const steps = [...person.type('the', { gapMs: 10, isInField: true }), person.press({ key: 'Enter' }, 90)];
    expect(steps.some(({ capture }) => capture)).toBe(false);
  });

  it('may hold a key down, though it then repeats as fast as a scanner types', () => {
    const person = wedge();
    const steps = person.type('00000000', { gapMs: 30, isInField: true, isRepeat: true });
    expect(steps.some(({ capture }) => capture)).toBe(false);
    expect(person.pause(500).end).toBeNull();
  });

  it('uses shortcuts and moves with Tab and Enter', () => {
    const person = wedge();
    const steps = [
      person.press({ key: 'Tab' }, 10),
      person.press({ key: 'Tab' }, 10),
      person.press({ key: 'Enter' }, 10),
      person.press({ key: 'a', hasModifier: true }, 10),
      person.press({ key: 'c', hasModifier: true }, 10),
    ];
    expect(steps.some(({ capture }) => capture)).toBe(false);
  });
});

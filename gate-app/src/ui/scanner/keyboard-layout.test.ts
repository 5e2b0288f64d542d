import { describe, expect, it } from 'vitest';
import { codeFromKeys, type TypedKey } from './keyboard-layout.ts';

const PLAIN = { prefix: '', suffix: '' };
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const CODE = `SG1:${ALPHABET}`;

/** Where a US keyboard has each character of a ticket code. */
function placeOf(char: string): { code: string; shift: boolean } {
  if (/[A-Z]/.test(char)) return { code: `Key${char}`, shift: true };
  if (/\d/.test(char)) return { code: `Digit${char}`, shift: false };
  const others: Record<string, [string, boolean]> = {
    ' ': ['Space', false],
    $: ['Digit4', true],
    '%': ['Digit5', true],
    '*': ['Digit8', true],
    '+': ['Equal', true],
    '-': ['Minus', false],
    '.': ['Period', false],
    '/': ['Slash', false],
    ':': ['Semicolon', true],
  };
  const [code, shift] = others[char] ?? ['', false];
  return { code, shift };
}

/** What the Russian layout of Windows and Linux writes at the places of a ticket code. */
const RUSSIAN: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [...'QWERTYUIOPASDFGHJKLZXCVBNM'].map((c, i) => [c, [...'ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ'][i] ?? '']),
  ),
  $: ';',
  '.': 'ю',
  '/': '.',
  ':': 'Ж',
};

const onRussianLayout = (text: string): TypedKey[] =>
  [...text].map((char) => ({ key: RUSSIAN[char] ?? char, ...placeOf(char) }));

describe('codeFromKeys', () => {
  it('leaves a right layout alone, key places or not', () => {
    expect(
      codeFromKeys(
        [...CODE].map((key) => ({ key, ...placeOf(key) })),
        PLAIN,
      ),
    ).toBe(CODE);
    expect(
      codeFromKeys(
        [...CODE].map((key) => ({ key, code: '', shift: false })),
        PLAIN,
      ),
    ).toBe(CODE);
  });

  it('reads a Russian or Kyrgyz layout back by key place, the whole alphabet of a ticket code', () => {
    expect(
      onRussianLayout('SG1:')
        .map(({ key }) => key)
        .join(''),
    ).toBe('ЫП1Ж');
    expect(codeFromKeys(onRussianLayout(CODE), PLAIN)).toBe(CODE);
  });

  it('reads Cyrillic back by character where the keys have no place', () => {
    const keys = onRussianLayout(CODE).map(({ key }) => ({ key, code: '', shift: false }));
    expect(codeFromKeys(keys, PLAIN)).toBe(CODE);
  });

  it('knows the Kyrgyz letters', () => {
    const keys = [...'ЫП1ЖҮҢӨ'].map((key) => ({ key, code: '', shift: false }));
    expect(codeFromKeys(keys, PLAIN)).toBe('SG1:EYJ');
  });

  it('reads a caps-locked ticket code, and leaves other codes as they are', () => {
    const small = [...'sg1:abc'].map((key) => ({ key, code: '', shift: false }));
    const other = [...'abcDEF'].map((key) => ({ key, code: '', shift: false }));
    expect([codeFromKeys(small, PLAIN), codeFromKeys(other, PLAIN)]).toEqual(['SG1:ABC', 'abcDEF']);
  });

  it('reads a layout whose dead keys swallow characters', () => {
    const keys = [...'SG1:A'].map((key) => (key === ':' ? { key: 'Dead', ...placeOf(key) } : { key, ...placeOf(key) }));
    expect(codeFromKeys(keys, PLAIN)).toBe('SG1:A');
  });
});

/** A key as the browser reports it: the character its layout gives, and its place on the keyboard. */
export interface TypedKey {
  readonly key: string;
  readonly code: string;
  readonly shift: boolean;
}

/**
 * The text a scanner meant. Scanners type by key position as on a US keyboard; with the system on a Russian or Kyrgyz
 * layout `SG1:` arrives as `ЫП1Ж`. Then every key is read by its position (or, where that is missing, mapped back by
 * its character); a layout that gives the right characters is left alone.
 */
export function codeFromKeys(
  keys: readonly TypedKey[],
  { prefix, suffix }: { readonly prefix: string; readonly suffix: string },
): string {
  const asTyped = keys.map(({ key }) => key).join('');
  const byPlace = keys.map(latinOf).join('');
  const isWrongLayout = CYRILLIC.test(asTyped) || (byPlace.includes(TICKET_CODE_START) && !startsTicket(asTyped));
  const text = isWrongLayout || keys.some(({ key }) => key.length !== 1) ? byPlace : asTyped;
  return ticketCodeIn(withoutSuffix(withoutPrefix(text, prefix), suffix));
}

const TICKET_CODE_START = 'SG1:';
const CYRILLIC = /[\u0400-\u04ff№]/;
/** What a scanner may put before a code by itself: an AIM identifier (`]Q1`) or a short prefix nobody told us of. */
const UNKNOWN_PREFIX_MAX = 8;

const startsTicket = (text: string): boolean => text.toUpperCase().includes(TICKET_CODE_START);

function withoutPrefix(text: string, prefix: string): string {
  return prefix !== '' && text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

function withoutSuffix(text: string, suffix: string): string {
  return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
}

/** Ticket codes have no small letters: with caps lock on they arrive in nothing but. */
function ticketCodeIn(text: string): string {
  const at = text.toUpperCase().indexOf(TICKET_CODE_START);
  return at >= 0 && at <= UNKNOWN_PREFIX_MAX ? text.slice(at).toUpperCase() : text;
}

function latinOf({ key, code, shift }: TypedKey): string {
  const place = PLACES[code];
  if (place !== undefined) return shift ? place[1] : place[0];
  return LATIN_BY_CYRILLIC.get(key) ?? (key.length === 1 ? key : '');
}

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const DIGITS_SHIFTED = ')!@#$%^&*(';

/** What each key writes on a US keyboard, plain and with shift. */
const PLACES: Readonly<Record<string, readonly [string, string]>> = Object.fromEntries([
  ...LETTERS.map((letter) => [`Key${letter}`, [letter.toLowerCase(), letter]] as const),
  ...[...DIGITS_SHIFTED].map((shifted, digit) => [`Digit${digit}`, [String(digit), shifted]] as const),
  ...[...DIGITS_SHIFTED].map((_, digit) => [`Numpad${digit}`, [String(digit), String(digit)]] as const),
  ...(
    [
      ['Space', ' ', ' '],
      ['Minus', '-', '_'],
      ['Equal', '=', '+'],
      ['BracketLeft', '[', '{'],
      ['BracketRight', ']', '}'],
      ['Backslash', '\\', '|'],
      ['Semicolon', ';', ':'],
      ['Quote', "'", '"'],
      ['Backquote', '`', '~'],
      ['Comma', ',', '<'],
      ['Period', '.', '>'],
      ['Slash', '/', '?'],
      ['NumpadAdd', '+', '+'],
      ['NumpadSubtract', '-', '-'],
      ['NumpadMultiply', '*', '*'],
      ['NumpadDivide', '/', '/'],
      ['NumpadDecimal', '.', '.'],
    ] as const
  ).map(([code, plain, shifted]) => [code, [plain, shifted]] as const),
]);

const RUSSIAN = [
  ['йцукенгшщзхъфывапролджэячсмитьбю.ё', "qwertyuiop[]asdfghjkl;'zxcvbnm,./`"],
  ['ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,Ё', 'QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?~'],
  ['№;:', '#$^'],
  // Kyrgyz: the Russian layout with three more letters on AltGr.
  ['ңүөҢҮӨ', 'yejYEJ'],
] as const;

/** For scanners whose keys come without a place (some virtual keyboards). */
const LATIN_BY_CYRILLIC: ReadonlyMap<string, string> = new Map(
  RUSSIAN.flatMap(([from, to]) => [...from].map((letter, index) => [letter, to[index] ?? ''] as const)),
);

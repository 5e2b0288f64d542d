/** Rows of keys of the on-screen keyboard. Numbers and signs are their own layout, so every key stays large. */
export type LayoutName = 'ru' | 'ky' | 'en' | 'signs' | 'code';

export const LAYOUTS: Readonly<Record<LayoutName, readonly string[]>> = {
  ru: ['йцукенгшщзхъ', 'фывапролджэё', 'ячсмитьбю'],
  // The three letters Kyrgyz has beyond Russian stand where the hand finds them, not behind a long press.
  ky: ['йцукенңгшщзхъ', 'фывапроөлджэё', 'ячсмитүьбю'],
  en: ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'],
  signs: ['1234567890', '-_./:@#&+=', '(),!?"«»%$*'],
  // Numbers people read out: letters and digits together.
  code: ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'],
};

/** What a layout's key wears, to switch to it. */
export const LAYOUT_SIGNS: Readonly<Record<LayoutName, string>> = {
  ru: 'РУ',
  ky: 'КЫ',
  en: 'EN',
  signs: '123',
  code: 'ABC',
};

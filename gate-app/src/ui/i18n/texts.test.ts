import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REFUSAL_REASONS } from '@skygate/shared/domain/admission/events';
import { describe, expect, it } from 'vitest';
import { PROBLEM_CODES } from '../../rpc-contract/kiosk-api.ts';
import { LANGUAGES, languageAfter, screenWords, TEXTS, type Texts } from './i18n.ts';

const PLURAL = /_(zero|one|two|few|many|other)$/;
const UI = join(import.meta.dirname, '..');

function flat(texts: Texts, prefix = ''): Record<string, string> {
  const entries = Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value]] : Object.entries(flat(value, `${prefix}${key}.`)),
  );
  return Object.fromEntries(entries) as Record<string, string>;
}
const keysOf = (language: (typeof LANGUAGES)[number]): readonly string[] => Object.keys(flat(TEXTS[language]));
const bare = (keys: readonly string[]): string[] => [...new Set(keys.map((key) => key.replace(PLURAL, '')))].sort();
const holesOf = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? '').sort();

describe('the texts of the screens', () => {
  it.each(LANGUAGES)('%s has the same keys as Russian', (language) => {
    expect(bare(keysOf(language))).toEqual(bare(keysOf('ru')));
  });

  it.each(LANGUAGES)('%s has every plural form that its grammar asks for', (language) => {
    const keys = keysOf(language);
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const base of bare(keys.filter((key) => PLURAL.test(key)))) {
      for (const form of forms) expect(keys, `${base}_${form}`).toContain(`${base}_${form}`);
    }
  });

  it.each(LANGUAGES)('%s fills the same blanks as Russian, and leaves no text empty', (language) => {
    const russian = flat(TEXTS.ru);
    for (const [key, text] of Object.entries(flat(TEXTS[language]))) {
      expect(text.trim(), key).not.toBe('');
      // A singular may leave its number out: "the one sale of this shift".
      if (!PLURAL.test(key)) expect(holesOf(text), key).toEqual(holesOf(russian[key] ?? ''));
    }
  });

  it.each(LANGUAGES)('%s: every refusal has at most four words, what it means, and what to do', (language) => {
    const texts = flat(TEXTS[language]);
    for (const reason of REFUSAL_REASONS) {
      const title = texts[`refusal.${reason}.title`] ?? '';
      expect(title.split(/\s+/).length, title).toBeLessThanOrEqual(4);
      expect(title, reason).not.toBe('');
      expect(texts[`refusal.${reason}.what`], reason).toBeTruthy();
      expect(texts[`refusal.${reason}.remedy`], reason).toBeTruthy();
    }
  });

  it.each(LANGUAGES)('%s has a sentence for every problem', (language) => {
    const texts = flat(TEXTS[language]);
    for (const code of [...PROBLEM_CODES, 'kiosk_unreachable']) expect(texts[`problem.${code}`], code).toBeTruthy();
  });

  it('has a text for every key that a screen names', () => {
    const known = bare(keysOf('ru'));
    const named = globSync('{*,components/*,screens/*/*}.{ts,tsx}', { cwd: UI })
      .filter((file) => !file.includes('.test.'))
      .flatMap((file) => [...readFileSync(join(UI, file), 'utf8').matchAll(/\bt\(\s*'([a-zA-Z_.]+)'/g)])
      .map(([, key]) => key ?? '');
    expect(named.length).toBeGreaterThan(100);
    for (const key of named) expect(known, key).toContain(key);
  });
});

describe('the language chip', () => {
  it('goes round Russian, Kyrgyz and English', () => {
    expect(languageAfter('ru')).toBe('ky');
    expect(languageAfter('ky')).toBe('en');
    expect(languageAfter('en')).toBe('ru');
  });

  it('is remembered, and says it to screen readers', async () => {
    const stored = new Map<string, string>();
    const store = {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
    };
    const page = { lang: '' };
    const words = screenWords(store, page);
    expect(page.lang).toBe('ru');
    await words.changeLanguage('ky');
    expect(page.lang).toBe('ky');
    expect(screenWords(store, { lang: '' }).language).toBe('ky');
  });

  it('counts people in Russian as Russians do', () => {
    const words = screenWords({ getItem: () => null, setItem: () => undefined }, { lang: '' });
    const said = [1, 2, 5, 11, 21, 22].map((count) => words.t('count.tickets', { count }));
    expect(said).toEqual(['1 билет', '2 билета', '5 билетов', '11 билетов', '21 билет', '22 билета']);
  });
});

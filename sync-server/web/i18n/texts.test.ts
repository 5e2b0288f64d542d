import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REFUSAL_REASONS } from '@skygate/shared/domain/admission/events';
import { CASE_KINDS } from '@skygate/shared/domain/case/fold';
import { EPOCH_ENDS } from '@skygate/shared/domain/kiosk/events';
import { TRUST_LEVELS } from '@skygate/shared/events/envelope';
import { CASE_OUTCOMES } from '@skygate/shared/hq-api/cases';
import { TELEMETRY_PROBLEMS_V2 } from '@skygate/shared/protocol/telemetry';
import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { ky } from './ky.ts';
import { ru } from './ru.ts';

const TEXTS = { ru, ky, en };
const LANGUAGES = ['ru', 'ky', 'en'] as const;
const PLURAL = /_(one|two|few|many|other)$/;
const WEB = join(import.meta.dirname, '..');

/** Refusals of what is no ticket of ours: no ticket has them in its history. */
const NO_TICKET: readonly string[] = ['unreadable', 'foreign', 'bad_signature', 'test_ticket'];

type Tree = { readonly [key: string]: string | Tree };

const flat = (tree: Tree, prefix = ''): readonly (readonly [string, string])[] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as const] : flat(value, `${prefix}${key}.`),
  );
const textsOf = (language: (typeof LANGUAGES)[number]) => new Map(flat(TEXTS[language]));
const bare = (keys: Iterable<string>): string[] => [...new Set([...keys].map((key) => key.replace(PLURAL, '')))].sort();
const blanksOf = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? '').sort();

describe("the texts of HQ's pages", () => {
  it.each(LANGUAGES)('%s has the same keys as Russian, none of them empty', (language) => {
    expect(bare(textsOf(language).keys())).toEqual(bare(textsOf('ru').keys()));
    for (const [key, text] of textsOf(language)) expect(text.trim(), key).not.toBe('');
  });

  it.each(LANGUAGES)('%s has every plural form that its grammar asks for', (language) => {
    const keys = [...textsOf(language).keys()];
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const base of bare(keys.filter((key) => PLURAL.test(key)))) {
      for (const form of forms) expect(keys, `${base}_${form}`).toContain(`${base}_${form}`);
    }
  });

  it.each(LANGUAGES)('%s fills the same blanks as Russian', (language) => {
    const russian = textsOf('ru');
    for (const [key, text] of textsOf(language)) {
      const same = russian.get(key) ?? russian.get(key.replace(PLURAL, '_other')) ?? '';
      // A plural form may leave its number out.
      if (!PLURAL.test(key)) expect(blanksOf(text), key).toEqual(blanksOf(same));
    }
  });

  it('has a text for every key that a page names', () => {
    const known = bare(textsOf('ru').keys());
    const named = globSync('**/*.{ts,tsx}', { cwd: WEB })
      .filter((file) => !file.includes('.test.'))
      .flatMap((file) => [...readFileSync(join(WEB, file), 'utf8').matchAll(/\bt\(\s*'([a-zA-Z_.]+)'/g)])
      .map(([, key]) => key ?? '');
    expect(named.length).toBeGreaterThan(100);
    for (const key of named) expect(known, key).toContain(key);
  });

  it('has words for everything that can be the matter with a kiosk or a ticket', () => {
    const known = bare(textsOf('ru').keys());
    const codes = [
      ...TELEMETRY_PROBLEMS_V2.map((code) => `kiosks.problem.${code}`),
      ...EPOCH_ENDS.map((code) => `kiosks.ended.${code}`),
      ...CASE_KINDS.flatMap((code) => [`cases.kind.${code}`, `cases.explain.${code}`]),
      ...CASE_OUTCOMES.map((code) => `cases.outcome.${code}`),
      ...TRUST_LEVELS.map((code) => `cases.trust.${code}`),
      ...REFUSAL_REASONS.filter((code) => !NO_TICKET.includes(code)).map((code) => `cases.refusal.${code}`),
    ];
    for (const key of codes) expect(known, key).toContain(key);
  });
});

import type { Words } from '@skygate/shared/documents/words';
import { describe, expect, it } from 'vitest';
import { durationOf, timeWriter } from '../../format/time.ts';
import { wordsIn } from '../../format/use-format.ts';
import { screenWords } from '../../i18n/i18n.ts';
import { FAKE_NOW_MS } from '../../testing/fake-data.ts';
import { refusalWords } from './refusal-words.ts';

const { t } = screenWords({ getItem: () => 'ru', setItem: () => undefined }, { lang: '' });
const deps = {
  t,
  time: timeWriter('ru', 'Asia/Bishkek'),
  nowMs: FAKE_NOW_MS,
  words: (words: Words) => wordsIn(words, 'ru'),
  duration: (ms: number) => t(durationOf(ms).key, durationOf(ms).values),
};
const MINUTE = 60_000;
const gate = (ru: string): Words => ({ ru, ky: '', en: '' });

describe('what a gate says with a refusal', () => {
  it('already used: where, when and how long ago', () => {
    const words = refusalWords(
      'already_admitted',
      { usedAtMs: FAKE_NOW_MS - 44 * MINUTE, usedAtGate: gate('Вход 1') },
      deps,
    );
    expect(words.title).toBe('Уже вошёл');
    expect(words.lead).toBe('Вход 1, сегодня 09:58');
    expect(words.lines[0]).toBe('44 мин назад');
    expect(words.remedy).not.toBe('');
  });

  it('too early today: from when, and how long to wait, never too short', () => {
    const words = refusalWords('not_yet_valid', { validFromMs: FAKE_NOW_MS + 22 * MINUTE + 10_000 }, deps);
    expect(words.lead).toContain('ждать 23 мин');
    expect(words.lead).toContain('11:04');
  });

  it('too early by days: the day of the ticket, not minutes', () => {
    expect(refusalWords('not_yet_valid', { date: '2026-11-23', slot: 'day' }, deps).lead).toBe(
      'Билет на пн, 23 ноября',
    );
  });

  it('expired: until when it was good', () => {
    const yesterday = FAKE_NOW_MS - 24 * 60 * MINUTE;
    expect(refusalWords('expired', { validUntilMs: yesterday }, deps).lead).toContain('20 ноября');
  });

  it('other park, other gate, silent gate: their names', () => {
    expect(refusalWords('wrong_park', { parks: ['Победы', 'Южный'] }, deps).lead).toContain('Победы, Южный');
    expect(refusalWords('wrong_gate', { allowedGates: [gate('Вход 2')] }, deps).lead).toContain('Вход 2');
    expect(refusalWords('gate_silent', { silentGates: [gate('Вход 5')] }, deps).lead).toContain('Вход 5');
  });

  it('without facts there is still a meaning and a next step', () => {
    const words = refusalWords('already_admitted', {}, deps);
    expect(words.lead).toBeNull();
    expect(words.lines).toHaveLength(1);
  });
});

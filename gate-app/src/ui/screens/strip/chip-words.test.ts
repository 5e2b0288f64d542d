import type { Words } from '@skygate/shared/documents/words';
import { describe, expect, it } from 'vitest';
import { durationOf } from '../../format/time.ts';
import { wordsIn } from '../../format/use-format.ts';
import { screenWords } from '../../i18n/i18n.ts';
import { FAKE_COVERAGE, FAKE_NOW_MS, FAKE_SILENT, FAKE_STATUS } from '../../testing/fake-data.ts';
import { recordsWords } from '../stopped/records-words.ts';
import { contactErrorWords, coverageWords, skewWords, syncWords } from './chip-words.ts';

const { t } = screenWords({ getItem: () => 'ru', setItem: () => undefined }, { lang: '' });
const deps = {
  t,
  duration: (ms: number) => t(durationOf(ms).key, durationOf(ms).values),
  words: (words: Words) => wordsIn(words, 'ru'),
};

describe('the chips of the status strip', () => {
  it('L4: complete coverage says how many gates and how fresh', () => {
    expect(coverageWords(FAKE_COVERAGE, deps)).toEqual({ text: '4 из 4 · 0,4 с', tone: 'ok' });
  });

  it('L4: a silent gate is named with its silence', () => {
    expect(coverageWords(FAKE_SILENT, deps)).toEqual({ text: '4 из 5 · вход 5 молчит 11 мин', tone: 'warn' });
  });

  it('L4: several silent gates are counted', () => {
    const silent = ['1', '2'].map((gateId) => ({
      gateId,
      name: { ru: gateId, ky: gateId, en: gateId },
      silentMs: null,
    }));
    expect(coverageWords({ ...FAKE_SILENT, gatesCovered: 3, silent }, deps).text).toBe('3 из 5 · 2 входа молчат');
  });

  it('many waiting events are read in groups of three digits', () => {
    const sync = { ...FAKE_STATUS.sync, waiting: 12_220 };
    expect(syncWords(sync, FAKE_NOW_MS, deps).text).toBe('без сети 14 мин · ждут 12\u00a0220');
    expect(syncWords({ ...sync, state: 'sending' }, FAKE_NOW_MS, deps).text).toContain('12\u00a0220');
    expect(recordsWords(12_220, t)).toBe('12\u00a0220 записей');
  });

  it('offline is amber and says for how long and how much waits', () => {
    expect(syncWords(FAKE_STATUS.sync, FAKE_NOW_MS, deps)).toEqual({
      text: 'без сети 14 мин · ждут 220',
      tone: 'warn',
    });
  });

  it('offline without any contact so far says what waits, if something does', () => {
    const never = { ...FAKE_STATUS.sync, lastContactMs: null };
    expect(syncWords(never, FAKE_NOW_MS, deps).text).toBe('без сети · ждут 220');
    expect(syncWords({ ...never, waiting: 0 }, FAKE_NOW_MS, deps).text).toBe('без сети');
  });

  it('a full disk is red and named, whatever it has led to', () => {
    const full = { ...FAKE_STATUS.sync, diskIsFull: true };
    expect(syncWords(full, FAKE_NOW_MS, deps)).toEqual({ text: 'диск заполнен', tone: 'bad' });
  });

  it('else only a refusal by the server is red', () => {
    const tones = (['synced', 'sending', 'offline', 'refused'] as const).map(
      (state) => syncWords({ ...FAKE_STATUS.sync, state }, FAKE_NOW_MS, deps).tone,
    );
    expect(tones).toEqual(['ok', 'ok', 'warn', 'bad']);
  });

  it("H1: the machine's clock is right, or off by so much, or not known", () => {
    expect([null, -400, 1_999, 184_000, -184_000].map((skewMs) => skewWords(skewMs, deps))).toEqual([
      '–',
      'идут верно',
      'идут верно',
      'спешат на 3 мин',
      'отстают на 3 мин',
    ]);
  });

  it('says in words whether nobody answered or somebody said no', () => {
    expect(
      [null, 'ECONNREFUSED', 'no answer in time', 'malformed: The body is not JSON.'].map((error) =>
        contactErrorWords(error, t),
      ),
    ).toEqual(['нет', 'Центр не отвечает', 'Центр не отвечает', 'Центр не принял запрос']);
  });
});

import type { Words } from '@skygate/shared/documents/words';
import { SKEW_SHOWN_MS } from '@skygate/shared/sync/hlc';
import type { TFunction } from 'i18next';
import type { ClockView, CoverageView, SyncView } from '../../../rpc-contract/status-view.ts';
import { formatCount } from '../../format/money.ts';

export type Tone = 'ok' | 'warn' | 'bad' | 'none';

export interface ChipWords {
  readonly text: string;
  readonly tone: Tone;
}

interface WordDeps {
  readonly t: TFunction;
  readonly duration: (ms: number) => string;
}

interface CoverageWordDeps extends WordDeps {
  readonly words: (words: Words) => string;
}

/** Whose admissions this kiosk knows (L4): `4 of 4 · 0.4 s`, or which gate is silent and for how long. */
export function coverageWords(coverage: CoverageView, { t, duration, words }: CoverageWordDeps): ChipWords {
  if (coverage.kind === 'single_gate') return { text: t('coverage.single'), tone: 'none' };
  const numbers = { covered: coverage.gatesCovered, total: coverage.gatesTotal };
  const [silent, ...more] = coverage.silent;
  if (coverage.kind === 'complete' || silent === undefined) {
    if (coverage.ageMs === null) return { text: t('coverage.completeNoAge', numbers), tone: 'ok' };
    return { text: t('coverage.complete', { ...numbers, age: shortAge(coverage.ageMs, t) }), tone: 'ok' };
  }
  if (more.length > 0) {
    return { text: t('coverage.silentMore', { ...numbers, count: coverage.silent.length }), tone: 'warn' };
  }
  const text =
    silent.silentMs === null
      ? t('coverage.silentOneNever', { ...numbers, gate: words(silent.name) })
      : t('coverage.silentOne', { ...numbers, gate: words(silent.name), age: duration(silent.silentMs) });
  return { text, tone: 'warn' };
}

/** Whether HQ has what this kiosk has: `offline 14 min · 220 waiting`. Offline is amber, never red: nothing is wrong. */
export function syncWords(sync: SyncView, nowMs: number, { t, duration }: WordDeps): ChipWords {
  // Before "offline", which a full disk leads to: nobody should look for a cable.
  if (sync.diskIsFull) return { text: t('sync.diskFull'), tone: 'bad' };
  switch (sync.state) {
    case 'synced':
      return { text: t('sync.synced'), tone: 'ok' };
    case 'sending':
      return { text: t('sync.sending', { waiting: formatCount(sync.waiting) }), tone: 'ok' };
    case 'unknown_at_hq':
    case 'lost_at_hq':
      return { text: t(`sync.${sync.state}`), tone: 'warn' };
    case 'refused':
      return { text: t('sync.refused'), tone: 'bad' };
    case 'not_enrolled':
      return { text: t('sync.not_enrolled'), tone: 'none' };
    case 'offline': {
      const waiting = formatCount(sync.waiting);
      if (sync.lastContactMs === null) {
        return { text: t(sync.waiting === 0 ? 'sync.offlineOnly' : 'sync.offlineNever', { waiting }), tone: 'warn' };
      }
      const age = duration(nowMs - sync.lastContactMs);
      return { text: t(sync.waiting === 0 ? 'sync.offline' : 'sync.offlineWaiting', { age, waiting }), tone: 'warn' };
    }
  }
}

/** How the machine's own clock goes, beside the server's (H1). */
export function skewWords(skewMs: number | null, { t, duration }: WordDeps): string {
  if (skewMs === null) return '–';
  if (Math.abs(skewMs) < SKEW_SHOWN_MS) return t('sync.skewNone');
  return t(skewMs > 0 ? 'sync.skewAhead' : 'sync.skewBehind', { by: duration(Math.abs(skewMs)) });
}

/** Why the last try failed: the network's trouble, or an answer that was no yes. The code itself is for support. */
export function contactErrorWords(lastError: string | null, t: TFunction): string {
  if (lastError === null) return t('sync.noError');
  // The server's noes begin with a code in small letters: `malformed: …`.
  return t(/^[a-z_]+: /.test(lastError) ? 'sync.errorRefused' : 'sync.errorNetwork');
}

/** Seconds with a tenth under ten: how fresh the knowledge is. */
function shortAge(ms: number, t: TFunction): string {
  const seconds = ms < 10_000 ? (ms / 1000).toFixed(1) : String(Math.round(ms / 1000));
  return t('coverage.secondsShort', { n: seconds.replace('.', t('time.decimalSign')) });
}

/** What the strip says beside the time: nothing where it is known and the machine's own clock is right (H1, H2). */
export function clockWords(clock: ClockView, { t, duration }: WordDeps): ChipWords | null {
  if (clock.trust === 'none') return { text: t('clock.unsure'), tone: 'warn' };
  if (clock.trust === 'supervisor') return { text: t('clock.byHand'), tone: 'none' };
  const skewMs = clock.skewMs ?? 0;
  if (Math.abs(skewMs) < SKEW_SHOWN_MS) return null;
  return { text: t(skewMs > 0 ? 'clock.ahead' : 'clock.behind', { by: duration(Math.abs(skewMs)) }), tone: 'none' };
}

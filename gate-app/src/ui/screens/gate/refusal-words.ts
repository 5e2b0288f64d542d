import type { Words } from '@skygate/shared/documents/words';
import type { RefusalReason } from '@skygate/shared/domain/admission/events';
import { startTimeOf } from '@skygate/shared/domain/pricing/slots';
import type { TFunction } from 'i18next';
import type { VerdictFacts } from '../../../rpc-contract/gate-view.ts';
import type { TimeWriter } from '../../format/time.ts';

/** What a gate says with a refusal: at most four words, the facts behind them, and the next step for the guest. */
export interface RefusalWords {
  readonly title: string;
  /** The one fact that settles the talk: when and where it was used, or how long to wait. Null if there is none. */
  readonly lead: string | null;
  readonly lines: readonly string[];
  readonly remedy: string;
}

export interface RefusalWordDeps {
  readonly t: TFunction;
  readonly time: TimeWriter;
  readonly duration: (ms: number) => string;
  readonly words: (words: Words) => string;
  readonly nowMs: number;
}

export function refusalWords(reason: RefusalReason, facts: VerdictFacts, deps: RefusalWordDeps): RefusalWords {
  const [lead = null, ...rest] = factLines(reason, facts, deps);
  return {
    title: deps.t(`refusal.${reason}.title`),
    lead,
    lines: [...rest, deps.t(`refusal.${reason}.what`)],
    remedy: deps.t(`refusal.${reason}.remedy`),
  };
}

function factLines(reason: RefusalReason, facts: VerdictFacts, deps: RefusalWordDeps): string[] {
  switch (reason) {
    case 'not_yet_valid':
      return notYetLines(facts, deps);
    case 'expired':
      return expiredLines(facts, deps);
    case 'already_admitted':
      return usedLines(facts, deps);
    case 'wrong_park':
      return listed('facts.parks', 'parks', facts.parks, deps.t);
    case 'wrong_gate':
      return listed('facts.allowedGates', 'gates', facts.allowedGates?.map(deps.words), deps.t);
    case 'gate_silent':
      return listed('facts.silent', 'gates', facts.silentGates?.map(deps.words), deps.t);
    case 'voided':
      return facts.voidedAtMs === undefined
        ? []
        : [deps.t('facts.voidedAt', { when: momentWords(facts.voidedAtMs, deps) })];
    default:
      return [];
  }
}

function notYetLines({ validFromMs, date, slot }: VerdictFacts, deps: RefusalWordDeps): string[] {
  const { t, time, duration, nowMs } = deps;
  const today = time.dateOf(nowMs);
  const day = date ?? (validFromMs === undefined ? undefined : time.dateOf(validFromMs));
  if (day !== undefined && day !== today)
    return [t('facts.validFromDate', { date: time.date(day) }), ...slotLine(slot, t)];
  if (validFromMs === undefined) return slotLine(slot, t);
  return [t('facts.validFromToday', { time: time.clock(validFromMs), wait: duration(roundUp(validFromMs - nowMs)) })];
}

function expiredLines({ validUntilMs, date, slot }: VerdictFacts, deps: RefusalWordDeps): string[] {
  if (date !== undefined && slot !== undefined && startTimeOf(slot) === null) {
    return [deps.t('facts.validUntil', { when: dayWords(date, deps) })];
  }
  return validUntilMs === undefined ? [] : [deps.t('facts.validUntil', { when: untilWords(validUntilMs, deps) })];
}

function usedLines({ usedAtMs, usedAtGate }: VerdictFacts, deps: RefusalWordDeps): string[] {
  if (usedAtMs === undefined) return usedAtGate === undefined ? [] : [deps.words(usedAtGate)];
  const when = momentWords(usedAtMs, deps);
  const lead =
    usedAtGate === undefined
      ? deps.t('facts.usedAtUnknown', { when })
      : deps.t('facts.usedAt', { gate: deps.words(usedAtGate), when });
  return [lead, deps.t('time.ago', { duration: deps.duration(deps.nowMs - usedAtMs) })];
}

/** A day ticket's slot is the word `day`: not worth a line. */
function slotLine(slot: string | undefined, t: TFunction): string[] {
  const startsAt = slot === undefined ? null : startTimeOf(slot);
  return startsAt === null ? [] : [t('facts.slot', { slot: startsAt })];
}

const listed = (key: string, name: string, items: readonly string[] | undefined, t: TFunction): string[] =>
  items === undefined || items.length === 0 ? [] : [t(key, { [name]: items.join(', ') })];

/** A wait of 22 min 10 s is told as 23 min: nobody should come back too early. */
const roundUp = (ms: number): number => Math.ceil(ms / 60_000) * 60_000;

/** `today 09:58`, or `20 November 17:40`. */
export function momentWords(atMs: number, { t, time, nowMs }: Omit<RefusalWordDeps, 'duration' | 'words'>): string {
  const clock = time.clock(atMs);
  return time.dateOf(atMs) === time.dateOf(nowMs)
    ? t('time.todayAt', { time: clock })
    : t('time.dayAt', { day: time.day(atMs), time: clock });
}

/** `today`, or `Mon, 23 November`. */
function dayWords(date: string, { t, time, nowMs }: Omit<RefusalWordDeps, 'duration' | 'words'>): string {
  return date === time.dateOf(nowMs) ? t('time.today') : time.date(date);
}

/** How long a ticket is good: a timed one to the minute; a day ticket for its day, whose small hours concern nobody. */
export function validityWords(
  { date, slot, validUntilMs }: { readonly date: string; readonly slot: string; readonly validUntilMs: number },
  deps: Omit<RefusalWordDeps, 'duration' | 'words'>,
): string {
  return startTimeOf(slot) === null ? dayWords(date, deps) : untilWords(validUntilMs, deps);
}

/** `today until 20:00`, or `until 20:00, 23 November`. */
export function untilWords(atMs: number, { t, time, nowMs }: Omit<RefusalWordDeps, 'duration' | 'words'>): string {
  const clock = time.clock(atMs);
  return time.dateOf(atMs) === time.dateOf(nowMs)
    ? t('time.todayUntil', { time: clock })
    : t('time.dayUntil', { time: clock, day: time.day(atMs) });
}

import type { UnchainedEvent } from '@skygate/shared/sync/chain';
import type { SeededRandom } from '@skygate/shared/testing/seeded-random';

type Words = Pick<UnchainedEvent, 'type' | 'version' | 'subject' | 'cause' | 'actor' | 'body'>;

const SHIFT = '0123456789ABCDEF';
const by = { cause: null, actor: 'system' };
const cash = { subject: `shift:${SHIFT}`, ...by };

/**
 * Events that no read model of this program can take: each has to be stored, forwarded and put aside, and nothing else
 * waits for it (E4, S2, S7).
 */
const KINDS: Readonly<Record<string, (n: number) => Words>> = {
  'a type of a newer program': (n) => ({
    type: 'GuestWaved',
    version: 1,
    subject: `guest:${n}`,
    ...by,
    body: { hands: n, words: 'салам \u0000 \ud83d\udc4b' },
  }),
  'a version of a newer program': (n) => ({
    type: 'TicketExited',
    version: 9,
    subject: `ticket:${n}`,
    ...by,
    body: { unheardOf: n },
  }),
  'a body that breaks its schema': (n) => ({
    type: 'CashMoved',
    version: 1,
    ...cash,
    body: { shiftId: SHIFT, amountMinor: `${n}`, reason: 'float' },
  }),
  'words that break the wire’s schema': (n) => ({
    type: 'CashMoved',
    version: 1,
    ...cash,
    subject: `shift:${'0'.repeat(200)}${n}`,
    body: { shiftId: SHIFT, amountMinor: n, reason: 'float' },
  }),
  'a row that no read model takes': (n) => ({
    type: 'ShiftClosed',
    version: 1,
    ...cash,
    body: {
      ...{ shiftId: SHIFT, currency: 'KGS', countedMinor: n, expectedMinor: n, differenceMinor: 0 },
      ...{ salesCount: 0, denominations: [], reason: 'a coin\u0000' },
    },
  }),
  'a body that is nested too deep': (n) => ({
    type: 'CashMoved',
    version: 1,
    ...cash,
    body: JSON.parse(`${'{"a":['.repeat(n + 17)}1${']}'.repeat(n + 17)}`),
  }),
  'a word that is HQ’s alone': (n) => ({
    type: 'CapacitySet',
    version: 1,
    subject: 'capacity:2026-11-21/day',
    ...by,
    body: { date: '2026-11-21', slot: 'day', places: 1_000 + n, reason: 'mine' },
  }),
};

/** Some of them, each of another kind. */
export function oddEvents(random: SeededRandom): readonly Words[] {
  const kinds = Object.values(KINDS);
  const first = random.int(kinds.length);
  return Array.from({ length: 1 + random.int(3) }, (_, index) => {
    const kind = kinds[(first + index) % kinds.length];
    if (kind === undefined) throw new Error('broken invariant: there are kinds');
    return kind(1 + random.int(1_000));
  });
}

import type { Event } from '@skygate/shared/events/envelope';
import type { Check, FinalState } from './invariants.ts';

/**
 * T3, T5: a ticket's cases are its admissions in the order of all nodes, save the first one, and save that too where a
 * void comes before it. Counted from the log, which holds what was told at the gates (see the admissions' own check).
 */
export const cases: Check = ({ server, book, lostOfHq }, report) => {
  // Another past's events are not in a stream: `sameState` alone holds their cases.
  if (server.events.some(({ type }) => type === 'EventRecovered')) return;
  const expected = new Set(expectedCases(server.events));
  const found = new Set(server.rows('cases').map((row) => `${row['node']}/${row['epoch']}/${row['seq']}`));
  for (const place of expected) if (!found.has(place)) report(`${place} is no case`);
  for (const place of found) if (!expected.has(place)) report(`${place} is a case`);
  const closed = server.events.filter(({ type }) => type === 'CaseClosed');
  const closings = closed.map(({ body }) => body['caseId']);
  // A restored HQ may close again what it does not know to be closed, in its next epoch (E8).
  const places = closed.map(({ epoch, body }) => `${epoch}/${body['caseId']}`);
  if (new Set(places).size !== places.length) report(`a case is closed twice: ${places.join()}`);
  if (lostOfHq.events.size > 0) return;
  for (const caseId of book.closedCases) if (!closings.includes(caseId)) report(`case ${caseId} is open again`);
};

function expectedCases(events: readonly Event[]): readonly string[] {
  const annulled = new Set(
    events.flatMap(({ type, body }) => (type === 'AdmissionAnnulled' ? [placeOf(body['original'] as Place)] : [])),
  );
  const facts = events.filter(
    (event) => event.type === 'TicketVoided' || (event.type === 'TicketAdmitted' && !annulled.has(placeOf(event))),
  );
  return [...Map.groupBy(facts, ({ body }) => body['ticketId']).values()].flatMap((own) => {
    const inOrder = own.toSorted(
      (one, other) =>
        Number(one.trust === 'none') - Number(other.trust === 'none') || (orderOf(one) < orderOf(other) ? -1 : 1),
    );
    // The first admission stands; after a void not even that.
    return inOrder
      .slice(1)
      .filter(({ type }) => type === 'TicketAdmitted')
      .map(placeOf);
  });
}

type Place = Pick<Event, 'node' | 'epoch' | 'seq'>;
const placeOf = ({ node, epoch, seq }: Place): string => `${node}/${epoch}/${seq}`;
const orderOf = ({ hlc, node, epoch, seq }: Event): string =>
  [hlc, node, String(epoch).padStart(12, '0'), String(seq).padStart(12, '0')].join(' ');

/** Who was let in by name is in the log as often as was told (C3's like at the gates). */
export const overrides: Check = (state: FinalState, report) => {
  const { book, server, kiosks, gone, imaged, lostOfWiped } = state;
  const names = new Map([...kiosks, ...gone].map(({ name, node }) => [node, name]));
  const counted = (keys: readonly string[]): ReadonlyMap<string, number> =>
    new Map([...Map.groupBy(keys, (key) => key)].map(([key, all]) => [key, all.length]));
  const held = counted(
    server.events
      .filter(({ type }) => type === 'AdmissionOverridden')
      .map(({ node, body }) => `${names.get(node)} ${body['ticketId']}`),
  );
  const keyOf = ({ kiosk, ticketId }: { kiosk: string; ticketId: string }): string => `${kiosk} ${ticketId}`;
  const possible = counted(book.overrides.map(keyOf));
  const told = counted(book.overrides.filter(({ outcome }) => outcome !== 'unknown').map(keyOf));
  const lost = new Map<string, number>(
    [...lostOfWiped.overridden].map(([key, times]) => {
      const [node = '', ticketId] = key.split(' ');
      return [`${names.get(node)} ${ticketId}`, times] as const;
    }),
  );
  // What a copied disk held, and what became of it, is told apart elsewhere (see `recovered`).
  const isCopied = (key: string): boolean => imaged.has(key.split(' ')[0] ?? '');
  for (const key of new Set([...held.keys(), ...possible.keys()])) {
    if (isCopied(key)) continue;
    const [count, least, most] = [
      held.get(key) ?? 0,
      (told.get(key) ?? 0) - (lost.get(key) ?? 0),
      possible.get(key) ?? 0,
    ];
    if (count < least || count > most) report(`${key}: ${count} overrides, expected ${least} to ${most}`);
  }
};

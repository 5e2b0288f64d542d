import type { EventRecovered } from '@skygate/shared/events/recovery';
import type { WireEvent } from '@skygate/shared/protocol/wire-event';
import type { Check, FinalState } from '../invariants.ts';

/**
 * E4, S2, S7: what no read model could take is in quarantine, at HQ and at every kiosk alike, and nothing else is. It
 * stands in the log all the same, where its author's disk was not replaced; of an adversary, who brings nothing twice,
 * where the log did not begin anew.
 */
export const putAside: Check = (state, report) => {
  const { server, kiosks, gone, book, imaged, lostOfWiped, pulls } = state;
  const expected = oddPlaces(state);
  compare('HQ', new Set(server.putAside), expected, report);
  for (const { name, disk } of kiosks) compare(name, new Set(disk.putAside), expected, report);
  const stored = new Set(server.events.map(({ hash }) => hash));
  const bringAgain = new Set([...kiosks, ...gone].map(({ name }) => name));
  for (const [hash, { by }] of book.oddEvents) {
    if (pulls === null && !bringAgain.has(by)) continue;
    if (imaged.size === 0 && !lostOfWiped.events.has(hash) && !stored.has(hash))
      report(`HQ lacks an event of ${by} that it could not read`);
  }
};

function compare(
  name: string,
  found: ReadonlySet<string>,
  expected: ReadonlySet<string>,
  report: (found: string) => void,
): void {
  for (const place of expected) if (!found.has(place)) report(`${name} has no row for ${place}`);
  for (const place of found) if (!expected.has(place)) report(`${name} has put ${place} aside`);
}

/** Places of odd events, and of what records an odd one again (E6). */
function oddPlaces({ server, book }: FinalState): ReadonlySet<string> {
  const odd = server.events.filter(
    (event) =>
      book.oddEvents.has(event.hash) || (event.type === 'EventRecovered' && recordsAnOdd(event.body, book.oddEvents)),
  );
  return new Set(odd.map(({ node, epoch, seq }) => `${node}/${epoch}/${seq}`));
}

function recordsAnOdd(body: unknown, oddEvents: FinalState['book']['oddEvents']): boolean {
  const { seal, events } = body as { seal: EventRecovered['seal']; events: WireEvent[] };
  // Odd events are sealed among themselves: their last one names them all.
  return events.length > 0 && oddEvents.has(seal.headHash);
}

import { base64urlToBytes } from '@skygate/shared/lib/bytes';
import { recoveredRun } from '@skygate/shared/sync/recovery';
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
    if (!imaged.has(by) && !lostOfWiped.events.has(hash) && !stored.has(hash))
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
function oddPlaces({ crypto, server, book }: FinalState): ReadonlySet<string> {
  const keyOf = (node: string, epoch: number) => base64urlToBytes(server.publicKeys.get(`${node}/${epoch}`) ?? '');
  const recordsAnOdd = (event: ServerEvent): boolean => {
    const run = event.type === 'EventRecovered' ? recoveredRun(crypto, event, keyOf) : null;
    return run?.ok === true && run.value.events.some(({ hash }) => book.oddEvents.has(hash));
  };
  const odd = server.events.filter((event) => book.oddEvents.has(event.hash) || recordsAnOdd(event));
  return new Set(odd.map(({ node, epoch, seq }) => `${node}/${epoch}/${seq}`));
}

type ServerEvent = FinalState['server']['events'][number];

import type { EventRecovered } from '@skygate/shared/events/recovery';
import { factsOf } from '../facts.ts';
import type { Check, FinalState } from '../invariants.ts';

/**
 * X4: a revoked kiosk wrote nothing after it had stopped, delivered all it had, and left nothing behind; HQ has it as
 * revoked and as wiped. An older backup may have taken what it had delivered, after it was erased (E8): then its stream
 * ends where the backup or another kiosk has it to, and its last word is not known.
 */
export const revokedAreGone: Check = (state, report) => {
  const revocations = revokedSince(state.server.events);
  for (const kiosk of state.gone) {
    const { name, node, epoch, disk } = kiosk;
    const stream = `${node}/${epoch}`;
    knownAtHq(state, kiosk, report);
    // HQ was put back to before it was let in, and nobody is there who knew it.
    const isForgotten = !state.server.vector.has(stream) && state.lostOfHq.enrolments.has(stream);
    if (!isForgotten && !revocations.has(stream)) report(`${name} is not revoked`);
    const left = [...disk.vector.keys(), ...(disk.peopleRevision > 0 ? ['people'] : [])];
    if (disk.incarnation !== '' || left.length > 0) report(`${name} still has ${disk.incarnation} ${left.join()}`);
  }
};

function knownAtHq(
  { server, isDurable, imaged, lostOfWiped: { streams, lastWords, replaced } }: FinalState,
  { name, node, epoch, stoppedAt }: FinalState['gone'][number],
  report: (found: string) => void,
): void {
  const stream = `${node}/${epoch}`;
  const end = server.vector.get(stream)?.seq ?? 0;
  // Whoever has a copy of its disk wrote on in its name, or had more of it; its own end is there all the same.
  const isThere = imaged.has(name) ? isHeld(server, stoppedAt) : end === stoppedAt?.seq;
  if (stoppedAt !== null && !isThere && end !== streams.get(stream)) {
    report(`${name} stopped at ${stoppedAt.seq}, its stream ends at ${end}`);
  }
  const isHeard = server.wiped.includes(stream) || lastWords.has(stream);
  if (!isHeard) report(`HQ does not know that ${name} was wiped`);
  // E9: what such a server acknowledged is on another kiosk's disk before anybody erases it.
  if (!isDurable && streams.has(stream) && !replaced.has(stream))
    report(`${name} was erased, and nobody has all of it`);
}

/** In its stream, or recorded again beside it (E6): word for word, also what no read model takes in. */
const isHeld = (server: FinalState['server'], end: FinalState['gone'][number]['stoppedAt']): boolean =>
  end === null ||
  end.seq === 0 ||
  server.events.some(({ hash, type, body }) => hash === end.hash || (type === 'EventRecovered' && endsWith(body, end)));

const endsWith = (body: object, { hash }: { readonly hash: string }): boolean =>
  (body as EventRecovered).seal.headHash === hash;

/** X4: what was dated after a revocation and is accepted by nobody is in no sum of money. */
export const withheldMinor = ({ server }: FinalState): number =>
  server
    .rows('withheld_facts')
    .filter(({ type }) => type === 'SaleCompleted')
    .reduce((sum, row) => sum + Number(row['amount_minor']), 0);

/**
 * X4: of a revoked incarnation's money what is dated after the revocation waits, save what a person accepted in their
 * newest word on it; and nobody else's.
 */
export const onlyTheRevokedWait: Check = (state, report) => {
  const { server } = state;
  const expected = waitingFacts(state);
  const rows = server.rows('withheld_facts').filter(({ fork }) => fork === '');
  const found = new Set(rows.map(({ node, epoch, seq }) => `${node}/${epoch}/${seq}`));
  for (const place of expected) if (!found.has(place)) report(`${place} counts, and nobody accepted it`);
  for (const place of found) if (!expected.has(place)) report(`${place} waits`);
};

/** The places of the facts about money that wait for a person, by the log alone and apart from the product's reckoning. */
export function waitingFacts({ server: { events }, book }: Pick<FinalState, 'server' | 'book'>): ReadonlySet<string> {
  const since = revokedSince(events);
  const accepted = newestWords(events);
  return new Set(
    events.flatMap(({ node, epoch, seq, type, hlc, hash }) => {
      const place = `${node}/${epoch}/${seq}`;
      // What cannot be read is in quarantine, and in no sum (S7).
      const isMoney = (type === 'SaleCompleted' || type === 'CashMoved') && !book.oddEvents.has(hash);
      return isMoney && hlc > (since.get(`${node}/${epoch}`) ?? 'x') && accepted.get(hash)?.isAccepted !== true
        ? [place]
        : [];
    }),
  );
}

/** What was said of each fact last, by the clock of who said it: a word of a lost past may come back after a newer one (E8). */
function newestWords(events: FinalState['server']['events']) {
  const words = new Map<string, { readonly hlc: string; readonly isAccepted: boolean }>();
  for (const { type, body, hlc } of factsOf({ events })) {
    if (type !== 'FactDecided') continue;
    const { hash } = body['original'] as { hash: string };
    if (hlc > (words.get(hash)?.hlc ?? '')) words.set(hash, { hlc, isAccepted: body['accepted'] === true });
  }
  return words;
}

/** By incarnation. Revoked again by HQ that had lost that it was (E8), it is revoked since the first time. */
function revokedSince(events: FinalState['server']['events']): ReadonlyMap<string, string> {
  const since = new Map<string, string>();
  for (const { type, body, hlc } of factsOf({ events })) {
    const stream = `${body['kiosk']}/${body['kioskEpoch']}`;
    if (type === 'KioskRevoked' && hlc < (since.get(stream) ?? 'x')) since.set(stream, hlc);
  }
  return since;
}

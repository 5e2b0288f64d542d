import type { Check, FinalState } from '../invariants.ts';

/**
 * X4: a revoked kiosk wrote nothing after it had stopped, delivered all it had, and left nothing behind; HQ has it as
 * revoked and as wiped.
 */
export const revokedAreGone: Check = ({ gone, server }, report) => {
  const revocations = new Set(
    server.events.flatMap(({ type, body }) =>
      type === 'KioskRevoked' ? [`${body['kiosk']}/${body['kioskEpoch']}`] : [],
    ),
  );
  for (const { name, node, epoch, stoppedAt, disk } of gone) {
    const stream = `${node}/${epoch}`;
    const end = server.vector.get(stream)?.seq;
    if (stoppedAt !== null && end !== stoppedAt) report(`${name} stopped at ${stoppedAt}, its stream ends at ${end}`);
    if (!revocations.has(stream)) report(`${name} is not revoked`);
    if (!server.wiped.includes(stream)) report(`HQ does not know that ${name} was wiped`);
    const left = [...disk.vector.keys(), ...(disk.peopleRevision > 0 ? ['people'] : [])];
    if (disk.incarnation !== '' || left.length > 0) report(`${name} still has ${disk.incarnation} ${left.join()}`);
  }
};

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
export const onlyTheRevokedWait: Check = ({ server }, report) => {
  const expected = waitingFacts(server.events);
  const rows = server.rows('withheld_facts').filter(({ fork }) => fork === '');
  const found = new Set(rows.map(({ node, epoch, seq }) => `${node}/${epoch}/${seq}`));
  for (const place of expected) if (!found.has(place)) report(`${place} counts, and nobody accepted it`);
  for (const place of found) if (!expected.has(place)) report(`${place} waits`);
};

/** The places of the facts about money that wait for a person, by the log alone and apart from the product's reckoning. */
export function waitingFacts(events: FinalState['server']['events']): ReadonlySet<string> {
  const since = new Map<string, string>();
  const accepted = new Map<string, boolean>();
  for (const { type, body, hlc } of events) {
    if (type === 'KioskRevoked') since.set(`${body['kiosk']}/${body['kioskEpoch']}`, hlc);
    if (type !== 'FactDecided') continue;
    const { node, epoch, seq } = body['original'] as { node: string; epoch: number; seq: number };
    accepted.set(`${node}/${epoch}/${seq}`, body['accepted'] === true);
  }
  return new Set(
    events.flatMap(({ node, epoch, seq, type, hlc }) => {
      const place = `${node}/${epoch}/${seq}`;
      const isMoney = type === 'SaleCompleted' || type === 'CashMoved';
      return isMoney && hlc > (since.get(`${node}/${epoch}`) ?? 'x') && accepted.get(place) !== true ? [place] : [];
    }),
  );
}

import { createNodeCrypto } from '@skygate/gate-app/kiosk/node-crypto';
import { DOCUMENT_IDS, type DocumentId } from '@skygate/shared/documents/events';
import { stateHashOf } from '@skygate/shared/documents/publication';
import { type CapacityState, committedPlaces, placesLeft } from '@skygate/shared/domain/capacity/decide';
import { leaseFindings, oversoldPlaces } from '@skygate/shared/domain/capacity/oversell';
import type { Event } from '@skygate/shared/events/envelope';
import type { Reader } from '@skygate/sync-server/db/database';
import { createDocumentStore } from '@skygate/sync-server/documents/document-store';
import { dayPlacesOf } from '@skygate/sync-server/hq/capacity/capacity-state';
import { lateDaysOf } from '@skygate/sync-server/hq/now/late-days';
import { datesOf, placesGivenAgain } from './check-places.ts';
import { prunedStreams } from './checks/pruned.ts';
import { serverStateHash } from './checks/same-state.ts';
import { readServerTexts } from './checks/texts.ts';
import { isScarce } from './faults/scarcity.ts';
import { PARK, parkDayAt, START_MS } from './headquarters.ts';
import { filesNaming, readKioskDisk, readServerDisk } from './inspect.ts';
import { type AtHq, brokenInvariants, type FinalState } from './invariants.ts';
import type { Run } from './run.ts';

/** Reads every disk and holds it against what people were told. */
export async function judge(run: Run): Promise<void> {
  const deps = run.server.deps();
  if (deps === null) throw new Error('broken invariant: the server is up');
  await run.activity.track(() => deps.projections.projectNow());
  const server = await readServerDisk(run.world.database);
  const all = run.kiosks.map((kiosk) => ({
    name: kiosk.name,
    node: run.nodes.get(kiosk.name) ?? '',
    path: kiosk.databasePath(),
    disk: readKioskDisk(kiosk.databasePath(), false),
    names: (name: string) => filesNaming(kiosk.databasePath(), name),
  }));
  const kiosks = all.filter(({ name }) => !run.revoked.has(name));
  const gone = all.flatMap((kiosk) => {
    const revoked = run.revoked.get(kiosk.name);
    return revoked === undefined ? [] : [{ ...kiosk, ...revoked }];
  });
  const crypto = createNodeCrypto();
  const { book, jumped, imaged, forgotten, lostOfHq, lostOfWiped } = run;
  const endMs = START_MS + run.scheduler.nowMs();
  const hq = await whatHqFinds(run, datesOf({ server }), endMs);
  const times = { startMs: START_MS, endMs, pulls: run.network.pulls() };
  const excuses = { jumped, imaged, forgotten, lostOfHq, lostOfWiped, isDurable: run.server.isDurable };
  const lateDays = await lateDaysOf(run.world.database.reader, PARK, parkDayAt(run.scheduler.nowMs()));
  const texts = await readServerTexts(run.world.database.reader);
  const serverFolder = run.server.folder;
  const documents = await documentsAtHq(run.world.database.reader);
  countWhatStruck(run, { server, kiosks, lateDays });
  run.broken.push(
    ...brokenInvariants({
      crypto,
      book,
      server,
      kiosks,
      gone,
      hq,
      lateDays,
      documents,
      texts,
      serverFolder,
      ...excuses,
      ...times,
    }),
  );
  run.trace.add(`ends at ${server.head} with ${serverStateHash(crypto, server)}`);
}

/** As HQ decides now, from every change that it has. */
async function documentsAtHq(reader: Reader): Promise<FinalState['documents']> {
  const crypto = createNodeCrypto();
  const store = createDocumentStore({ crypto });
  const documents = new Map<DocumentId, AtHq>();
  for (const documentId of DOCUMENT_IDS) {
    const { generation, value } = await store.load(reader, PARK, documentId);
    documents.set(documentId, { generation, stateHash: stateHashOf(crypto, value), value });
  }
  return documents;
}

/** What people are told where HQ has nothing left. */
const RAN_OUT: ReadonlySet<string> = new Set([
  'wants the last places: nothing lent',
  'HQ lends the last places: refused',
  'HQ sells the last places: refused',
  'HQ holds places: refused',
]);

/** Faults that show only at the end. */
function countWhatStruck(
  { seed, faults, book }: Run,
  { server, kiosks, lateDays }: Pick<FinalState, 'server' | 'kiosks' | 'lateDays'>,
) {
  faults.restatedDay += lateDays.length;
  faults.prunedKiosk += kiosks.filter(({ path }) => prunedStreams(path).length > 0).length;
  if (isScarce(seed)) {
    faults.placesRanOut += [...book.outcomes].reduce((sum, [said, times]) => sum + (RAN_OUT.has(said) ? times : 0), 0);
    faults.placesGivenAgain += placesGivenAgain({ server });
  }
  const isReturned = ({ type, body }: Event) => type === 'LeaseReturned' && body['reason'] === 'not_needed';
  faults.returnedShare += server.events.filter(isReturned).length;
}

/** What HQ itself finds wrong with the places of its days (C1). */
async function whatHqFinds(run: Run, dates: Iterable<string>, nowMs: number): Promise<FinalState['hq']> {
  const days = new Map<string, CapacityState>();
  for (const date of dates) {
    const places = await dayPlacesOf(run.world.database.reader, { park: PARK, date, nowMs });
    days.set(date, places.stateOf('day'));
  }
  const states = [...days.values()];
  return {
    findings: states.flatMap((state) => leaseFindings(state)),
    oversold: states.reduce((sum, state) => sum + oversoldPlaces(state), 0),
    places: new Map([...days].map(([date, state]) => [date, { free: placesLeft(state), out: committedPlaces(state) }])),
  };
}

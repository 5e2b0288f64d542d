import { isHqNode } from '@skygate/shared/lib/ids';
import type { Database } from '@skygate/sync-server/db/database';
import { EVENT_COLUMNS, storedToEvent } from '@skygate/sync-server/ingest/stored-event';
import { readKioskTexts, readServerTexts } from './checks/texts.ts';
import type { TableCopy } from './copy-tables.ts';
import { factsOf, textOf } from './facts.ts';
import { PARK } from './headquarters.ts';
import { readKioskDisk } from './inspect.ts';
import type { KioskHost } from './kiosk-host.ts';
import type { Run } from './run.ts';

/** What an older backup that was put back took with it of HQ's, as far as no kiosk had pulled it (E8). */
export interface LostOfHq {
  /** Hashes of events. */
  readonly events: Set<string>;
  readonly tickets: Set<string>;
  /** Names of what was typed, and no kiosk holds (E5). */
  readonly texts: Set<string>;
  /** Incarnations of kiosks that were let in, by `node/epoch`. */
  readonly enrolments: Set<string>;
  /** Names of what was erased. */
  readonly erasures: Set<string>;
  /** Names of kiosks that were given an enrolment code since the backup; it is not in the log, so nobody brings it (S1). */
  readonly codes: Set<string>;
  isPutBack: boolean;
  /** HQ lent or sold on before it noticed: C1 names that exception. */
  wroteOn: boolean;
}

/**
 * What it took of a kiosk that had delivered all and erased itself by then (X4): events that the backup had not yet and no
 * other kiosk had pulled. Whoever is there still brings its own again.
 */
export interface LostOfWiped {
  /** Hashes. */
  readonly events: Set<string>;
  /** How far each stream is left, by `node/epoch`. */
  readonly streams: Map<string, number>;
  /** Of them, those of which another kiosk had more, on a disk that an older copy of itself replaced (E9). */
  readonly replaced: Set<string>;
  readonly sales: Set<string>;
  /** How many admissions, and how many by name, of a ticket: by `node ticket`. */
  readonly admitted: Map<string, number>;
  readonly overridden: Map<string, number>;
  /** Incarnations whose last word, that they are erased, is not known any more. */
  readonly lastWords: Set<string>;
}

export const nothingLost = (): LostOfHq => ({
  events: new Set(),
  tickets: new Set(),
  texts: new Set(),
  enrolments: new Set(),
  erasures: new Set(),
  codes: new Set(),
  isPutBack: false,
  wroteOn: false,
});

export const nothingLostOfWiped = (): LostOfWiped => ({
  events: new Set(),
  streams: new Map(),
  replaced: new Set(),
  sales: new Set(),
  admitted: new Map(),
  overridden: new Map(),
  lastWords: new Set(),
});

interface Lost {
  readonly backup: readonly TableCopy[];
  /** HQ's journal stays as it is: nothing of HQ's is lost (E9). */
  readonly isJournalKept: boolean;
}

/** Right before a backup is put back: what is in neither it nor on any disk. */
export async function noteWhatIsLost(run: Run, { backup, isJournalKept }: Lost): Promise<void> {
  const erased = await erasedKiosks(run.world.database);
  const disks = disksLeft(run, erased);
  const kept = highest([backupHeads(backup), ...disks.map(vectorOf)]);
  const events = await eventsOf(run.world.database);
  const lost = events.filter(({ node, epoch, seq }) => seq > (kept.get(`${node}/${epoch}`) ?? 0));
  noteLostOfWiped(
    run,
    lost.filter(({ node }) => !isHqNode(node)),
    kept,
  );
  if (isJournalKept) return;
  noteLostOfHq(
    run,
    lost.filter(({ node }) => isHqNode(node)),
  );
  await noteLostTexts(run, backup, disks);
  await noteLostCodes(run, backup);
  const words = rowsOf<Incarnation>(backup, 'wiped_kiosks').map(nameOf);
  for (const name of erased) if (!words.includes(name)) run.lostOfWiped.lastWords.add(name);
}

/** A power cut takes the last commits of PGlite (E9): what is on no disk then either. */
export async function notingWhatIsLost(run: Run, loseTail: () => Promise<number>): Promise<number> {
  const { database } = run.world;
  const erased = await erasedKiosks(database);
  const before = await eventsOf(database);
  const lost = await loseTail();
  const heads = new Map((await eventsOf(database)).map(({ node, epoch, seq }) => [`${node}/${epoch}`, seq]));
  const kept = highest([heads, ...disksLeft(run, erased).map(vectorOf)]);
  noteLostOfWiped(
    run,
    before.filter(({ node, epoch, seq }) => !isHqNode(node) && seq > (kept.get(`${node}/${epoch}`) ?? 0)),
    kept,
  );
  return lost;
}

const disksLeft = (run: Run, erased: readonly string[]): readonly KioskHost[] =>
  run.kiosks.filter(({ name, wasStarted }) => wasStarted() && run.nodes.has(name) && !isErased(run, erased, name));

interface Incarnation {
  readonly node: string;
  readonly epoch: number;
}

const nameOf = ({ node, epoch }: Incarnation): string => `${node}/${epoch}`;

/** Those that the server has heard the last word of: they erase themselves, whatever is on their disks at this moment. */
async function erasedKiosks({ reader }: Database): Promise<readonly string[]> {
  const rows = await reader.selectFrom('wiped_kiosks').select(['node', 'epoch']).where('park', '=', PARK).execute();
  return rows.map(nameOf);
}

function isErased({ revoked }: Run, erased: readonly string[], name: string): boolean {
  const incarnation = revoked.get(name);
  return incarnation !== undefined && erased.includes(nameOf(incarnation));
}

const rowsOf = <Row>(backup: readonly TableCopy[], table: string): readonly Row[] =>
  JSON.parse(backup.find(({ name }) => name === table)?.rows ?? '[]');

const backupHeads = (backup: readonly TableCopy[]): ReadonlyMap<string, number> =>
  new Map(rowsOf<Incarnation & { head_seq: number }>(backup, 'nodes').map((row) => [nameOf(row), row.head_seq]));

const vectorOf = (kiosk: KioskHost): ReadonlyMap<string, number> =>
  new Map([...readKioskDisk(kiosk.databasePath(), false).vector].map(([stream, { seq }]) => [stream, seq]));

function highest(vectors: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const heads = new Map<string, number>();
  for (const [stream, seq] of vectors.flatMap((vector) => [...vector])) {
    heads.set(stream, Math.max(seq, heads.get(stream) ?? 0));
  }
  return heads;
}

type LostEvent = Awaited<ReturnType<typeof eventsOf>>[number];

async function eventsOf({ reader }: Database) {
  const rows = await reader
    .selectFrom('events')
    .select(EVENT_COLUMNS)
    .where('park', '=', PARK)
    .orderBy('position')
    .execute();
  return rows.map((row) => ({ ...storedToEvent(row), position: row.position }));
}

function noteLostOfHq({ lostOfHq }: Run, lost: readonly LostEvent[]): void {
  for (const { hash } of lost) lostOfHq.events.add(hash);
  for (const fact of factsOf({ events: lost })) {
    if (fact.type === 'TicketIssued') lostOfHq.tickets.add(textOf(fact, 'ticketId'));
    if (fact.type === 'KioskEnrolled') {
      lostOfHq.enrolments.add(`${fact.body['kiosk']}/${fact.body['kioskEpoch']}`);
    }
    if (fact.type === 'TextErased') lostOfHq.erasures.add(textOf(fact, 'text'));
  }
}

function noteLostOfWiped(
  { lostOfWiped, replaced }: Run,
  lost: readonly LostEvent[],
  kept: ReadonlyMap<string, number>,
): void {
  const { events, streams, sales, admitted, overridden } = lostOfWiped;
  for (const { node, epoch, seq, hash, type, body } of lost) {
    const stream = `${node}/${epoch}`;
    events.add(hash);
    streams.set(stream, kept.get(stream) ?? 0);
    if (replaced.some((disk) => (disk.get(stream) ?? 0) >= seq)) lostOfWiped.replaced.add(stream);
    const count = (counts: Map<string, number>): void => {
      const key = `${node} ${body['ticketId']}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    };
    if (type === 'SaleCompleted') sales.add(String(body['saleId']));
    if (type === 'TicketAdmitted') count(admitted);
    if (type === 'AdmissionOverridden') count(overridden);
  }
}

/** Words that neither the backup has nor whoever typed them (E5). */
async function noteLostTexts(
  { world, lostOfHq }: Run,
  backup: readonly TableCopy[],
  disks: readonly KioskHost[],
): Promise<void> {
  const kept = new Set(rowsOf<{ readonly name: string }>(backup, 'texts').map(({ name }) => name));
  for (const kiosk of disks) {
    for (const { name, text } of readKioskTexts(kiosk.databasePath())) if (text !== '') kept.add(name);
  }
  for (const name of (await readServerTexts(world.database.reader)).keys())
    if (!kept.has(name)) lostOfHq.texts.add(name);
}

/** Codes that HQ made since the backup: whoever still holds one is told that it is unknown (S1, E8). */
async function noteLostCodes({ world, lostOfHq }: Run, backup: readonly TableCopy[]): Promise<void> {
  const kept = new Set(rowsOf<{ readonly code_hash: string }>(backup, 'enrolment_codes').map((row) => row.code_hash));
  const given = await world.database.reader.selectFrom('enrolment_codes').select(['code_hash', 'name']).execute();
  for (const { code_hash: hash, name } of given) if (!kept.has(hash)) lostOfHq.codes.add(name);
}

import { hqNodeOf } from '@skygate/shared/lib/ids';
import { type SeededRandom, seededRandom } from '@skygate/shared/testing/seeded-random';
import type { ServerDeps } from '@skygate/sync-server/app';
import type { Database } from '@skygate/sync-server/db/database';
import { declareRestored } from '@skygate/sync-server/restore/begin-recovery';
import { readKioskTexts, readServerTexts } from './checks/texts.ts';
import { copyTables, putTablesBack, type TableCopy } from './copy-tables.ts';
import { hasImages } from './disk-images.ts';
import { isOverridden, sellBeforeReports } from './faults/sell-before-reports.ts';
import { grantLease, issueGroup, PARK } from './headquarters.ts';
import { hqActs } from './hq-deeds.ts';
import { readIncarnation, readKioskDisk } from './inspect.ts';
import { presentKiosks, type Run } from './run.ts';

const SEEDS_WITH_RESTORE = 0.3;
const restoreRandom = (seed: number): SeededRandom => seededRandom(`${seed}/restore`);

/** Whether an older backup of the server comes back in a seed. */
export const hasRestore = (seed: number): boolean =>
  !hasImages(seed) && (restoreRandom(seed).chance(SEEDS_WITH_RESTORE) || isOverridden(seed));

const STREAM_OF_HQ = `${hqNodeOf(PARK)}/`;

/** What an older backup that was put back took with it of HQ's, as far as no kiosk had pulled it (E8). */
export interface LostOfHq {
  /** Hashes of events. */
  readonly events: Set<string>;
  readonly tickets: Set<string>;
  /** Names of what was typed, and no kiosk holds (E5). */
  readonly texts: Set<string>;
  /** Names of what was erased. */
  readonly erasures: Set<string>;
  /** Names of kiosks that were given an enrolment code since the backup; it is not in the log, so nobody brings it (S1). */
  readonly codes: Set<string>;
  isPutBack: boolean;
  /** HQ lent or sold on before it noticed: C1 names that exception. */
  wroteOn: boolean;
}

export const nothingLost = (): LostOfHq => ({
  events: new Set(),
  tickets: new Set(),
  texts: new Set(),
  erasures: new Set(),
  codes: new Set(),
  isPutBack: false,
  wroteOn: false,
});

/** An older backup that is put back at the server's next start. */
export interface Restore {
  putBack(): Promise<void>;
  /** How it goes on when the server is up again. */
  afterwards(): Promise<void>;
}

/**
 * In a share of seeds a backup of the server is taken, and later put back (E8): the database alone, or with what lay in the
 * data folder then (the journal of PGlite, the notes of PostgreSQL). The operator says so, or nobody notices at first.
 */
export function planServerRestore(run: Run, lengthMs: number): void {
  const random = restoreRandom(run.seed);
  // What the server alone held of a disk that an older copy replaced would be lost with it, and rightly so.
  const isSure = isOverridden(run.seed);
  if (hasImages(run.seed) || (!random.chance(SEEDS_WITH_RESTORE) && !isSure)) return;
  const { scheduler, server, trace, faults } = run;
  const isFolderKept = random.chance(0.4);
  // A durable server's folder has notes alone: what it kept of HQ's was in its database (E9).
  const isJournalKept = isFolderKept && !server.isDurable;
  const isTold = random.chance(0.4) || isSure;
  const isWrittenOn = random.chance(0.4);
  scheduler.after(random.int(lengthMs / 2), () => {
    void run.activity.track(async () => {
      const tables = await copyTables(run.world.database);
      const folder = server.copyFolder();
      trace.add('the server is backed up');
      scheduler.after(1_000 + random.int(lengthMs / 2), () => {
        run.restore = {
          putBack: async () => {
            if (!isJournalKept) await noteWhatIsLost(run, tables);
            await putTablesBack(run.world.database, tables);
            if (!isFolderKept) server.putFolderBack(folder);
            run.lostOfHq.isPutBack = true;
            run.network.logBeganAnew();
            run.network.endsAgainAt(await headOf(run.world.database));
            faults.restoredServer += 1;
            trace.add(`an older backup is put back, the data folder ${isFolderKept ? 'kept' : 'too'}`);
          },
          afterwards: () => goOn(run, random, { isTold, isWrittenOn }),
        };
        server.crash('server at rest');
      });
    });
  });
}

async function headOf({ reader }: Database): Promise<number> {
  const { head } = await reader.selectFrom('parks').select('head').where('park', '=', PARK).executeTakeFirstOrThrow();
  return head;
}

async function goOn(run: Run, random: SeededRandom, how: { isTold: boolean; isWrittenOn: boolean }): Promise<void> {
  const deps = run.server.deps();
  if (deps === null) return;
  if (how.isTold) {
    await declareRestored(deps, PARK, 'operator');
    run.trace.add('the operator says so');
    await sellsNothing(run, deps);
    if (isOverridden(run.seed)) await sellBeforeReports(run);
  }
  if (!how.isWrittenOn) return;
  run.lostOfHq.wroteOn ||= !how.isTold;
  for (let deeds = 1 + random.int(3); deeds > 0; deeds -= 1) await hqActs(run, random);
}

/** E8: no kiosk has said yet what it holds. */
async function sellsNothing(run: Run, deps: ServerDeps): Promise<void> {
  const till = presentKiosks(run).find(({ role }) => role === 'till');
  const holder = till?.isUp() ? readIncarnation(till.databasePath()) : null;
  const answers = [
    await issueGroup(deps, 1),
    holder === null ? 'refused' : await grantLease(deps, holder, { places: 1, lastsMs: null }),
  ];
  if (answers.every((answer) => answer === 'refused')) return;
  run.broken.push({ invariant: 'a restored server sells nothing before all have reported', found: 'it sold' });
}

async function noteWhatIsLost(run: Run, backup: readonly TableCopy[]): Promise<void> {
  const { world, kiosks, nodes, lostOfHq } = run;
  await noteLostTexts(run, backup);
  await noteLostCodes(run, backup);
  const pulled = new Map<string, number>();
  for (const kiosk of kiosks.filter(({ name }) => nodes.has(name))) {
    for (const [stream, { seq }] of readKioskDisk(kiosk.databasePath(), false).vector) {
      if (stream.startsWith(STREAM_OF_HQ)) pulled.set(stream, Math.max(seq, pulled.get(stream) ?? 0));
    }
  }
  const events = await world.database.reader
    .selectFrom('events')
    .select(['node', 'epoch', 'seq', 'hash', 'type', 'body'])
    .where('park', '=', PARK)
    .where('node', '=', hqNodeOf(PARK))
    .execute();
  const lost = events.filter(({ node, epoch, seq }) => seq > (pulled.get(`${node}/${epoch}`) ?? 0));
  for (const { hash, type, body } of lost) {
    lostOfHq.events.add(hash);
    const said = JSON.parse(body ?? '{}');
    if (type === 'TicketIssued') lostOfHq.tickets.add(said.ticketId);
    if (type === 'TextErased') lostOfHq.erasures.add(said.text);
  }
}

/** Words that neither the backup has nor whoever typed them (E5). */
async function noteLostTexts({ world, kiosks, lostOfHq }: Run, backup: readonly TableCopy[]): Promise<void> {
  const rows = JSON.parse(backup.find(({ name }) => name === 'texts')?.rows ?? '[]') as { readonly name: string }[];
  const kept = new Set(rows.map(({ name }) => name));
  for (const kiosk of kiosks.filter((each) => each.wasStarted())) {
    for (const { name, text } of readKioskTexts(kiosk.databasePath())) if (text !== '') kept.add(name);
  }
  for (const name of (await readServerTexts(world.database.reader)).keys())
    if (!kept.has(name)) lostOfHq.texts.add(name);
}

/** Codes that HQ made since the backup: whoever still holds one is told that it is unknown (S1, E8). */
async function noteLostCodes({ world, lostOfHq }: Run, backup: readonly TableCopy[]): Promise<void> {
  const rows = JSON.parse(backup.find(({ name }) => name === 'enrolment_codes')?.rows ?? '[]');
  const kept = new Set((rows as { readonly code_hash: string }[]).map((row) => row.code_hash));
  const given = await world.database.reader.selectFrom('enrolment_codes').select(['code_hash', 'name']).execute();
  for (const { code_hash: hash, name } of given) if (!kept.has(hash)) lostOfHq.codes.add(name);
}

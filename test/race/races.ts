import { draft } from '@skygate/shared/events/catalogue';
import type { NodeId } from '@skygate/shared/lib/ids';
import type { PullResponse } from '@skygate/shared/protocol/pull';
import {
  enrolBody,
  enrolKiosk,
  get,
  newKey,
  post,
  push,
  pushOf,
  type TestKiosk,
} from '@skygate/sync-server/db/testing/test-server';
import { appendHqEvents } from '@skygate/sync-server/hq-node/append-hq-events';
import { createEnrolmentCode } from '@skygate/sync-server/hq-node/enrolment';
import { DATE, grantLease, PARK } from '../simulation/headquarters.ts';
import type { RaceTrack } from './race-track.ts';

/** What must hold whoever is first. */
export interface Broken {
  readonly invariant: string;
  readonly found: string;
}

type Report = (invariant: string, found: string) => void;

const WRITERS = 4;
const BATCHES = 10;
const PLACES = 10;

export async function runRaces(track: RaceTrack): Promise<readonly Broken[]> {
  const broken: Broken[] = [];
  const report: Report = (invariant, found) => broken.push({ invariant, found });
  for (const race of [pushesAndAReader, lastPlaces, oneCode, appendAgainstEnrolment]) await race(track, report);
  return broken;
}

/** S3, S4: streams of one park through two instances, every batch twice, while somebody reads by cursor. */
async function pushesAndAReader(track: RaceTrack, report: Report): Promise<void> {
  const reader = await enrolKiosk(track.first, { park: PARK, name: 'reader', gateId: 'reader' });
  const writers: TestKiosk[] = [];
  for (let index = 0; index < WRITERS; index += 1) {
    writers.push(await enrolKiosk(track.first, { park: PARK, name: `gate ${index}`, gateId: `gate-${index}` }));
  }
  let writing = true;
  const reading = readByCursor(track, reader, () => writing, report);
  await Promise.all(writers.map((writer, index) => writeAll(track, writer, index, report)));
  writing = false;
  const seen = await reading;
  for (const { enrolled, log } of writers) {
    const expected = log.map(({ seq }) => seq).join();
    const got = (seen.get(enrolled.node) ?? []).join();
    if (got !== expected) report('a reader misses nothing', `${enrolled.node}: ${got} of ${expected}`);
  }
  await positionsAreGapFree(track, report);
}

async function writeAll(track: RaceTrack, writer: TestKiosk, index: number, report: Report): Promise<void> {
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const body = pushOf(writer.key, writer.write(3));
    const answers = await Promise.all([index, index + 1].map((at) => push(track.instance(at), writer.token, body)));
    for (const answer of answers) {
      if (answer.statusCode !== 200)
        report('every push is answered', `${answer.statusCode} ${answer.body.slice(0, 200)}`);
    }
  }
}

/** Polls without a pause: a position that shows up behind the cursor is missed for ever. */
async function readByCursor(
  track: RaceTrack,
  reader: TestKiosk,
  isWriting: () => boolean,
  report: Report,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const seen = new Map<string, number[]>();
  let after = 0;
  for (let polls = 0; polls < 100_000; polls += 1) {
    const wasWriting = isWriting();
    const answer = await get(track.instance(polls), `/sync/pull?after=${after}&waitMs=0`, reader.token);
    if (answer.statusCode !== 200) {
      report('every pull is answered', `${answer.statusCode} ${answer.body.slice(0, 200)}`);
      return seen;
    }
    const page = answer.json() as PullResponse;
    for (const { node, from, events } of page.runs) {
      const known = seen.get(node) ?? [];
      known.push(...events.map((_event, index) => from + index));
      seen.set(node, known);
    }
    after = page.next;
    if (!wasWriting && page.next >= page.head) return seen;
  }
  return seen;
}

async function positionsAreGapFree(track: RaceTrack, report: Report): Promise<void> {
  const { reader } = track.first.deps.database;
  const rows = await reader
    .selectFrom('events')
    .select('position')
    .where('park', '=', PARK)
    .orderBy('position')
    .execute();
  const wrong = rows.findIndex(({ position }, index) => position !== index + 1);
  if (wrong >= 0) report('positions are gap-free', `position ${rows[wrong]?.position} is number ${wrong + 1}`);
}

/** C1: everybody asks for the last places at once, at two instances. */
async function lastPlaces(track: RaceTrack, report: Report): Promise<void> {
  const till = await enrolKiosk(track.first, { park: PARK, name: 'till', role: 'till', gateId: 'till' });
  const capacity = { date: DATE, slot: 'day', places: PLACES, reason: 'race' };
  await appendHqEvents(track.first.deps, PARK, [
    draft('CapacitySet', `capacity:${DATE}/day`, capacity, { actor: 'hq:race' }),
  ]);
  const kiosk = { node: till.enrolled.node as NodeId, epoch: 1 };
  const asked = Array.from({ length: 8 }, (_, index) =>
    grantLease(track.instance(index).deps, kiosk, { places: 3, lastsMs: null }),
  );
  const granted = (await settled(asked, report)).filter((deed) => deed !== 'refused').length;
  if (granted !== Math.floor(PLACES / 3)) report('the last places are lent once', `${granted} times 3 of ${PLACES}`);
}

/** S1: one code, several machines. */
async function oneCode(track: RaceTrack, report: Report): Promise<void> {
  const { code } = await createEnrolmentCode(track.first.deps, {
    park: PARK,
    name: 'one',
    role: 'gate',
    gateId: 'one',
  });
  const bodies = Array.from({ length: 6 }, () => enrolBody(code, newKey()));
  const answers = await Promise.all(bodies.map((body, index) => post(track.instance(index), '/sync/enrol', body)));
  const statuses = answers.map(({ statusCode }) => statusCode).sort();
  if (statuses.join() !== '200,409,409,409,409,409') report('a code enrols one kiosk', statuses.join());
}

/** E6: the last events of an incarnation arrive while the next one enrols: each is taken in or refused, none is lost. */
async function appendAgainstEnrolment(track: RaceTrack, report: Report): Promise<void> {
  const kiosk = await enrolKiosk(track.first, { park: PARK, name: 'old', gateId: 'old' });
  const expected = {
    park: PARK,
    name: 'old',
    role: 'gate' as const,
    gateId: 'old',
    node: kiosk.enrolled.node as NodeId,
  };
  const { code } = await createEnrolmentCode(track.first.deps, expected);
  const enrolling = post(track.instance(1), '/sync/enrol', enrolBody(code, newKey()));
  let stored = 0;
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const answer = await push(track.first, kiosk.token, pushOf(kiosk.key, kiosk.write(2)));
    if (answer.statusCode === 200) stored = kiosk.log.length;
    else if (answer.statusCode !== 410)
      report('every push is answered', `${answer.statusCode} ${answer.body.slice(0, 200)}`);
    if (answer.statusCode !== 200) break;
  }
  const enrolled = await enrolling;
  if (enrolled.statusCode !== 200)
    report('an enrolment is answered', `${enrolled.statusCode} ${enrolled.body.slice(0, 200)}`);
  const { reader } = track.first.deps.database;
  const rows = await reader
    .selectFrom('events')
    .select(['seq', 'hash'])
    .where('park', '=', PARK)
    .where('node', '=', kiosk.enrolled.node)
    .where('epoch', '=', kiosk.enrolled.epoch)
    .orderBy('seq')
    .execute();
  const held = rows.map(({ hash }) => hash).join();
  const own = kiosk.log
    .slice(0, Math.max(stored, rows.length))
    .map(({ hash }) => hash)
    .join();
  if (held !== own) report('what was acknowledged is there', `${rows.length} of ${stored}`);
  await positionsAreGapFree(track, report);
}

async function settled<Value>(work: readonly Promise<Value>[], report: Report): Promise<readonly Value[]> {
  const values: Value[] = [];
  for (const outcome of await Promise.allSettled(work)) {
    if (outcome.status === 'fulfilled') values.push(outcome.value);
    else report('every deed is answered', String(outcome.reason).slice(0, 200));
  }
  return values;
}

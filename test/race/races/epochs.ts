import type { NodeId } from '@skygate/shared/lib/ids';
import {
  enrolBody,
  enrolKiosk,
  newKey,
  post,
  push,
  pushOf,
  streamOf,
  type TestKiosk,
} from '@skygate/sync-server/db/testing/test-server';
import { createEnrolmentCode } from '@skygate/sync-server/hq-node/enrolment';
import { PARK } from '../../simulation/headquarters.ts';
import type { RaceTrack } from '../race-track.ts';
import { isAnswered, positionsAreGapFree, type Report } from './report.ts';

const BATCHES = 10;
const COMMON = 3;

/** S1: one code, several machines. */
export async function oneCode(track: RaceTrack, report: Report): Promise<void> {
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
export async function appendAgainstEnrolment(track: RaceTrack, report: Report): Promise<void> {
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
  isAnswered('an enrolment is answered', enrolled, report);
  await isThere(track, kiosk, stored, report);
  await positionsAreGapFree(track, report);
}

/** E6, S2: two instances are shown another past of a stream at once, while its author goes on writing. */
export async function closingAgainstPushes(track: RaceTrack, report: Report): Promise<void> {
  const kiosk = await enrolKiosk(track.first, { park: PARK, name: 'cloned', gateId: 'cloned' });
  const relays = [];
  for (const name of ['relay 1', 'relay 2'])
    relays.push(await enrolKiosk(track.first, { park: PARK, name, gateId: name }));
  await push(track.first, kiosk.token, pushOf(kiosk.key, kiosk.write(COMMON)));
  const clone = streamOf(kiosk.enrolled);
  clone.write(COMMON + 3, (seq) => ({ shiftId: '0000000000000000', amountMinor: 1_000 + seq, reason: 'clone' }));
  const shown = relays.map((relay, index) =>
    push(track.instance(index), relay.token, pushOf(kiosk.key, clone.log), { 'skygate-protocol': '2' }),
  );
  let stored = COMMON;
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const answer = await push(track.instance(batch), kiosk.token, pushOf(kiosk.key, kiosk.write(2)));
    if (answer.statusCode === 200) stored = kiosk.log.length;
    else if (answer.statusCode !== 410 && answer.statusCode !== 409)
      report('every push is answered', `${answer.statusCode} ${answer.body.slice(0, 200)}`);
  }
  for (const { statusCode, body } of await Promise.all(shown)) {
    if (statusCode !== 409) report('another past is refused', `${statusCode} ${body.slice(0, 200)}`);
  }
  await isThere(track, kiosk, stored, report);
  await positionsAreGapFree(track, report);
  const ends = (await eventsOf(track, 'EpochClosed')).filter(({ kiosk: of }) => of === kiosk.enrolled.node);
  if (ends.length !== 1) report('an epoch ends once', `${ends.length} times`);
  const [end] = ends;
  if (end && kiosk.log[Number(end['lastSeq']) - 1]?.hash !== end['lastHash'])
    report('an epoch ends at its last good seq', JSON.stringify(end));
}

/** Every event of the author up to `stored`, and nothing that is not its own. */
async function isThere(track: RaceTrack, kiosk: TestKiosk, stored: number, report: Report): Promise<void> {
  const rows = await track.first.deps.database.reader
    .selectFrom('events')
    .select(['seq', 'hash'])
    .where('park', '=', PARK)
    .where('node', '=', kiosk.enrolled.node)
    .where('epoch', '=', kiosk.enrolled.epoch)
    .orderBy('seq')
    .execute();
  const held = rows.map(({ hash }) => hash).join();
  const own = kiosk.log.slice(0, Math.max(stored, rows.length)).map(({ hash }) => hash);
  if (held !== own.join()) report('what was acknowledged is there', `${rows.length} of ${stored}`);
}

async function eventsOf(track: RaceTrack, type: string): Promise<readonly Record<string, unknown>[]> {
  const { reader } = track.first.deps.database;
  const rows = await reader
    .selectFrom('events')
    .select('body')
    .where('park', '=', PARK)
    .where('type', '=', type)
    .execute();
  return rows.map(({ body }) => JSON.parse(body));
}

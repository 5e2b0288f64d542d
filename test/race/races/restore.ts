import { draft } from '@skygate/shared/events/catalogue';
import { hqNodeOf } from '@skygate/shared/lib/ids';
import { enrolKiosk, push, pushOf, type TestKiosk } from '@skygate/sync-server/db/testing/test-server';
import { appendHqEvents } from '@skygate/sync-server/hq-node/append-hq-events';
import { declareRestored } from '@skygate/sync-server/restore/begin-recovery';
import { DATE, PARK } from '../../simulation/headquarters.ts';
import type { RaceTrack } from '../race-track.ts';
import { isAnswered, positionsAreGapFree, type Report, settled } from './report.ts';

const WRITERS = 3;
const BATCHES = 6;
const DEEDS = 12;

/** E8: a restore begins at both instances at once, while kiosks push and HQ goes on with its work. */
export async function restoreAgainstPushes(track: RaceTrack, report: Report): Promise<void> {
  const writers: TestKiosk[] = [];
  for (let index = 0; index < WRITERS; index += 1) {
    const name = `restored ${index}`;
    writers.push(await enrolKiosk(track.first, { park: PARK, name, gateId: name }));
  }
  const before = await hqEpochs(track);
  const restores = track.instances.map(
    ({ deps }) =>
      () =>
        declareRestored(deps, PARK, 'operator'),
  );
  const deeds = Array.from({ length: DEEDS }, (_, index) => () => hqDeed(track, index));
  const half = deeds.length / 2;
  const pushes = writers.map((writer, index) => writeAll(track, writer, index, report));
  // Half of HQ's deeds have looked which epoch is open before the restore closes it.
  const work = [...deeds.slice(0, half), ...restores, ...deeds.slice(half)].map((begin) => begin());
  const outcomes = await settled<unknown>(work, report);
  await Promise.all(pushes);
  const began = outcomes.filter((outcome) => outcome === true).length;
  const after = await hqEpochs(track);
  if (began !== 1 || after.length !== before.length + 1)
    report('a restore begins once', `${began} times, ${after.length - before.length} epochs more`);
  await endsAreRight(track, after, report);
  await positionsAreGapFree(track, report);
}

async function writeAll(track: RaceTrack, writer: TestKiosk, index: number, report: Report): Promise<void> {
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const body = pushOf(writer.key, writer.write(2));
    const answer = await push(track.instance(index + batch), writer.token, body);
    isAnswered('every push is answered', answer, report);
  }
}

async function hqDeed(track: RaceTrack, index: number): Promise<null> {
  const capacity = { date: DATE, slot: 't@08:01', places: 100 + index, reason: 'race' };
  await appendHqEvents(track.instance(index).deps, PARK, [
    draft('CapacitySet', `capacity:${DATE}/t@08:01`, capacity, { actor: 'hq:race' }),
  ]);
  return null;
}

const hqEpochs = (track: RaceTrack) =>
  track.first.deps.database.reader
    .selectFrom('nodes')
    .select(['epoch', 'state', 'head_seq'])
    .where('park', '=', PARK)
    .where('node', '=', hqNodeOf(PARK))
    .orderBy('epoch')
    .execute();

/** What HQ said of its own epoch's end is where it ends: nothing of this process came behind it. */
async function endsAreRight(
  track: RaceTrack,
  epochs: Awaited<ReturnType<typeof hqEpochs>>,
  report: Report,
): Promise<void> {
  const rows = await track.first.deps.database.reader
    .selectFrom('events')
    .select('body')
    .where('park', '=', PARK)
    .where('type', '=', 'EpochClosed')
    .execute();
  const ends = rows.map(({ body }) => JSON.parse(body)).filter(({ kiosk }) => kiosk === hqNodeOf(PARK));
  for (const { kioskEpoch, lastSeq } of ends) {
    const row = epochs.find(({ epoch }) => epoch === kioskEpoch);
    if (row?.state !== 'closed' || row.head_seq !== lastSeq)
      report('HQ writes in its open epoch alone', `${kioskEpoch} ends at ${lastSeq}, holds ${row?.head_seq}`);
  }
}

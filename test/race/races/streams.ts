import type { PullResponse } from '@skygate/shared/protocol/pull';
import { enrolKiosk, get, push, pushOf, type TestKiosk } from '@skygate/sync-server/db/testing/test-server';
import { PARK } from '../../simulation/headquarters.ts';
import type { RaceTrack } from '../race-track.ts';
import { isAnswered, positionsAreGapFree, type Report } from './report.ts';

const WRITERS = 4;
const BATCHES = 10;

/** S3, S4: streams of one park through two instances, every batch twice, while somebody reads by cursor. */
export async function pushesAndAReader(track: RaceTrack, report: Report): Promise<void> {
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
    for (const answer of answers) isAnswered('every push is answered', answer, report);
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
    if (!isAnswered('every pull is answered', answer, report)) return seen;
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

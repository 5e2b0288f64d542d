import { TEXT_ERASURE_REASONS } from '@skygate/shared/domain/text/events';
import { isHqNode } from '@skygate/shared/lib/ids';
import { type SeededRandom, seededRandom } from '@skygate/shared/testing/seeded-random';
import { eraseText } from '@skygate/sync-server/hq/texts/erase-text';
import { asHq } from '../ask-hq.ts';
import { HQ, PARK } from '../headquarters.ts';
import type { Run } from '../run.ts';
import { TYPED } from '../typed-words.ts';

const SECOND = 1_000;

/** In eight seeds of twenty HQ finds a name in what people typed, and erases it (E5). */
export const hasErasedWords = (seed: number): boolean => [1, 3, 4, 9, 10, 14, 15, 19].includes(seed % 20);

export function planErasedWords(run: Run, lengthMs: number): void {
  if (!hasErasedWords(run.seed)) return;
  const random = seededRandom(`${run.seed}/erased words`);
  for (let times = 3 + random.int(4); times > 0; times -= 1) {
    const fork = random.fork(`${times}`);
    run.scheduler.after(4 * SECOND + random.int(lengthMs), () => {
      void eraseSome(run, fork).catch((error) => {
        run.broken.push({ invariant: 'HQ is answered', found: String(error.stack) });
      });
    });
  }
}

/** Most often a kiosk's, whose own copy has to go as well. */
async function eraseSome(run: Run, random: SeededRandom): Promise<void> {
  const { erasures } = run.book;
  const isTold = await asHq(run, async (deps) => {
    const held = await deps.database.reader
      .selectFrom('texts')
      .select(['name', 'node', 'text'])
      .where('park', '=', PARK)
      .where('text', 'is not', null)
      .orderBy('name')
      .execute();
    const found = held.filter(({ text }) => text?.startsWith(TYPED));
    const ofKiosks = found.filter(({ node }) => node !== null && !isHqNode(node));
    const among = ofKiosks.length > 0 && random.chance(0.7) ? ofKiosks : found;
    if (among.length === 0) return false;
    const { name, text } = random.pick(among);
    erasures.set(name, { words: String(text), isTold: false });
    await eraseText(deps, { park: PARK, name }, { why: random.pick(TEXT_ERASURE_REASONS), actor: HQ.actor });
    erasures.set(name, { words: String(text), isTold: true });
    return true;
  });
  run.trace.add(`HQ erases words: ${isTold ?? 'server died'}`);
  if (isTold) run.faults.erasedWords += 1;
}

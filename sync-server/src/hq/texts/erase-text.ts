import type { TextErasureReason } from '@skygate/shared/domain/text/events';
import { draft } from '@skygate/shared/events/catalogue';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { Reader } from '../../db/database.ts';
import type { HqNodeDeps } from '../../hq-node/append-hq-events.ts';
import { erasedTextRow } from '../../hq-node/text-rows.ts';
import { appendOrRefuse } from '../hq-append.ts';
import { hqProblem } from '../hq-problem.ts';

/**
 * Destroys what somebody typed (E5): here at once, and at its author's kiosk with the event that says so. The events that
 * name it stay. Twice is once. @throws Problem 404 for a name that nothing here is called by
 */
export async function eraseText(
  deps: HqNodeDeps,
  at: { readonly park: ParkId; readonly name: string },
  by: { readonly why: TextErasureReason; readonly actor: string },
): Promise<void> {
  const { park, name } = at;
  await appendOrRefuse(deps, park, async (tx) => {
    if (await isErased(tx, park, name)) return { drafts: [] };
    if (!(await isNamed(tx, park, name)))
      throw hqProblem('not_found', `Nobody typed a text called ${name} in ${park}.`);
    return {
      drafts: [draft('TextErased', `text:${name}`, { text: name, why: by.why }, { actor: by.actor })],
      rows: [erasedTextRow(park, name)],
    };
  });
}

async function isErased(tx: Reader, park: string, name: string): Promise<boolean> {
  const rows = await tx
    .selectFrom('erased_texts')
    .select('name')
    .where('park', '=', park)
    .where('name', '=', name)
    .execute();
  return rows.length > 0;
}

/**
 * Only words that came are on any list, so only they are asked to be erased. Those that have not come are erased when
 * they are here: their author still brings them.
 */
async function isNamed(tx: Reader, park: string, name: string): Promise<boolean> {
  const rows = await tx.selectFrom('texts').select('name').where('park', '=', park).where('name', '=', name).execute();
  return rows.length > 0;
}

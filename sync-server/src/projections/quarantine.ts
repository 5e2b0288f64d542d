import type { Event } from '@skygate/shared/events/envelope';
import { type FoldProblem, textOfKey } from '@skygate/shared/read-models/check-change';
import { PROJECTION_VERSION } from '@skygate/shared/read-models/projection-version';
import { TOO_SLOW } from '@skygate/shared/read-models/refold/held-problem';
import type { Writer } from '../db/database.ts';

/** A read model and key that could not take an event in (S7). */
export interface QuarantinedPart {
  readonly readModel: string;
  readonly key: string;
}

/** Of no program: what was put aside so is tried again at the next start, also by this one. */
const NO_PROGRAM = 0;
const ERROR_CHARACTERS_MAX = 500;
const ROWS_PER_STATEMENT = 500;
const PLACE = ['park', 'read_model', 'key', 'node', 'epoch', 'seq'] as const;

/** Where an event stands. */
interface EventPlace {
  readonly park: string;
  readonly node: string;
  readonly epoch: number;
  readonly seq: number;
}

/** An event and what of it is put aside. */
export interface Aside {
  readonly event: EventPlace;
  readonly problems: readonly FoldProblem[];
  /** It might be folded another time. */
  readonly isPassing?: boolean;
}

/** An event that could not be folded by itself in the time that a page has: nothing else waits for it (S7). */
export const tooSlow = (event: Event, part = wholeOf(event)): Aside => ({
  event,
  problems: [{ ...part, error: TOO_SLOW }],
  isPassing: true,
});

const wholeOf = ({ subject }: Event): QuarantinedPart => ({ readModel: 'all', key: textOfKey(subject) });

/** Puts parts of events aside, in as few statements as a page of nothing but bad ones allows. */
export async function putAside(tx: Writer, asides: readonly Aside[]): Promise<void> {
  const byPlace = new Map(
    asides.flatMap(asideRows).map((row) => [JSON.stringify(PLACE.map((name) => row[name])), row]),
  );
  const rows = [...byPlace.values()];
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    await tx
      .insertInto('quarantine')
      .values(rows.slice(start, start + ROWS_PER_STATEMENT))
      .onConflict((conflict) =>
        conflict.columns(PLACE).doUpdateSet(({ ref }) => ({
          error: ref('excluded.error'),
          program: ref('excluded.program'),
          waits_for: ref('excluded.waits_for'),
        })),
      )
      .execute();
  }
}

function asideRows({ event: { park, node, epoch, seq }, problems, isPassing = false }: Aside) {
  const rows = [];
  for (const { readModel, key, error, waitsFor } of problems) {
    rows.push({
      ...{ park, read_model: readModel, key, node, epoch, seq },
      error: error.replaceAll('\u0000', ' ').slice(0, ERROR_CHARACTERS_MAX),
      program: isPassing ? NO_PROGRAM : PROJECTION_VERSION,
      waits_for: waitsFor ?? null,
    });
  }
  return rows;
}

export async function takeOut(tx: Writer, { park, node, epoch, seq }: Event, part: QuarantinedPart): Promise<void> {
  await tx
    .deleteFrom('quarantine')
    .where('park', '=', park)
    .where('read_model', '=', part.readModel)
    .where('key', '=', part.key)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .where('seq', '=', seq)
    .execute();
}

import { textsNamedBy } from '@skygate/shared/events/free-text';
import { TEXTS_PER_PAGE, type TextItem } from '@skygate/shared/hq-api/texts';
import { parseJson } from '@skygate/shared/lib/canonical-json';
import type { Json } from '@skygate/shared/lib/json';
import type { WireEvent } from '@skygate/shared/protocol/wire-event';
import type { Reader } from '../../db/database.ts';
import type { Names } from '../names-of.ts';

export interface TextPage {
  readonly texts: readonly TextItem[];
  /** Where the next page goes on; null if there is none. */
  readonly next: number | null;
}

/** What people typed in a park and HQ has, by the events that name it, newest first. Erased ones are not among it. */
export async function textList(
  reader: Reader,
  park: string,
  { after, names }: { readonly after: number | null; readonly names: Names },
): Promise<TextPage> {
  const rows = await textRows(reader, park, after).execute();
  const page = rows.slice(0, TEXTS_PER_PAGE);
  return {
    texts: page.map((row) => itemOf(row, names)),
    next: rows.length > TEXTS_PER_PAGE ? (page.at(-1)?.position ?? null) : null,
  };
}

function textRows(reader: Reader, park: string, after: number | null) {
  return reader
    .selectFrom('texts as t')
    .innerJoin('events as e', (join) =>
      join
        .onRef('e.park', '=', 't.park')
        .onRef('e.node', '=', 't.node')
        .onRef('e.epoch', '=', 't.epoch')
        .onRef('e.seq', '=', 't.seq'),
    )
    .select(['t.name', 't.text', 'e.position', 'e.type', 'e.actor', 'e.wall_ms', 'e.body', 'e.node', 'e.epoch'])
    .where('t.park', '=', park)
    .where('t.text', 'is not', null)
    .where('e.position', '<', after ?? Number.MAX_SAFE_INTEGER)
    .orderBy('e.position', 'desc')
    .limit(TEXTS_PER_PAGE + 1);
}

type TextRow = Awaited<ReturnType<ReturnType<typeof textRows>['execute']>>[number];

function itemOf(row: TextRow, names: Names): TextItem {
  const { name, text, wall_ms: atMs } = row;
  const { type, actor } = saidBy(row);
  const actorName = names.actorOf(actor);
  return { name, text: text ?? '', type, actor, actorName, kioskName: names.kioskOf(row), atMs };
}

/** Who did what: where the event was recorded again (E6), what it was at first. */
function saidBy({ type, actor, body, name }: TextRow): Pick<TextItem, 'type' | 'actor'> {
  if (type !== 'EventRecovered') return { type, actor };
  const { events } = JSON.parse(body) as { readonly events: readonly WireEvent[] };
  const inner = events.find((wire) => namesIn(wire).includes(name));
  return inner ? { type: inner[3], actor: inner[7] } : { type, actor };
}

function namesIn([, , , type, , , , , body]: WireEvent): readonly string[] {
  const parsed = parseJson(body as Json);
  return parsed.ok ? textsNamedBy({ type, body: parsed.value }) : [];
}

import type { Event } from '@skygate/shared/events/envelope';
import { readEvent, type UnreadableEvent } from '@skygate/shared/events/read-event';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { projectEvent } from '@skygate/shared/read-models/project';
import { refold } from '@skygate/shared/read-models/refold/refold';
import type { RowChange } from '@skygate/shared/read-models/row-change';
import { CompiledQuery } from 'kysely';
import { type Database, type Reader, type Writer, withTransaction } from '../db/database.ts';
import { isPassingTrouble } from '../db/passing-trouble.ts';
import { EVENT_COLUMNS, storedToEvent } from '../ingest/stored-event.ts';
import { runFold } from './answer-questions.ts';
import { applyRowChanges } from './apply-row-changes.ts';

const PAGE_EVENTS = 500;

export interface FoldDeps {
  readonly crypto: Crypto;
}

/** How a page went. */
export interface Caught {
  /** The read models changed. */
  readonly moved: boolean;
  /** The page was full: there may be another. */
  readonly more: boolean;
}

/** Brings a park's read models to the end of its log, as the transaction sees it. */
export async function catchUp(deps: FoldDeps, tx: Writer, park: string): Promise<void> {
  while ((await catchUpOnePage(deps, tx, park)).more);
}

/** Brings read models that are more than a page behind to within one, each page in a transaction of its own. */
export async function catchUpFarBehind(
  deps: FoldDeps & { readonly database: Database },
  park: string,
  timeoutMs: number,
): Promise<void> {
  while (await isFarBehind(deps.database.reader, park)) {
    await withTransaction(deps, { timeoutMs }, (tx) => catchUpOnePage(deps, tx, park));
  }
}

async function isFarBehind(reader: Reader, park: string): Promise<boolean> {
  const row = await reader
    .selectFrom('parks as p')
    .innerJoin('projection_cursors as c', 'c.park', 'p.park')
    .select('p.park')
    .where('p.park', '=', park)
    .where(({ eb }) => eb(eb('p.head', '-', eb.ref('c.position')), '>', PAGE_EVENTS))
    .executeTakeFirst();
  return row !== undefined;
}

/** Projects the next page and moves the cursor, both in this transaction. */
export async function catchUpOnePage(deps: FoldDeps, tx: Writer, park: string): Promise<Caught> {
  const after = await lockCursor(tx, park);
  const rows = await tx
    .selectFrom('events')
    .select(EVENT_COLUMNS)
    .where('park', '=', park)
    .where('position', '>', after)
    .orderBy('position')
    .limit(PAGE_EVENTS)
    .execute();
  const last = rows.at(-1);
  if (!last) return { moved: false, more: false };
  await projectAll(
    { tx, crypto: deps.crypto, folded: last.position },
    rows.map((row) => storedToEvent(row)),
  );
  await tx.updateTable('projection_cursors').set({ position: last.position }).where('park', '=', park).execute();
  return { moved: true, more: rows.length === PAGE_EVENTS };
}

async function lockCursor(tx: Writer, park: string): Promise<number> {
  const row = await tx
    .selectFrom('projection_cursors')
    .select('position')
    .where('park', '=', park)
    .forUpdate()
    .executeTakeFirst();
  return row?.position ?? Number.MAX_SAFE_INTEGER;
}

interface Folding extends FoldDeps {
  readonly tx: Writer;
  /** The position up to which events are in the read models when this page is. */
  readonly folded: number;
}

interface Projected {
  readonly event: Event;
  readonly changes: readonly RowChange[];
}

async function projectAll(folding: Folding, events: readonly Event[]): Promise<void> {
  const { tx } = folding;
  const projected: Projected[] = [];
  for (const event of events) {
    const changes = changesOf(event);
    if (typeof changes === 'string') await quarantine(tx, event, changes);
    else projected.push({ event, changes });
  }
  const changes = projected.flatMap((one) => one.changes);
  if (changes.length === 0 || (await applies(folding, changes)) === null) return;
  // One of them does not go in: the others must all the same (S7).
  for (const { event, changes: own } of projected) {
    const problem = await applies(folding, own);
    if (problem !== null) await quarantine(tx, event, problem);
  }
}

/** The row changes of an event, or why it has none. */
function changesOf(event: Event): readonly RowChange[] | string {
  const read = readEvent(event);
  if (!read.ok) return describe(read.error);
  try {
    return projectEvent(read.value);
  } catch (error) {
    return messageOf(error);
  }
}

function describe(error: UnreadableEvent): string {
  const what = `${error.type} version ${error.version}`;
  switch (error.kind) {
    case 'unknown_type':
      return `unknown type ${what}`;
    case 'bad_body':
      return `bad body of ${what}: ${error.problem}`;
    case 'not_by_hq':
      return `${what} is for HQ alone to say: ${error.problem}`;
  }
}

/** Applies the changes or leaves all as it was. @returns what went wrong, or null */
async function applies({ tx, crypto, folded }: Folding, changes: readonly RowChange[]): Promise<string | null> {
  await tx.executeQuery(CompiledQuery.raw('savepoint changes'));
  try {
    await applyRowChanges(tx, changes);
    // The one place at the server where what is folded from other tables follows them (S7).
    const [problem] = await runFold(tx, folded, refold(changes, { crypto }));
    if (problem) throw new Error(`${problem.readModel} ${JSON.stringify(problem.key)}: ${problem.error}`);
    await tx.executeQuery(CompiledQuery.raw('release savepoint changes'));
    return null;
  } catch (error) {
    // A lock not had or a full disk says nothing of the event: the page is tried again, and nothing put aside for it.
    if (isPassingTrouble(error)) throw error;
    await tx.executeQuery(CompiledQuery.raw('rollback to savepoint changes'));
    return messageOf(error);
  }
}

/** The whole fold of the event is put aside: its tables take it all or not at all. */
async function quarantine(tx: Writer, { park, node, epoch, seq }: Event, error: string): Promise<void> {
  await tx
    .insertInto('quarantine')
    .values({ park, read_model: 'all', node, epoch, seq, error: error.replaceAll('\u0000', ' ').slice(0, 500) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

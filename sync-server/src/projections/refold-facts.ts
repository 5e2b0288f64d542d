import { FACTS_AT_ONCE } from '@skygate/shared/read-models/refold/late-facts';
import {
  type DueFacts,
  type FactsLookedAt,
  passLateFacts,
  refoldLateFacts,
} from '@skygate/shared/read-models/refold/refold-late-facts';
import type { Reader, Writer } from '../db/database.ts';
import { runFold } from './answer-questions.ts';
import type { Caught } from './catch-up.ts';
import { foldSlice, putSliceAside, type Slice, type SliceDeps } from './fold-slice.ts';
import { noteLateFacts } from './late-places.ts';

/** Looks at the next facts of a revoked kiosk, in a transaction of its own. */
export async function refoldSomeFacts(deps: SliceDeps, park: string): Promise<Caught> {
  if (!(await dueFacts(deps.database.reader, park))) return { moved: false, more: false };
  return foldSlice(deps, { park, most: FACTS_AT_ONCE }, refoldFacts);
}

/** All that are due now, each slice a transaction: for whoever shows or decides what waits, and must not say too little. */
export async function refoldDueFacts(deps: SliceDeps, park: string): Promise<void> {
  while ((await refoldSomeFacts(deps, park)).more);
}

/** All of them, in the transaction that folds a whole log anew. */
export async function refoldAllFacts(folding: Omit<Slice, 'limit' | 'refolds'>, park: string): Promise<void> {
  while ((await refoldFacts({ ...folding, limit: FACTS_AT_ONCE, refolds: true }, park)).more);
}

async function refoldFacts(slice: Slice, park: string): Promise<Caught> {
  const { tx, crypto, folded, limit, refolds } = slice;
  const due = await dueFacts(tx, park);
  if (!due) return { moved: false, more: false };
  const fold = refolds ? refoldLateFacts(due, { crypto }, limit) : passLateFacts(due, limit);
  const { next, problems } = await runFold(tx, folded, fold);
  await putSliceAside(slice, park, problems);
  await goOn(tx, due, next);
  return { moved: true, more: true };
}

async function dueFacts(reader: Reader, park: string): Promise<DueFacts | null> {
  const row = await reader
    .selectFrom('late_fact_refolds')
    .selectAll()
    .where('park', '=', park)
    .orderBy('node')
    .orderBy('epoch')
    .limit(1)
    .executeTakeFirst();
  if (!row) return null;
  const { node, epoch, after_seq: seq, after_hash: hash } = row;
  return { park, node, epoch, after: { seq, hash } };
}

async function goOn(tx: Writer, { park, node, epoch }: DueFacts, next: FactsLookedAt['next']): Promise<void> {
  if (next) return noteLateFacts(tx, { park, node, epoch, after: next });
  await tx
    .deleteFrom('late_fact_refolds')
    .where('park', '=', park)
    .where('node', '=', node)
    .where('epoch', '=', epoch)
    .execute();
}

import type { Crypto } from '@skygate/shared/lib/crypto';
import { textOfKey } from '@skygate/shared/read-models/check-change';
import { FACTS_AT_ONCE } from '@skygate/shared/read-models/refold/late-facts';
import {
  type DueFacts,
  type FactsLookedAt,
  type LateFactProblem,
  passLateFacts,
  refoldLateFacts,
} from '@skygate/shared/read-models/refold/refold-late-facts';
import { type Database, type Reader, type Writer, withTransaction } from '../db/database.ts';
import { runFold } from './answer-questions.ts';
import type { Caught } from './catch-up.ts';
import { inTimeOr } from './in-time-or.ts';
import { noteLateFacts } from './late-places.ts';
import { lockCursor } from './page.ts';
import { putAside } from './quarantine.ts';

const TIMEOUT_MS = 10_000;

interface RefoldDeps {
  readonly database: Database;
  readonly crypto: Crypto;
}

/** Looks at the next facts of a revoked kiosk, in a transaction of its own. */
export async function refoldSomeFacts(deps: RefoldDeps, park: string): Promise<Caught> {
  if (!(await dueFacts(deps.database.reader, park))) return { moved: false, more: false };
  const fold = (limit: number, refolds = true) =>
    withTransaction(deps, { timeoutMs: TIMEOUT_MS }, async (tx) => {
      const { position: folded } = await lockCursor(tx, park);
      return refoldFacts({ tx, crypto: deps.crypto, folded, limit, refolds }, park);
    });
  return inTimeOr(
    () => fold(FACTS_AT_ONCE),
    () =>
      inTimeOr(
        () => fold(1),
        () => fold(1, false),
      ),
  );
}

/** All that are due now, each slice a transaction: for whoever shows or decides what waits, and must not say too little. */
export async function refoldDueFacts(deps: RefoldDeps, park: string): Promise<void> {
  while ((await refoldSomeFacts(deps, park)).more);
}

interface Folding {
  readonly tx: Writer;
  readonly crypto: Crypto;
  /** The position up to which events are in the read models. */
  readonly folded: number;
  readonly limit: number;
  /** False: they are put aside, as not to be looked at in the time there is. */
  readonly refolds: boolean;
}

/** All of them, in the transaction that folds a whole log anew. */
export async function refoldAllFacts(folding: Omit<Folding, 'limit' | 'refolds'>, park: string): Promise<void> {
  while ((await refoldFacts({ ...folding, limit: FACTS_AT_ONCE, refolds: true }, park)).more);
}

async function refoldFacts({ tx, crypto, folded, limit, refolds }: Folding, park: string): Promise<Caught> {
  const due = await dueFacts(tx, park);
  if (!due) return { moved: false, more: false };
  const fold = refolds ? refoldLateFacts(due, { crypto }, limit) : passLateFacts(due, limit);
  const { next, problems } = await runFold(tx, folded, fold);
  await putFactsAside(tx, park, problems, { isPassing: !refolds });
  await goOn(tx, due, next);
  return { moved: true, more: true };
}

const putFactsAside = (
  tx: Writer,
  park: string,
  problems: readonly LateFactProblem[],
  { isPassing }: { readonly isPassing: boolean },
): Promise<void> =>
  putAside(
    tx,
    problems.map(({ readModel, key, error, heldBy }) => ({
      event: { park, ...heldBy },
      problems: [{ readModel, key: textOfKey(JSON.stringify(key)), error }],
      isPassing,
    })),
  );

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

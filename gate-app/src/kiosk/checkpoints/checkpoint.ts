import { join } from 'node:path';
import { base64urlToBytes, bytesToBase64url, utf8ToBytes } from '@skygate/shared/lib/bytes';
import { canonicalJson } from '@skygate/shared/lib/canonical-json';
import { type Crypto, keyIdOf } from '@skygate/shared/lib/crypto';
import type { JsonObject } from '@skygate/shared/lib/json';
import type { NodeKey } from '@skygate/shared/sync/chain';
import type { Database } from 'better-sqlite3';
import type { StoredEvents } from '../event-log/stored-event.ts';

/** How far a stream is in a checkpoint, and the hash of its last event there. */
export interface CheckpointHead {
  readonly node: string;
  readonly epoch: number;
  readonly seq: number;
  readonly hash: string;
}

/** What a kiosk signs before it lets events go (K4): they are in this state, and it has the rows. */
export interface CheckpointContent {
  readonly vector: readonly CheckpointHead[];
  readonly stateHash: string;
  readonly schema: number;
  readonly projection: number;
}

export interface Checkpoint extends CheckpointContent {
  readonly number: number;
  /** By the server's time. */
  readonly madeMs: number;
}

/** Whether the log still goes through a checkpoint: a past that was cut back below it (E6, E8) is in no state that stands. */
export const goesThrough = (
  stored: Pick<StoredEvents, 'findStream' | 'hashAt'>,
  { vector }: Pick<CheckpointContent, 'vector'>,
): boolean =>
  vector.every(({ node, epoch, seq, hash }) => {
    const stream = stored.findStream({ node, epoch });
    return stream !== null && stored.hashAt(stream, seq) === hash;
  });

/** The file of the data folder that has a checkpoint's rows. */
export const checkpointFile = (folder: string, number: number): string => join(folder, `checkpoint-${number}.sqlite`);

const signedBytes = (content: string): Uint8Array => utf8ToBytes(`skygate-checkpoint-1\n${content}`);

const ALL = 'SELECT number, made_ms, content, kid, signature FROM checkpoints ORDER BY number DESC';
const INSERT = 'INSERT INTO checkpoints (number, made_ms, content, kid, signature) VALUES (?, ?, ?, ?, ?)';
const OWN_KEYS = 'SELECT public_key FROM own_epochs';

interface CheckpointRow {
  readonly number: number;
  readonly made_ms: number;
  readonly content: string;
  readonly kid: string;
  readonly signature: string;
}

/**
 * The checkpoints of this kiosk, newest first, each under its own signature: of the incarnation that it is, or of one
 * that it was (E6). What is signed by nobody it knows is none.
 */
export function readCheckpoints(database: Database, crypto: Crypto, key: NodeKey): readonly Checkpoint[] {
  const earlier = database.prepare<[], string>(OWN_KEYS).pluck().all();
  const publicKeys = [crypto.publicKeyOf(key.privateKey), ...earlier.flatMap((text) => base64urlToBytes(text) ?? [])];
  return database
    .prepare<[], CheckpointRow>(ALL)
    .all()
    .filter((row) => publicKeys.some((publicKey) => isSignedBy(crypto, row, publicKey)))
    .map((row) => ({ number: row.number, madeMs: row.made_ms, ...(JSON.parse(row.content) as CheckpointContent) }));
}

function isSignedBy(crypto: Crypto, { content, kid, signature }: CheckpointRow, publicKey: Uint8Array): boolean {
  const bytes = base64urlToBytes(signature);
  return kid === keyIdOf(crypto, publicKey) && bytes !== null && crypto.verify(publicKey, signedBytes(content), bytes);
}

/** Notes a checkpoint whose file is whole on disk. To be called within a transaction. */
export function saveCheckpoint(
  database: Database,
  { crypto, key }: { readonly crypto: Crypto; readonly key: NodeKey },
  { number, madeMs, ...content }: Checkpoint,
): void {
  const text = canonicalJson(content as unknown as JsonObject);
  const signature = bytesToBase64url(crypto.sign(key.privateKey, signedBytes(text)));
  database.prepare(INSERT).run(number, madeMs, text, key.kid, signature);
}

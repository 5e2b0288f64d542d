import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { assert } from '@skygate/shared/lib/assert';
import { base64urlToBytes, bytesToBase64url } from '@skygate/shared/lib/bytes';
import { type Crypto, keyIdOf } from '@skygate/shared/lib/crypto';
import type { Insertable } from 'kysely';
import { type Database, DatabaseError, type Reader } from '../db/database.ts';
import type { ServerKeysRow } from '../db/row-types.generated.ts';
import type { Clock, Random } from '../ports.ts';
import type { HqJournal } from './hq-journal.ts';

/** An Ed25519 key pair of this installation. */
export interface ServerKey {
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly kid: string;
}

/** The secret keys of this installation, made on first use and kept in the database, sealed with the master key. */
export interface Keyring {
  /** The key pair of this name (`log:<park>/<epoch>`, `tickets`). */
  keyPair(name: string): Promise<ServerKey>;
  /**
   * The key that sealed HQ's stream `log:<park>/<epoch>`, if this master key made it: also of an epoch that the database
   * has lost (E8). Nothing is stored.
   */
  logKey(name: string): ServerKey;
  /** 32 random bytes of this name, for signing tokens and hashing codes. */
  secret(name: string): Promise<Uint8Array>;
}

export interface KeyringDeps {
  readonly database: Database;
  readonly masterKey: Uint8Array;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly journal: HqJournal | null;
}

/** @throws DatabaseError from its methods if the master key is not the one the database was made with */
export function createKeyring(deps: KeyringDeps): Keyring {
  const { crypto } = deps;
  const seeds = new Map<string, Promise<Uint8Array>>();
  const seedOf = (name: string): Promise<Uint8Array> => {
    const known = seeds.get(name);
    if (known) return known;
    const seed = loadOrCreate(deps, name);
    seeds.set(name, seed);
    seed.catch(() => seeds.delete(name));
    return seed;
  };
  const pairOf = (privateKey: Uint8Array): ServerKey => {
    const publicKey = crypto.publicKeyOf(privateKey);
    return { privateKey, publicKey, kid: keyIdOf(crypto, publicKey) };
  };
  return {
    keyPair: async (name) => pairOf(await seedOf(name)),
    logKey: (name) => pairOf(derivedSeed(deps.masterKey, name)),
    secret: (name) => seedOf(name),
  };
}

async function loadOrCreate(deps: KeyringDeps, name: string): Promise<Uint8Array> {
  const stored = await storedBox(deps.database.reader, name);
  if (stored) return openBox(deps.masterKey, name, stored);
  const seed = name.startsWith(LOG_KEYS) ? derivedSeed(deps.masterKey, name) : deps.random.bytes(32);
  const row = {
    name,
    public_key: bytesToBase64url(deps.crypto.publicKeyOf(seed)),
    box: sealBox(deps, name, seed),
    created_ms: deps.clock.nowMs(),
  };
  return openBox(deps.masterKey, name, await storeBox(deps, row));
}

/**
 * The keys of HQ's streams come from the master key, which stands apart from the database: after a restore to before an
 * epoch began, what kiosks hold of it can still be told from a forgery (E8).
 */
const derivedSeed = (masterKey: Uint8Array, name: string): Uint8Array =>
  new Uint8Array(createHmac('sha256', masterKey).update(`skygate-log-key-1\n${name}`).digest());

const LOG_KEYS = 'log:';

/** @returns the box that counts: another instance may have been first */
async function storeBox(
  { database, journal }: Pick<KeyringDeps, 'database' | 'journal'>,
  row: Insertable<ServerKeysRow>,
): Promise<string> {
  // E9: a key that signed something must never be lost, so it is in the journal before anybody can have it.
  const takeBack = journal?.record({ batch: null, rows: [{ table: 'server_keys', row: { ...row } }] });
  try {
    await database.kysely
      .insertInto('server_keys')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const box = await storedBox(database.reader, row.name);
    assert(box, `the key ${row.name} was just written`);
    if (box !== row.box) takeBack?.();
    return box;
  } catch (error) {
    takeBack?.();
    throw error;
  }
}

async function storedBox(reader: Reader, name: string): Promise<string | null> {
  const row = await reader.selectFrom('server_keys').select('box').where('name', '=', name).executeTakeFirst();
  return row?.box ?? null;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM; the name is bound in, so that one key's box cannot stand in for another's. */
function sealBox(deps: Pick<KeyringDeps, 'masterKey' | 'random'>, name: string, seed: Uint8Array): string {
  const iv = deps.random.bytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', deps.masterKey, iv).setAAD(Buffer.from(name));
  return bytesToBase64url(Buffer.concat([iv, cipher.update(seed), cipher.final(), cipher.getAuthTag()]));
}

function openBox(masterKey: Uint8Array, name: string, box: string): Uint8Array {
  const bytes = base64urlToBytes(box);
  assert(bytes && bytes.length > IV_BYTES + TAG_BYTES, `the box of key ${name} is whole`);
  const decipher = createDecipheriv('aes-256-gcm', masterKey, bytes.subarray(0, IV_BYTES));
  decipher.setAAD(Buffer.from(name)).setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return new Uint8Array(Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]));
  } catch {
    throw new DatabaseError(
      'The master key does not open the keys in this database: set SKYGATE_MASTER_KEY to the one it was made with, ' +
        'or put its master.key file back into the data folder.',
    );
  }
}

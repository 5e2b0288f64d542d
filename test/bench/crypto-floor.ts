import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

/** The least that work at a kiosk can cost: bare Ed25519 and a bare durable commit, with keys and statement at hand. */
export interface Floor {
  verify(): void;
  sign(): void;
  /** One row in one table: WAL, synchronous=FULL, in the folder given. */
  commit(): void;
  close(): void;
}

/** About as long as a ticket's signed bytes and a seal's. */
const MESSAGE = new Uint8Array(160).fill(7);
const ROW = 'x'.repeat(200);

export function createFloor(folder: string): Floor {
  const pair = generateKeyPairSync('ed25519');
  const privateKey = createPrivateKey(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const publicKey = createPublicKey(pair.publicKey.export({ format: 'pem', type: 'spki' }));
  const signature = sign(null, MESSAGE, privateKey);
  const database = new Sqlite(join(folder, 'floor.sqlite'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE facts (id INTEGER PRIMARY KEY, fact TEXT NOT NULL) STRICT');
  const insert = database.prepare('INSERT INTO facts (fact) VALUES (?)');
  return {
    verify: () => {
      if (!verify(null, MESSAGE, publicKey, signature)) throw new Error('the floor does not verify');
    },
    sign: () => {
      sign(null, MESSAGE, privateKey);
    },
    commit: () => {
      insert.run(ROW);
    },
    close: () => {
      database.close();
    },
  };
}

import type { Database } from '@skygate/sync-server/db/database';
import { CompiledQuery } from 'kysely';

// The least that storing events can cost on a database: the rows as they are, in the same table with the same indexes,
// 500 a statement, nothing asked and nothing checked.

const ROWS_A_STATEMENT = 500;

const COLUMNS = {
  park: 'text',
  node: 'text',
  epoch: 'bigint',
  seq: 'bigint',
  position: 'bigint',
  hlc: 'text',
  wall_ms: 'bigint',
  trust: 'text',
  type: 'text',
  version: 'bigint',
  subject: 'text',
  cause: 'text',
  actor: 'text',
  body: 'text',
  body_hash: 'text',
  hash: 'text',
  exact_words: 'text',
  received_ms: 'bigint',
};
const NAMES = Object.keys(COLUMNS);
const LIST = NAMES.join(', ');
const CAME = `select ${LIST} from events where position > $1 order by position`;
const insertSql = (table: string): string =>
  `insert into ${table} (${LIST}) select ${LIST} from unnest(${Object.values(COLUMNS)
    .map((type, index) => `$${index + 1}::${type}[]`)
    .join(', ')}) as b (${LIST})`;

type Row = Readonly<Record<string, unknown>>;

export interface InsertFloor {
  /** Inserts the rows that came in since the last call, so many statements at once. @returns events a second */
  insertWhatCame(): Promise<number>;
}

export async function createInsertFloor(database: Database, atOnce: number): Promise<InsertFloor> {
  const { kysely } = database;
  const table = `floor_${atOnce}`;
  await database.runScript(`create table ${table} (like events including all)`);
  const insert = insertSql(table);
  let position = 0;
  return {
    insertWhatCame: async () => {
      const { rows } = await kysely.executeQuery<Row>(CompiledQuery.raw(CAME, [position]));
      position = Number(rows.at(-1)?.['position'] ?? position);
      const batches: unknown[][] = [];
      for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
        const batch = rows.slice(start, start + ROWS_A_STATEMENT);
        batches.push(NAMES.map((name) => batch.map((row) => row[name])));
      }
      const started = performance.now();
      const inserter = async (): Promise<void> => {
        for (let batch = batches.pop(); batch; batch = batches.pop()) {
          await kysely.executeQuery(CompiledQuery.raw(insert, batch));
        }
      };
      await Promise.all(Array.from({ length: atOnce }, inserter));
      return (rows.length * 1000) / (performance.now() - started);
    },
  };
}

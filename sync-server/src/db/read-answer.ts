import { protocol, type Results } from '@electric-sql/pglite';

/** A column of a prepared statement's result, as its description said once. */
export interface Column {
  readonly name: string;
  /** Of its cells' text. */
  readonly read: (text: string) => unknown;
}

const [DATA_ROW, COMMAND_COMPLETE, ERROR] = ['D', 'C', 'E'].map((letter) => letter.charCodeAt(0));
const HEADER_BYTES = 5;
/** Commands whose tag counts what they changed. */
const CHANGES = /^(?:INSERT|UPDATE|DELETE|MERGE)\b.* (\d+)$/;

/**
 * Reads what PostgreSQL answers to one bound and executed statement. The columns are known since it was prepared, so no
 * answer describes them again, and cells are read straight from the bytes: PGlite's own reader makes an object of each
 * message and asks for the description of each column every time, which costs more than most of our statements.
 * @throws the DatabaseError that PGlite makes of an error
 */
export function readAnswer<Row>(answer: Buffer, columns: readonly Column[]): Results<Row> {
  const rows: Row[] = [];
  let affectedRows = 0;
  for (let at = 0; at < answer.length; ) {
    const type = answer[at];
    const end = at + 1 + answer.readInt32BE(at + 1);
    if (type === DATA_ROW) rows.push(readRow(answer, at + HEADER_BYTES, columns) as Row);
    else if (type === ERROR) throw errorOf(answer);
    else if (type === COMMAND_COMPLETE) {
      const tag = answer.toString('latin1', at + HEADER_BYTES, end - 1);
      affectedRows = Number(CHANGES.exec(tag)?.[1] ?? 0);
    }
    at = end;
  }
  return { rows, fields: [], affectedRows };
}

function readRow(answer: Buffer, start: number, columns: readonly Column[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  // The first two bytes count the cells.
  let at = start + 2;
  for (const { name, read } of columns) {
    const bytes = answer.readInt32BE(at);
    at += 4;
    if (bytes < 0) row[name] = null;
    else {
      row[name] = read(answer.toString('utf8', at, at + bytes));
      at += bytes;
    }
  }
  return row;
}

function errorOf(answer: Buffer): unknown {
  let found: unknown = new Error('PostgreSQL failed without a word');
  new protocol.Parser().parse(answer, (message) => {
    if (message.name === 'error' && message instanceof Error) found = message;
  });
  return found;
}

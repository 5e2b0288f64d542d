import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PreparedPglite, preparedPglite } from './prepared-pglite.ts';
import { readAnswer } from './read-answer.ts';
import { emptyPglite } from './testing/test-pglite.ts';

describe('answers of PGlite, read from their bytes', () => {
  let pglite: PreparedPglite;
  beforeAll(async () => {
    pglite = preparedPglite(await emptyPglite());
    await pglite.runScript('create table things (id bigint primary key, name text)');
  }, 180_000);
  afterAll(() => pglite.close());

  it('give numbers, texts, bytes and moments as what they are', async () => {
    const { rows } = await pglite.query(`select 9007199254740991::bigint as big, -1::int as small, 0.5::float8 as half,
      false as no, 'ү𝄞 "\\' as words, '\\x00ff'::bytea as bytes, '2026-11-21 12:00:00+00'::timestamptz as at,
      '{"a":[null]}'::jsonb as json`);
    expect(rows).toEqual([
      {
        big: Number.MAX_SAFE_INTEGER,
        small: -1,
        half: 0.5,
        no: false,
        words: 'ү𝄞 "\\',
        bytes: new Uint8Array([0, 255]),
        at: new Date('2026-11-21T12:00:00Z'),
        json: { a: [null] },
      },
    ]);
  });

  it('tell nothing from empty, in any column, and no row from a row of nothing', async () => {
    const { rows } = await pglite.query("select null::text as a, '' as b, null::bigint as c, 0::bigint as d");
    expect(rows).toEqual([{ a: null, b: '', c: null, d: 0 }]);
    expect((await pglite.query('select 1 as one where false')).rows).toEqual([]);
  });

  it('count what was inserted, updated, deleted and merged, and nothing that was only read', async () => {
    const counts: (number | undefined)[] = [];
    for (const sql of [
      "insert into things select n, 'x' from generate_series(1, 12) as n",
      'update things set name = null where id <= 5',
      'delete from things where id > 10',
      'delete from things where id > 100',
      "merge into things t using (values (1), (50)) as v(id) on t.id = v.id when matched then update set name = 'm' when not matched then insert values (v.id, 'n')",
      'select id from things',
    ]) {
      counts.push((await pglite.query(sql)).affectedRows);
    }
    expect(counts).toEqual([12, 5, 2, 0, 2, 0]);
  });

  it('of a statement that fails in the middle of its rows are its error alone, with its code and where', async () => {
    const failing = pglite.query('select 10 / (3 - n) as part from generate_series(1, 5) as n');
    await expect(failing).rejects.toMatchObject({ code: '22012', message: 'division by zero' });
    const named = pglite.query('insert into things values ($1, $2)', [50, 'again']);
    await expect(named).rejects.toMatchObject({ code: '23505', table: 'things', constraint: 'things_pkey' });
    expect((await pglite.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('carry rows of some megabytes whole', async () => {
    const { rows } = await pglite.query<{ n: number; text: string }>(
      "select n, repeat('ү', 100000) as text from generate_series(1, 20) as n",
    );
    expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(rows.every(({ text }) => text === 'ү'.repeat(100_000))).toBe(true);
  });

  it('without a word of PostgreSQL about what failed are an error too', () => {
    const error = Buffer.from([...Buffer.from('E'), 0, 0, 0, 5, 0]);
    expect(() => readAnswer(error, [])).toThrow();
  });
});

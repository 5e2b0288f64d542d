import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type PreparedPglite, preparedPglite } from './prepared-pglite.ts';
import { emptyPglite } from './testing/test-pglite.ts';

describe('PGlite with prepared statements', () => {
  let pglite: PreparedPglite;
  beforeAll(async () => {
    pglite = preparedPglite(await emptyPglite());
  });
  beforeEach(() =>
    pglite.runScript('drop table if exists things; create table things (id bigint primary key, name text)'),
  );
  afterAll(() => pglite.close());

  const add = (id: number, name: string | null) => pglite.query('insert into things values ($1, $2)', [id, name]);
  const names = async () =>
    (await pglite.query<{ name: string }>('select name from things order by id')).rows.map(({ name }) => name);

  it('answers rows by name, counts what changed, and takes null, lists and other types', async () => {
    expect((await add(1, 'one')).affectedRows).toBe(1);
    await add(2, null);
    expect(await names()).toEqual(['one', null]);
    const { rows } = await pglite.query('select $1::int as n, $2::text[] as list, $3::bool as yes, $4::jsonb as j', [
      7,
      ['a', 'b,"c'],
      true,
      { deep: [1] },
    ]);
    expect(rows).toEqual([{ n: 7, list: ['a', 'b,"c'], yes: true, j: { deep: [1] } }]);
  });

  it('goes on after a statement that fails, whether it is not understood or breaks a rule', async () => {
    await add(1, 'one');
    await expect(add(1, 'again')).rejects.toMatchObject({ code: '23505' });
    await expect(pglite.query('select nonsense from nowhere')).rejects.toMatchObject({ code: '42P01' });
    await expect(pglite.query('select nonsense from nowhere')).rejects.toMatchObject({ code: '42P01' });
    await expect(pglite.query('select $1::int', ['no number'])).rejects.toMatchObject({ code: '22P02' });
    expect(await names()).toEqual(['one']);
  });

  it('keeps all of a transaction or nothing, and lets nobody in between', async () => {
    const outside: Promise<unknown>[] = [];
    const failing = pglite.transaction(async (tx) => {
      await tx.query('insert into things values ($1, $2)', [1, 'lost']);
      outside.push(add(2, 'outside'));
      await tx.query('insert into things values ($1, $2)', [1, 'twice']);
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    await Promise.all(outside);
    expect(await names()).toEqual(['outside']);
    await pglite.transaction((tx) => tx.query('insert into things values ($1, $2)', [1, 'kept']));
    expect(await names()).toEqual(['kept', 'outside']);
  });

  it('prepares anew after a script that changed a table', async () => {
    const read = () => pglite.query('select * from things');
    await add(1, 'one');
    expect((await read()).rows).toEqual([{ id: 1, name: 'one' }]);
    await pglite.runScript('alter table things drop column name; alter table things add column weight int default 5');
    expect((await read()).rows).toEqual([{ id: 1, weight: 5 }]);
  });

  it("reads each cursor's own columns, though the words that fetch them are the same", async () => {
    await add(1, 'one');
    const fetched = (select: string) =>
      pglite.transaction(async (tx) => {
        await tx.query(`declare rows_of_it cursor for ${select}`);
        return (await tx.query('fetch 10 from rows_of_it')).rows;
      });
    expect(await fetched('select name from things')).toEqual([{ name: 'one' }]);
    expect(await fetched('select id, name from things')).toEqual([{ id: 1, name: 'one' }]);
    expect(await fetched('select 2 as two')).toEqual([{ two: 2 }]);
  });

  it('keeps none of a script that fails', async () => {
    await expect(pglite.runScript('insert into things values (1); select wrong')).rejects.toThrow();
    expect(await names()).toEqual([]);
  });
});

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_CATALOGUE } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import { canonicalJson } from '@skygate/shared/lib/canonical-json';
import type { Json } from '@skygate/shared/lib/json';
import { isUpsert, upsertRow } from '@skygate/shared/read-models/combine-changes';
import { foldPlain } from '@skygate/shared/read-models/fold-event';
import type { Row } from '@skygate/shared/read-models/row-change';
import { TABLES, type TableName } from '@skygate/shared/read-models/tables';
import { describe, expect, it } from 'vitest';

// docs/sync-read-models.md against the program: the formulas of the page are worked out here by themselves, so that whoever
// implements from them gets the rows that everybody else has (S7).

const ROOT = join(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/sync-read-models.md'), 'utf8');

/** The cells of the rows of a section's table. */
function tableOf(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = page.split(`## ${heading}\n`);
  const lines = section.split('\n## ')[0]?.split('\n') ?? [];
  const rows = lines.filter((line) => line.startsWith('| ')).slice(1);
  return rows.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

interface Writes {
  readonly type: string;
  /** Empty where the event writes nothing. */
  readonly table: string;
  /** The words behind the table: `for each line of .lines`, `unless .ticketId is null`. */
  readonly when: string;
  readonly formulas: ReadonlyMap<string, string>;
}

function writesOfPage(): readonly Writes[] {
  let event = '';
  return tableOf('What an event writes').map(([type = '', where = '', formulas = '']) => {
    event = type.replaceAll('`', '') || event;
    const [, table = '', when = ''] = /^`(\w+)`(?:, (.*))?$/.exec(where) ?? [];
    const pairs = formulas.split('; ').filter((one) => table !== '' && one !== '');
    return { type: event, table, when, formulas: new Map(pairs.map((one) => one.split(' = ') as [string, string])) };
  });
}

type Scope = Readonly<Record<string, unknown>>;
const WRITES = writesOfPage();
const camelCase = (column: string): string => column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Formulas that are words. */
const IN_WORDS: Readonly<Record<string, (scope: Scope) => unknown>> = {
  'wallMs - wallMs mod 300000': ({ wallMs }) => Number(wallMs) - (Number(wallMs) % 300_000),
  '1 if .accepted, else 0': (scope) => (valueIn('.accepted', scope) === true ? 1 : 0),
  'sum of amountMinor of .payments with method "cash"': (scope) =>
    (valueIn('.payments', scope) as { method: string; amountMinor: number }[]).reduce(
      (sum, { method, amountMinor }) => sum + (method === 'cash' ? amountMinor : 0),
      0,
    ),
};

function valueIn(formula: string, scope: Scope): unknown {
  const inWords = IN_WORDS[formula];
  if (inWords) return inWords(scope);
  if (/^("|\d|null$)/.test(formula)) return JSON.parse(formula);
  if (formula.startsWith('-')) return -Number(valueIn(formula.slice(1), scope));
  const [, inner] = /^jcs\((.+)\)$/.exec(formula) ?? [];
  if (inner) return canonicalJson(valueIn(inner, scope) as Json);
  const path = `${formula.startsWith('.') ? 'body' : ''}${formula.replace(/\[(\d)\]/g, '.$1')}`.split('.');
  const value = path.reduce<unknown>((at, name) => (at as Scope | undefined)?.[name], scope);
  if (value === undefined) throw new Error(`${formula} says nothing`);
  return value;
}

/** A column without a formula: the member of its name. */
function byName(column: string, scope: Scope): unknown {
  if (column === 'fork') return '';
  const name = camelCase(column);
  return (scope['body'] as Scope)[name] ?? scope[name] ?? null;
}

/** The rows that the page gives an event. */
function rowsByPage(event: Event): readonly (readonly [string, Row])[] {
  return WRITES.filter(({ type, table }) => type === event.type && table !== '').flatMap((writes) => {
    const scope = event as unknown as Scope;
    const [, each, list] = /^for each (\w+) of (\S+)$/.exec(writes.when) ?? [];
    const [, unless] = /^unless (\S+) is null$/.exec(writes.when) ?? [];
    if (writes.when !== '' && !list && !unless) throw new Error(`"${writes.when}" is not understood`);
    if (unless && valueIn(unless, scope) === null) return [];
    const scopes =
      each && list ? (valueIn(list, scope) as unknown[]).map((one) => ({ ...scope, [each]: one })) : [scope];
    return scopes.map((one) => [writes.table, rowByPage(writes, one)] as const);
  });
}

function rowByPage({ table, formulas }: Writes, scope: Scope): Row {
  const { kind, key, columns } = TABLES[table as TableName];
  const ofSum = columns.filter((column) => formulas.has(column));
  const written = [...key, ...(kind === 'add' ? ofSum : columns)];
  expect([...formulas.keys()].filter((column) => !written.includes(column as never))).toEqual([]);
  const cells = written.map((column): [string, unknown] => {
    const formula = formulas.get(column);
    return [column, formula === undefined ? byName(column, scope) : valueIn(formula, scope)];
  });
  const { hlc, node, epoch, seq } = scope;
  const order = [hlc, node, String(epoch).padStart(16, '0'), String(seq).padStart(16, '0')].join(' ');
  return Object.fromEntries(kind === 'latest' ? [...cells, ['change_order', order]] : cells) as Row;
}

/** What is only touched is no row. */
const rowsByProgram = (event: Event): readonly (readonly [string, Row])[] =>
  foldPlain(event)
    .changes.filter(isUpsert)
    .map((change) => [change.table, upsertRow(change)]);

const golden: readonly Event[] = globSync('shared/src/events/golden/*.json', { cwd: ROOT })
  .sort()
  .map((path) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')).event);

/** As the program of today reads it (E4). */
const today = (event: Event): Event =>
  event.type === 'DocumentChanged' ? { ...event, body: { generation: 1, ...event.body } } : event;

const like = (type: string, members: Record<string, Json>): Event => {
  const found = golden.find((event) => event.type === type);
  if (!found) throw new Error(`there is no golden ${type}`);
  return { ...found, body: { ...found.body, ...members } };
};
/** With every element of these lists once more. */
const twice = (type: string, lists: readonly string[]): Event => {
  const { body } = like(type, {});
  const doubled = lists.map((name) => [name, [body[name], body[name]].flat()] as const);
  return like(type, Object.fromEntries(doubled) as Record<string, Json>);
};

describe('docs/sync-read-models.md', () => {
  it('S7: lists the tables with their columns in the order of the state hash', () => {
    const rows = Object.entries(TABLES).map(([table, { kind, key, columns }]) => [
      `\`${table}\``,
      kind,
      key.slice(1).join(', '),
      columns.join(', '),
    ]);
    expect(tableOf('The tables')).toEqual(rows);
    expect(Object.values(TABLES).map(({ key: [first] }) => first)).toEqual(rows.map(() => 'park'));
  });

  it('S7: has every type of event, and every table that is not folded from others', () => {
    expect(new Set(WRITES.map(({ type }) => type))).toEqual(new Set(Object.keys(EVENT_CATALOGUE)));
    const folded = Object.entries(TABLES).flatMap(([table, { kind }]) => (kind === 'folded' ? [table] : []));
    const written = WRITES.flatMap(({ table }) => (table === '' ? [] : [table]));
    expect([...new Set(written), 'recovered_events', ...folded].sort()).toEqual(Object.keys(TABLES).sort());
    const told = tableOf('Rows made from other rows').map(([table = '']) => table.replaceAll('`', ''));
    expect(told.sort()).toEqual(folded.sort());
  });

  it.each(golden)('S7: says what $type version $version writes', (event) => {
    expect(rowsByPage(today(event))).toEqual(rowsByProgram(event));
  });

  it.each([
    like('TicketExited', { ticketId: null }),
    like('AdmissionRefused', { ticketId: null }),
    like('TicketIssued', { saleId: null }),
    like('SaleCompleted', { payments: [], leaseUses: [] }),
    twice('SaleCompleted', ['lines', 'payments', 'leaseUses']),
    like('FactDecided', { accepted: false }),
  ])('S7: says what another $type writes', (event) => {
    expect(foldPlain(event).problems).toEqual([]);
    expect(rowsByPage(event)).toEqual(rowsByProgram(event));
  });
});

import { describe, expect, it } from 'vitest';
import { EVENT_CATALOGUE } from './catalogue.ts';

interface Schema {
  readonly type?: string;
  readonly pattern?: string;
  readonly const?: unknown;
  readonly enum?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** Every member of a body and of all that is in it: its path and its schema. */
function membersOf(schema: Schema, path: string): readonly (readonly [string, Schema])[] {
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
    membersOf(member, `${path}.${name}`),
  );
  const items = schema.items ? membersOf(schema.items, path) : [];
  return [[path, schema], ...inner, ...items, ...(schema.anyOf ?? []).flatMap((option) => membersOf(option, path))];
}

const isFreeText = ({ type, pattern, const: only, enum: some }: Schema): boolean =>
  type === 'string' && pattern === undefined && only === undefined && some === undefined;

describe('E5: personal data', () => {
  const members = Object.entries(EVENT_CATALOGUE).flatMap(([type, versions]) =>
    Object.entries(versions).flatMap(([version, schema]) => membersOf(schema as Schema, `${type}@${version}`)),
  );

  it('E5: no body of any event has a member for a person', () => {
    // People are named by an id; their rows stand beside the log (P1).
    const PERSONAL = /\.(?:\w*name|first|last|phone|e?mail|address|birth\w*|photo|pin|verifier|guest|buyer)$/i;
    const found = members.flatMap(([path]) => (PERSONAL.test(path) ? [path] : []));
    expect(found).toEqual(['KioskEnrolled@1.name']); // of a machine
  });

  it('E5: what somebody typed is the reason of a deed, and nothing else', () => {
    const found = members.flatMap(([path, schema]) => (isFreeText(schema) ? [path.split('.').at(-1)] : []));
    // Of machines: a kiosk's name, a document's change, a ticket's code, a sale's number, what was wrong with unreadable words.
    expect([...new Set(found)].sort()).toEqual(['change', 'code', 'name', 'number', 'problem', 'reason']);
  });
});

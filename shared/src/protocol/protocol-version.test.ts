import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { Json } from '../lib/json.ts';
import { PROTOCOL_VERSION } from './protocol-version.ts';

/**
 * What is on the wire in each version of the protocol that was ever shipped. A kiosk may be older than its server:
 * whoever changes a message in this folder raises PROTOCOL_VERSION and adds the new hash, and never edits an old one.
 */
const WIRE_HASHES: Readonly<Record<number, string>> = {
  1: 'c45ffa97ac49298bc3e1cc5746a8c50a9b64b3c84aefdd0ad8f3222151041091',
  2: '31b28327ebc1583b00dddea9b07f8c87af0523c15617bde581d17a8beeaa1126',
};

/** Everything exported in this folder that has a JSON form: schemas, limits, patterns and words. */
async function wireOf(folder: string): Promise<Json> {
  const files = globSync(join(folder, '*.ts')).filter((file) => !file.endsWith('.test.ts'));
  const modules = await Promise.all(
    files.map(async (file) => {
      const exports = (await import(file)) as Record<string, unknown>;
      return [basename(file), JSON.parse(JSON.stringify(exports)) as Json] as const;
    }),
  );
  return Object.fromEntries(modules);
}

const hashOf = (wire: Json): string => createHash('sha256').update(canonicalJson(wire)).digest('hex');

describe('the protocol', () => {
  it('changes only with its version', async () => {
    const hash = hashOf(await wireOf(import.meta.dirname));
    expect(hash, `messages changed: raise PROTOCOL_VERSION above ${PROTOCOL_VERSION} and add the new hash`).toBe(
      WIRE_HASHES[PROTOCOL_VERSION],
    );
  });

  it('is hashed down to the limits of each field', async () => {
    const wire = (await wireOf(import.meta.dirname)) as { 'push.ts': { pushRequest: { properties: Json } } };
    expect(wire['push.ts'].pushRequest.properties).toMatchObject({
      epoch: { type: 'integer', minimum: 1 },
      events: { type: 'array', minItems: 1, maxItems: 500 },
      seal: { type: 'object', properties: { signature: { pattern: '^[A-Za-z0-9_-]{86}$' } } },
    });
  });

  it('keeps the hash of every version up to today’s', () => {
    const versions = Array.from({ length: PROTOCOL_VERSION }, (_, index) => `${index + 1}`);
    expect(Object.keys(WIRE_HASHES)).toEqual(versions);
  });
});

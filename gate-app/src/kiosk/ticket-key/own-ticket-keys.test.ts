import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Trust } from '@skygate/shared/events/envelope';
import { bytesToBase64url } from '@skygate/shared/lib/bytes';
import { keyIdOf } from '@skygate/shared/lib/crypto';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../event-log/open-database.ts';
import { crypto, identityOf, PARK, TILL } from '../testing/test-park.ts';
import { createOwnTicketKeys, type OwnTicketKeys } from './own-ticket-keys.ts';

const DAY_MS = 24 * 60 * 60_000;
const [FIRST, SECOND] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const kidOf = (seed: Uint8Array): string => keyIdOf(crypto, crypto.publicKeyOf(seed));

describe("T1: a till's ticket keys by their periods", () => {
  let folder: string;
  let database: Database;
  let keys: OwnTicketKeys;
  let seeds: Uint8Array[];
  let nowMs: number;
  let trust: Trust;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skygate-ticket-keys-'));
    database = openDatabase(join(folder, 'kiosk.sqlite'));
    seeds = [FIRST];
    nowMs = 0;
    trust = 'server';
    keys = createOwnTicketKeys({
      database,
      crypto,
      eventLog: { identity: () => identityOf('till'), stopped: () => null } as never,
      clock: { nowMs: () => nowMs, trust: () => trust } as never,
      keys: {
        ticketSeeds: () => seeds,
        nextTicketSeed: () => {
          seeds = [...seeds, SECOND];
          return SECOND;
        },
      },
    });
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  const publish = (seed: Uint8Array, fromDay: number, toDay: number): void => {
    const publicKey = bytesToBase64url(crypto.publicKeyOf(seed));
    database
      .prepare('INSERT INTO signing_keys VALUES (?, ?, ?, ?, 1, ?, ?, ?)')
      .run(PARK, kidOf(seed), publicKey, TILL, `["${PARK}"]`, fromDay * DAY_MS, toDay * DAY_MS);
  };
  const atDay = (day: number): void => {
    nowMs = day * DAY_MS;
  };

  it('T1: it asks thirty days before the end of a long period, and at the last quarter of a short one', () => {
    publish(FIRST, 0, 400);
    atDay(369);
    expect(keys.isDue()).toBe(false);
    atDay(370);
    expect(keys.isDue()).toBe(true);
    publish(SECOND, 400, 440);
    seeds = [FIRST, SECOND];
    atDay(429);
    expect(keys.isDue()).toBe(false);
    atDay(430);
    expect(keys.isDue()).toBe(true);
  });

  it('T1: it asks with one new key until that is published, and signs with it from then on', () => {
    publish(FIRST, 0, 400);
    atDay(380);
    expect(keys.toAskWith().kid).toBe(kidOf(SECOND));
    expect(keys.toAskWith().kid).toBe(kidOf(SECOND));
    expect(seeds).toHaveLength(2);
    expect(keys.signing()?.kid).toBe(kidOf(FIRST));
    publish(SECOND, 380, 780);
    expect(keys.signing()?.kid).toBe(kidOf(SECOND));
    expect(keys.isDue()).toBe(false);
  });

  it('T1: after the end of the last period it signs nothing, and asks', () => {
    publish(FIRST, 0, 400);
    atDay(400);
    expect(keys.signing()).toBeNull();
    expect(keys.isDue()).toBe(true);
  });

  it('H2: a clock that is not trusted ends no period, and asks for nothing', () => {
    publish(FIRST, 0, 400);
    atDay(500);
    trust = 'none';
    expect(keys.signing()?.kid).toBe(kidOf(FIRST));
    expect(keys.isDue()).toBe(false);
    trust = 'supervisor';
    expect(keys.signing()).toBeNull();
    expect(keys.isDue()).toBe(true);
  });
});

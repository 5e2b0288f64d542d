import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { draft, type KnownDraft } from '@skygate/shared/events/catalogue';
import type { NodeId } from '@skygate/shared/lib/ids';
import type { PullResponse } from '@skygate/shared/protocol/pull';
import { nodeKeyFrom } from '@skygate/shared/sync/chain';
import { fakeClock } from '@skygate/shared/testing/fake-clock';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import type { Database } from 'better-sqlite3';
import { expect } from 'vitest';
import { createPruning, PRUNING, type Pruning } from '../checkpoints/pruning.ts';
import { createEventLog, type EventLog } from '../event-log/event-log.ts';
import { openDatabase } from '../event-log/open-database.ts';
import { createKioskClock, type KioskClock } from '../kiosk-clock.ts';
import { hashState } from '../read-models/read-state.ts';
import { type Rebuilt, rebuildReadModels } from '../rebuild/rebuild-read-models.ts';
import {
  crypto,
  enrolledDraft,
  hqKeyOf,
  identityOf,
  LOG_ID,
  PARK,
  pageOf,
  silentLog,
  TODAY,
  testHq,
  testWriter,
} from './test-park.ts';

// For tests of what a kiosk lets go: one with a log of two nodes that gets old.

export const NORTH = 'k-000000000000000A' as NodeId;
/** How many runs of two events the other gate writes at first. */
export const NORTH_RUNS = 30;
const key = nodeKeyFrom(crypto, new Uint8Array(32).fill(1));

/** The other gate: its stream from its first event on, the same each time. */
export const northWriter = () => testWriter(NORTH, new Uint8Array(32).fill(2));

export const admitted = (ticket: number): KnownDraft => {
  const ticketId = ticket.toString().padStart(16, '0');
  const body = {
    ticketId,
    gateId: 'north',
    people: 2,
    businessDate: TODAY,
    verdict: 'admit',
    silentGates: [],
  } as const;
  return draft('TicketAdmitted', `ticket:${ticketId}`, { ...body, silentGates: [] }, { actor: 'staff:g1' });
};

/** What the other gate writes in its n-th run. */
export const northDrafts = (run: number): readonly KnownDraft[] => [admitted(run), admitted(2000 + run)];

export class PruningKiosk {
  readonly clock = fakeClock();
  readonly startMs = this.clock.nowMs();
  readonly writer = northWriter();
  folder = '';
  database!: Database;
  time!: KioskClock;
  log!: EventLog;

  constructor() {
    this.open(mkdtempSync(join(tmpdir(), 'skygate-prune-')));
  }

  open(path: string): void {
    this.folder = path;
    this.database = openDatabase(join(path, 'kiosk.sqlite'));
    this.time = createKioskClock(this.clock);
    const parts = { database: this.database, clock: this.time, nodeSeed: new Uint8Array(32).fill(1) };
    this.log = createEventLog({ ...parts, crypto, random: seededRandom('texts'), log: silentLog });
  }

  enrol(): void {
    this.log.enrol(identityOf('gate'), hqKeyOf(testHq().publicKey), LOG_ID);
  }

  append(...drafts: readonly KnownDraft[]): void {
    const appended = this.log.append(drafts);
    if (!appended.ok) throw new Error(appended.error.kind);
  }

  /** The server said the time, its own if none is given. */
  contact(serverMs = this.clock.nowMs()): void {
    this.time.serverAnswered({ serverMs, roundTripMs: 0 });
  }

  acknowledged(durable: boolean): void {
    this.contact();
    this.log.acknowledge({ acknowledged: this.log.ownHead().seq, durable, logId: LOG_ID });
  }

  /** A page of the server. */
  pulled(runs: PullResponse['runs'], next: number, durable = true) {
    this.contact();
    return this.log.storePage({ ...pageOf(runs, next), durable });
  }

  pruningOf(pause: () => Promise<void> = async () => {}): Pruning {
    const { database, folder, log: eventLog, time: clock } = this;
    const settings = { ...PRUNING, worthwhileEvents: 10 };
    const timers = { sleep: pause };
    return createPruning({
      database,
      folder,
      eventLog,
      clock,
      crypto,
      key: () => key,
      timers,
      log: silentLog,
      settings,
    });
  }

  hash(): string {
    return hashState(this.database, crypto);
  }

  rebuilt(): Rebuilt {
    const { database, folder } = this;
    return database.transaction(() => rebuildReadModels(database, { crypto, park: PARK, key, folder }))();
  }

  count(sql: string): number {
    return this.database.prepare<[], number>(sql).pluck().get() ?? 0;
  }

  filesWith(words: string): readonly string[] {
    return readdirSync(this.folder).filter((name) => readFileSync(join(this.folder, name)).includes(words));
  }

  /** Forty days and more: two nodes' events at first, one of each at the end. A first checkpoint was made early on. */
  async live({ durable, foreignDurable }: { readonly durable: boolean; readonly foreignDurable: boolean }) {
    this.enrol();
    const roster = testHq().run([enrolledDraft(NORTH, 'gate', this.writer.publicKey)], this.clock.nowMs());
    this.pulled([roster], 1, foreignDurable);
    for (let run = 0; run < NORTH_RUNS; run += 1) {
      this.append(admitted(run), admitted(1000 + run));
      this.pulled([this.writer.run(northDrafts(run), this.clock.nowMs())], 2 + run, foreignDurable);
    }
    this.acknowledged(durable);
    this.clock.advance(PRUNING.settledMs);
    this.append(admitted(499));
    this.acknowledged(durable);
    // A checkpoint that has to grow as old as what it is to let go.
    expect(await this.pruningOf().pruneNow()).toBe(0);
    this.clock.advance(PRUNING.retentionMs + PRUNING.settledMs);
    this.append(admitted(500));
    this.pulled([this.writer.run([admitted(501)], this.clock.nowMs())], 100, foreignDurable);
    this.acknowledged(durable);
  }

  remove(): void {
    this.database.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

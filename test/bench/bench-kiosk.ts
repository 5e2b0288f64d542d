import { rmSync } from 'node:fs';
import { type KioskKeys, openDataFolder } from '@skygate/gate-app/kiosk/data-folder';
import { createEventLog, type EventLog } from '@skygate/gate-app/kiosk/event-log/event-log';
import { createKiosk, type Kiosk } from '@skygate/gate-app/kiosk/kiosk';
import { createKioskClock } from '@skygate/gate-app/kiosk/kiosk-clock';
import {
  crypto,
  documentDrafts,
  enrolledDraft,
  hqKeyOf,
  hqSeed,
  identityOf,
  LOG_ID,
  offlineTransport,
  PARK,
  PEOPLE,
  PIN,
  pageOf,
  park,
  signingKeyDraft,
  silentLog,
  TILL,
} from '@skygate/gate-app/kiosk/testing/test-park';
import { systemPorts } from '@skygate/gate-app/system-ports';
import type { CatalogueDocument } from '@skygate/shared/documents/catalogue-document';
import type { KnownDraft } from '@skygate/shared/events/catalogue';
import { hqNodeOf } from '@skygate/shared/lib/ids';
import type { PullRun } from '@skygate/shared/protocol/pull';
import { nodeKeyFrom } from '@skygate/shared/sync/chain';
import type { Database } from 'better-sqlite3';
import { createStreamWriter } from './stream-writer.ts';

// A kiosk as it stands in a park: real data folder, real SQLite file, real keys, everything in it pulled from HQ's
// signed stream. There is no network, so nothing but the work itself is measured.

/** Noon of the park's day; the kiosk's clock goes on from here at its true pace, whatever day the bench runs on. */
export const NOON_MS = Date.parse('2026-11-21T06:00:00Z');
const SET_UP_MS = NOON_MS - 200 * 86_400_000;
const { random, timers } = systemPorts('silent');
const clock = { nowMs: () => NOON_MS + Math.floor(performance.now()), monotonicMs: () => performance.now() };

/** HQ's own stream, to go on writing. */
export type Hq = ReturnType<typeof createStreamWriter>;

export interface KioskSetUp {
  readonly role: 'gate' | 'till';
  readonly catalogue: CatalogueDocument;
  /** What HQ says besides the roster, the keys and the documents. */
  readonly also?: readonly KnownDraft[];
  /** The raw public key HQ signs tickets with. */
  readonly ticketKey: Uint8Array;
}

/** Makes the data folder of an enrolled kiosk that has pulled its park. @returns HQ as a writer, to go on from there */
export function setUpKiosk(folder: string, setUp: KioskSetUp): Hq {
  const hq = createStreamWriter({ park: PARK, node: hqNodeOf(PARK), epoch: 1, key: nodeKeyFrom(crypto, hqSeed) });
  withEventLog(folder, (eventLog, keys) => {
    const identity = identityOf(setUp.role);
    mustHold(eventLog.enrol(identity, hqKeyOf(crypto.publicKeyOf(hqSeed)), LOG_ID));
    const drafts = [
      enrolledDraft(identity.node, setUp.role, crypto.publicKeyOf(keys.nodeSeed)),
      signingKeyDraft(hqNodeOf(PARK), setUp.ticketKey),
      signingKeyDraft(TILL, crypto.publicKeyOf(keys.signingSeed)),
      ...documentDrafts('park', park),
      ...documentDrafts('catalogue', setUp.catalogue),
      ...(setUp.also ?? []),
    ];
    storeRuns(eventLog, [hq(drafts.map((draft) => ({ draft, wallMs: SET_UP_MS })))]);
    mustHold(eventLog.storePeople({ revision: 1, people: PEOPLE }));
  });
  return hq;
}

/** Runs work on a kiosk's log while no kiosk is running on it. */
export function withEventLog(
  folder: string,
  work: (eventLog: EventLog, keys: KioskKeys, database: Database) => void,
): void {
  const opened = openDataFolder(folder, random);
  try {
    const { database, keys } = opened;
    const { nodeSeed } = keys;
    work(
      createEventLog({ database, crypto, clock: createKioskClock(clock), random, nodeSeed, log: silentLog }),
      keys,
      database,
    );
  } finally {
    opened.close();
  }
}

/** One page of a pull, by the way every page goes: chains and seals checked, stored, folded, committed. */
export function storeRuns(eventLog: EventLog, runs: readonly PullRun[]): void {
  const outcome = mustHold(eventLog.storePage(pageOf(runs, eventLog.position().cursor + 1)));
  if (outcome.held + outcome.quarantined > 0) throw new Error(`a page was not taken whole: ${JSON.stringify(outcome)}`);
}

/** Opens the kiosk with somebody at it. */
export async function openKiosk(folder: string, staffId: string): Promise<Kiosk> {
  const kiosk = await reopenKiosk(folder);
  mustSay(await kiosk.api.logIn({ staffId, pin: PIN }));
  return kiosk;
}

/** Opens the kiosk as it was left, with whoever was at it. */
export async function reopenKiosk(folder: string): Promise<Kiosk> {
  const config = { dataFolder: folder, appVersion: 'bench' };
  const ports = { clock, random, timers, transport: offlineTransport, crypto, log: silentLog };
  const kiosk = await createKiosk({ config, ...ports });
  // Screens are told the status after every change: that is part of a kiosk's day, after the answer has gone out.
  kiosk.onStatus(() => {});
  return kiosk;
}

/** The work that follows an answer is over: it belongs to no sample. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

export function mustSay<Value>(
  reply: { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: unknown },
): Value {
  if (!reply.ok) throw new Error(`the kiosk refused: ${JSON.stringify(reply.problem)}`);
  return reply.value;
}

function mustHold<Value>(
  result: { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: unknown },
): Value {
  if (!result.ok) throw new Error(`the log refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

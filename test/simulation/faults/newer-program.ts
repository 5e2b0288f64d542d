import { dirname } from 'node:path';
import { openDataFolder } from '@skygate/gate-app/kiosk/data-folder';
import { createIsIntroduced } from '@skygate/gate-app/kiosk/event-log/introduced';
import { createLogCore } from '@skygate/gate-app/kiosk/event-log/log-core';
import { writeTransaction } from '@skygate/gate-app/kiosk/event-log/open-database';
import { createKioskClock } from '@skygate/gate-app/kiosk/kiosk-clock';
import { createNodeCrypto } from '@skygate/gate-app/kiosk/node-crypto';
import type { Event } from '@skygate/shared/events/envelope';
import { base64urlToBytes } from '@skygate/shared/lib/bytes';
import { eventToWire, wireToEvent } from '@skygate/shared/protocol/wire-event';
import { chainEvent, sealHead, type UnchainedEvent } from '@skygate/shared/sync/chain';
import { hlcTick } from '@skygate/shared/sync/hlc';
import { readWireEvent } from '@skygate/shared/sync/unreadable';
import { type SeededRandom, seededRandom } from '@skygate/shared/testing/seeded-random';
import { presentKiosks, type Run } from '../run.ts';
import { type SimulatedClock, silentLog } from '../simulated-ports.ts';
import { oddEvents } from './odd-events.ts';

const SEEDS_WITH_NEWER_PROGRAM = 0.2;
const crypto = createNodeCrypto();

/** What decides about a seed's newer program; null where there is none. */
export function newerProgramOf(seed: number): SeededRandom | null {
  const random = seededRandom(`${seed}/newer program`);
  return random.chance(SEEDS_WITH_NEWER_PROGRAM) ? random : null;
}

/**
 * A newer program runs on a kiosk for a moment, writes what today's does not know, and is taken back: the older one goes
 * on with that in its own log (E4).
 */
export function planNewerProgram(run: Run, lengthMs: number): void {
  const random = newerProgramOf(run.seed);
  if (random === null) return;
  const { scheduler, faults, trace, book } = run;
  scheduler.after(random.int(lengthMs), () => {
    const kiosk = random.pick(presentKiosks(run));
    if (!kiosk.isUp()) return;
    kiosk.tamper((databasePath) => {
      const written = writeAsNewer(dirname(databasePath), kiosk.clock, random);
      for (const { hash, node, epoch, seq, type } of written) {
        faults.oddEvent += 1;
        book.oddEvents.set(hash, { by: kiosk.name });
        trace.add(`${kiosk.name} has the odd ${type} at ${node}/${epoch}/${seq}`);
      }
    });
  });
}

/** @returns what was written; nothing where the kiosk may not write */
function writeAsNewer(folder: string, wall: SimulatedClock, random: SeededRandom): readonly Event[] {
  const opened = openDataFolder(folder, random);
  try {
    const { database, keys } = opened;
    const clock = createKioskClock(wall);
    const core = createLogCore({ database, crypto, clock, nodeSeed: keys.nodeSeed, log: silentLog });
    const identity = core.identity();
    if (identity === null || core.position().stopped !== null) return [];
    // No program writes before it knows who HQ says that it is (E8).
    if (!createIsIntroduced(database, core)()) return [];
    const { park, node, epoch } = identity;
    const { stream, head, hlc: before } = core.ownEnd();
    let [hlc, prev] = [before, head.hash];
    const events = oddEvents(random).map((words, index) => {
      hlc = hlcTick(hlc, wall.nowMs());
      const place = { park, node, epoch, seq: head.seq + 1 + index, hlc, wallMs: wall.nowMs() };
      const event = chainEvent(crypto, asTodayKeepsIt({ ...words, ...place, trust: 'server' }), prev);
      prev = event.hash;
      return event;
    });
    const last = events.at(-1);
    if (!last) return [];
    const signature = base64urlToBytes(sealHead(crypto, core.key(), last).signature);
    const written = writeTransaction(database, () => {
      for (const event of events) core.events.insert(stream, event, event === last ? signature : null);
      core.projection.projectForeign(events);
    });
    return written.ok ? events : [];
  } finally {
    opened.close();
  }
}

/** What breaks the schema of the wire is kept as `Unreadable`, by the words that it is hashed by (S2). */
function asTodayKeepsIt(event: UnchainedEvent): UnchainedEvent {
  const wire = readWireEvent(eventToWire(event));
  if (wire === null) throw new Error('broken invariant: odd events have a canonical form');
  const { park, node, epoch, seq } = event;
  return wireToEvent(wire, { park, node, epoch, from: seq }, 0);
}

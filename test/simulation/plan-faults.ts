import type { SeededRandom } from '@skygate/shared/testing/seeded-random';
import { grantLease, voidTicket } from './headquarters.ts';
import type { NetworkWeather } from './network.ts';
import type { Run } from './run-seed.ts';
import { EARLY_POINTS, PowerCut, YIELD_POINTS } from './yield-points.ts';

const SECOND = 1_000;
const DAY = 24 * 60 * 60 * SECOND;
/** Forward and back, a little and far: a dead clock battery shows 1970. */
const JUMPS_MS = [3 * SECOND, -3 * SECOND, 600 * SECOND, -600 * SECOND, DAY, -DAY, -Date.parse('2026-11-21T06:00:00Z')];

const LATER_POINTS = YIELD_POINTS.filter((point) => !(EARLY_POINTS as readonly string[]).includes(point));

/** What goes wrong in a seed, and when; HQ's own work too, because it comes at any time. */
export function planFaults(run: Run, random: SeededRandom) {
  const { scheduler, network, kiosks, faults, trace } = run;
  const at = (lengthMs: number, what: () => void): void => {
    scheduler.after(random.int(lengthMs), what);
  };

  const partition = (lengthMs: number): void => {
    const kiosk = random.pick(kiosks);
    const how = random.chance(0.3) ? 'answers' : 'both';
    const lastsMs = 5 * SECOND + random.int(lengthMs / 2);
    at(lengthMs, () => {
      faults.partition += 1;
      trace.add(`${kiosk.name} cut off: ${how}`);
      network.cut(kiosk.name, how);
      scheduler.after(lastsMs, () => network.cut(kiosk.name, 'none'));
    });
  };

  const jump = (lengthMs: number): void => {
    const kiosk = random.pick(kiosks);
    const byMs = random.pick(JUMPS_MS);
    at(lengthMs, () => {
      faults.clockJump += 1;
      trace.add(`${kiosk.name} clock jumps by ${byMs}`);
      kiosk.clock.jump(byMs);
    });
  };

  const crash = (lengthMs: number): void => {
    const kiosk = random.pick(kiosks);
    const point = random.pick(LATER_POINTS);
    const skip = random.int(3);
    at(lengthMs, () => kiosk.arm(point, skip));
  };

  const crashServer = (lengthMs: number): void => {
    const point = random.pick([null, 'clock', 'random'] as const);
    at(lengthMs, () => run.server.crash(point));
  };

  return {
    /** Trouble from the first request on. */
    begin: (): void => {
      network.setWeather(weatherOf(random.fork('weather')));
      const early = random.fork('early');
      for (const kiosk of kiosks) if (early.chance(0.4)) kiosk.arm(early.pick(EARLY_POINTS), 0);
    },
    schedule: (lengthMs: number): void => {
      if (random.chance(0.7)) partition(lengthMs);
      if (random.chance(0.4)) jump(lengthMs);
      for (let crashes = 1 + random.int(4); crashes > 0; crashes -= 1) crash(lengthMs);
      if (random.chance(0.5)) crashServer(lengthMs);
      at(lengthMs, () => void hqWorks(run, random.fork('hq')));
    },
  };
}

/** Each kind of trouble in some seeds and not in others: everything at once hides what one alone would show. */
function weatherOf(random: SeededRandom): NetworkWeather {
  const some = (most: number): number => (random.chance(0.6) ? random.fraction() * most : 0);
  return { loseRequest: some(0.3), loseAnswer: some(0.3), duplicate: some(0.5), straggle: some(0.3) };
}

async function hqWorks(run: Run, random: SeededRandom): Promise<void> {
  const deps = run.server.deps();
  const till = run.kiosks.find(({ role }) => role === 'till');
  if (deps === null || till === undefined) return;
  const ticket = run.book.codes.length > 0 ? random.pick(run.book.codes) : null;
  const acts = async (): Promise<string> => {
    await grantLease(deps, { node: run.nodes.get(till.name) ?? '', epoch: 1 }, 20);
    if (ticket !== null) await voidTicket(deps, ticket.ticketId);
    return 'lends places and voids a ticket';
  };
  const outcome = await run.activity.track(acts).catch((error) => {
    if (error instanceof PowerCut) return 'met a dying server';
    throw error;
  });
  run.trace.add(`HQ ${outcome}`);
}

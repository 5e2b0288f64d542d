import type { SeededRandom } from '@skygate/shared/testing/seeded-random';
import { hqActs } from './hq-deeds.ts';
import type { NetworkWeather } from './network.ts';
import type { Run } from './run.ts';
import { EARLY_POINTS, KIOSK_POINTS, type KioskPoint } from './yield-points.ts';

const SECOND = 1_000;
const DAY = 24 * 60 * 60 * SECOND;
/** Forward and back, a little and far: a dead clock battery shows 1970. */
const TO_2099_MS = Date.parse('2099-12-31T20:00:00Z') - Date.parse('2026-11-21T06:00:00Z');
const JUMPS_MS = [
  3 * SECOND,
  -3 * SECOND,
  600 * SECOND,
  -600 * SECOND,
  DAY,
  -DAY,
  -Date.parse('2026-11-21T06:00:00Z'),
  TO_2099_MS,
];

const LATER_POINTS = KIOSK_POINTS.filter((point) => !(EARLY_POINTS as readonly string[]).includes(point));

/** A kiosk comes to its ports all the time, and to some requests once or twice a day. */
const isRequest = (point: KioskPoint): boolean => point.startsWith('ask ') || point.startsWith('told ');

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
      scheduler.after(lastsMs, () => {
        if (run.offline !== kiosk.name) network.cut(kiosk.name, 'none');
      });
    });
  };

  const jump = (lengthMs: number): void => {
    const kiosk = random.pick(kiosks);
    const byMs = random.pick(JUMPS_MS);
    const backMs = byMs === TO_2099_MS ? 1_000 + random.int(10_000) : null;
    at(lengthMs, () => {
      faults.clockJump += 1;
      trace.add(`${kiosk.name} clock jumps by ${byMs}`);
      run.jumped.add(kiosk.name);
      kiosk.clock.jump(byMs);
      if (backMs !== null) scheduler.after(backMs, () => kiosk.clock.jump(-byMs));
    });
  };

  const crash = (lengthMs: number): void => {
    const kiosk = random.pick(kiosks);
    const point = random.pick(LATER_POINTS);
    const passes = random.int(3);
    at(lengthMs, () => kiosk.arm(point, isRequest(point) ? 0 : passes));
  };

  const crashServer = (lengthMs: number): void => {
    const point = random.pick(['server at rest', 'server clock', 'server random', 'server after commit'] as const);
    at(lengthMs, () => run.server.crash(point));
  };

  const unexpected = (error: Error): void => {
    run.broken.push({ invariant: 'HQ is answered', found: error.stack ?? String(error) });
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
      if (random.chance(0.6)) crashServer(lengthMs);
      for (let deeds = 3 + random.int(5); deeds > 0; deeds -= 1) {
        const fork = random.fork(`hq ${deeds}`);
        at(lengthMs, () => void hqActs(run, fork).catch(unexpected));
      }
    },
  };
}

/** Each kind of trouble in some seeds and not in others: everything at once hides what one alone would show. */
function weatherOf(random: SeededRandom): NetworkWeather {
  const some = (most: number): number => (random.chance(0.6) ? random.fraction() * most : 0);
  return {
    loseRequest: some(0.3),
    loseAnswer: some(0.3),
    duplicate: some(0.5),
    straggle: some(0.3),
    proxyPage: some(0.1),
  };
}

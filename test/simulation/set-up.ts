import type { KioskRole } from '@skygate/shared/domain/kiosk/events';
import { type SeededRandom, seededRandom } from '@skygate/shared/testing/seeded-random';
import { createActivity } from './activity.ts';
import { emptyBook } from './book.ts';
import { notingRefusals } from './checks/refused-runs.ts';
import { createVisible } from './checks/visible.ts';
import { nothingForgotten } from './disk-images.ts';
import { dayPlanOf, hasDurableServer, PRUNING_SOON } from './faults/day-plan.ts';
import { noCrashes, noFaults } from './faults.ts';
import { START_MS } from './headquarters.ts';
import { createKioskHost, type KioskHost, type KioskHostDeps } from './kiosk-host.ts';
import { loseTail } from './lose-tail.ts';
import { nothingLost, nothingLostOfWiped, notingWhatIsLost } from './lost-with-backup.ts';
import { createNetwork } from './network.ts';
import { isLarge, type Run, type SeedOptions } from './run.ts';
import { createScheduler } from './scheduler.ts';
import { createServerHost } from './server-host.ts';
import { createSimulatedClock } from './simulated-ports.ts';
import { createTrace } from './trace.ts';
import type { World } from './world.ts';
import type { YieldPoint } from './yield-points.ts';

/** A park's machines and their network, all of them still off. */
export async function createRun(world: World, seed: number, options: SeedOptions): Promise<Run> {
  const root = await world.clean();
  const activity = createActivity(options.signal);
  const scheduler = createScheduler(activity, options.signal);
  const random = seededRandom(seed);
  const faults = noFaults();
  const trace = createTrace(() => scheduler.nowMs(), options.print ?? null);
  const fates = random.fork('server fates');
  const isDurable = hasDurableServer(seed);
  const server = createServerHost({
    database: world.database,
    scheduler,
    activity,
    clock: createSimulatedClock(scheduler, START_MS),
    folder: root,
    seed: `${seed}`,
    isDurable,
    onDeath: (point) => serverDied(run, point, fates),
  });
  const visible = createVisible();
  const sabotaged = options.sabotage?.(server.serve) ?? server.serve;
  const serve = notingRefusals(visible.noting(sabotaged), () => run.book);
  const onCursorBack = (kiosk: string): void => {
    run.broken.push({ invariant: 'cursors only move forward', found: kiosk });
  };
  const ports = { scheduler, activity, trace, faults };
  const network = createNetwork({ ...ports, random: random.fork('network'), serve, onCursorBack });
  const parts = { world, seed, network, ...ports };
  const isLate = seededRandom(`${seed}/late`).chance(0.4);
  const makeKiosk = kioskMaker(() => run, { ...parts, root });
  const kiosks = placesOf(seededRandom(`${seed}/kiosks`), { isLate, isLarge: isLarge(seed) }).map((place) =>
    makeKiosk(place),
  );
  const run: Run = {
    ...ports,
    world,
    seed,
    server,
    network,
    visible,
    kiosks,
    late: isLate ? (kiosks.at(-1) ?? null) : null,
    crashes: noCrashes(),
    book: emptyBook(),
    broken: [],
    revoked: new Map(),
    jumped: new Set(),
    imaged: new Set(),
    copied: null,
    replaced: [],
    clones: new Set(),
    codes: new Map(),
    forgotten: nothingForgotten(),
    enrolling: new Set(),
    restore: null,
    offline: null,
    lostOfHq: nothingLost(),
    lostOfWiped: nothingLostOfWiped(),
    makeClone: ({ name, role }, image) => makeKiosk({ name: `${name}-clone`, role, image }),
    nodes: new Map(),
  };
  return run;
}

interface Place {
  readonly name: string;
  readonly role: KioskRole;
  readonly image?: string;
}

function placesOf(
  random: SeededRandom,
  { isLate, isLarge: large }: { readonly isLate: boolean; readonly isLarge: boolean },
): readonly Place[] {
  const tills = large ? 2 + random.int(2) : 1 + random.int(2);
  const gates = large ? (isLate ? 4 : 5) - tills : 1 + random.int(2);
  const lateRole = random.pick(['till', 'gate'] as const);
  return [
    ...Array.from({ length: tills }, (_, index) => ({ name: `till-${index + 1}`, role: 'till' as const })),
    ...Array.from({ length: gates }, (_, index) => ({ name: `gate-${index + 1}`, role: 'gate' as const })),
    ...(isLate ? [{ name: `late-${lateRole}`, role: lateRole }] : []),
  ];
}

interface KioskParts extends Pick<KioskHostDeps, 'scheduler' | 'activity' | 'network'> {
  readonly world: World;
  readonly seed: number;
  readonly root: string;
}

/** @param runOf the run they will be part of: they tell it of their deaths, long after it is whole */
function kioskMaker(runOf: () => Run, parts: KioskParts): (place: Place) => KioskHost {
  const { world, seed, root, scheduler, activity, network } = parts;
  const random = seededRandom(`${seed}/machines`);
  return ({ name, role, image }) =>
    createKioskHost({
      ...(image === undefined ? {} : { image }),
      name,
      role,
      root,
      template: world.template,
      scheduler,
      activity,
      network,
      clock: createSimulatedClock(scheduler, START_MS + random.int(1_500)),
      seed: `${seed}`,
      ...(dayPlanOf(seed) === 'ordinary' ? {} : { pruning: PRUNING_SOON }),
      onDeath: (host, point, { walTorn, path }) => {
        const { crashes, faults, trace } = runOf();
        lookAtDisk(runOf(), name, path);
        if (point !== null) crashes[point] += 1;
        faults.kioskCrash += 1;
        if (walTorn) faults.tornWal += 1;
        trace.add(`${host.name} dies at ${point ?? 'rest'}`);
        scheduler.after(500 + random.int(5_000), () => void activity.track(() => host.start()));
      },
      onFailure: (error) => {
        const found = `${name}: ${(error as Error).stack ?? error}`;
        runOf().broken.push({ invariant: 'a kiosk keeps running', found });
      },
    });
}

/** A copy of a disk has forgotten by right, and who is revoked erases itself (E6, X4). */
function lookAtDisk({ visible, network, imaged, revoked, nodes, book, broken }: Run, name: string, path: string): void {
  if (imaged.has(name) || revoked.has(name) || !nodes.has(name)) return;
  for (const missing of visible.missingAtKiosk({ name, path, asked: network.askedAfter(name) }, book)) {
    broken.push({ invariant: VISIBLE, found: `${name}: ${missing}` });
  }
}

async function lookAtServer({ visible, world, lostOfHq, book, broken }: Run): Promise<void> {
  const missing = [
    ...(await visible.missingAtServer(world.database)),
    ...(lostOfHq.isPutBack ? [] : await visible.missingDeeds(world.database, book)),
  ];
  for (const found of missing) broken.push({ invariant: VISIBLE, found });
}

const VISIBLE = 'nothing is visible before it is durable';

function serverDied(run: Run, point: YieldPoint | null, fates: SeededRandom): void {
  const { faults, crashes, scheduler, activity, world, trace } = run;
  const where = point ?? 'server at rest';
  faults.serverCrash += 1;
  crashes[where] += 1;
  trace.add(`server dies: ${where}`);
  // PostgreSQL flushes what it commits.
  const tail = fates.chance(0.4) && !run.server.isDurable ? 1 + fates.int(60) : 0;
  const restart = async (): Promise<void> => {
    const { restore } = run;
    run.restore = null;
    if (restore !== null && !restore.isTooOld()) {
      await restore.putBack();
      run.visible.forgetTheServer();
      await run.server.start();
      await restore.afterwards();
      return;
    }
    const cut = tail % 2 === 0 ? 'behind the last' : 'before the first';
    const lost = tail === 0 ? 0 : await notingWhatIsLost(run, () => loseTail(world.database, { most: tail, cut }));
    if (lost > 0) {
      faults.lostTail += 1;
      trace.add(`server lost its last ${lost} events`);
      run.network.logBeganAnew();
    }
    await run.server.start();
    await lookAtServer(run);
  };
  const notUp = (error: Error): void => {
    run.broken.push({ invariant: 'the server comes up again', found: error.stack ?? String(error) });
  };
  scheduler.after(2_000, () => void activity.track(restart).catch(notUp));
}

import { createNodeCrypto } from '@skygate/gate-app/kiosk/node-crypto';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { type Activity, createActivity } from './activity.ts';
import { type Book, emptyBook } from './book.ts';
import { type FaultCounts, noCrashes, noFaults, type PointCounts } from './faults.ts';
import { codeFor, grantLease, openPark, START_MS } from './headquarters.ts';
import { type KioskDisk, readKioskDisk, readServerDisk, readServerHead } from './inspect.ts';
import { type Broken, brokenInvariants } from './invariants.ts';
import { createKioskHost, DIED, type KioskHost } from './kiosk-host.ts';
import { createNetwork, FAIR_WEATHER, type Network, type Serve } from './network.ts';
import { planFaults } from './plan-faults.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import { createServerHost, type ServerHost } from './server-host.ts';
import { createSimulatedClock } from './simulated-ports.ts';
import { hashOfLines } from './state-hash.ts';
import { createTrace, type Trace } from './trace.ts';
import { act, completeSale } from './workload.ts';
import type { World } from './world.ts';

export interface SeedResult {
  readonly seed: number;
  readonly broken: readonly Broken[];
  readonly traceHash: string;
  readonly faults: FaultCounts;
  readonly crashes: PointCounts;
  readonly events: number;
  readonly pushes: number;
}

export interface SeedOptions {
  readonly print?: (line: string) => void;
  /** A planted bug: stands between the network and the server. */
  readonly sabotage?: (serve: Serve) => Serve;
}

/** How long people work while things go wrong, and how long the healed park may take to fall quiet. */
const TROUBLE_MS = 30_000;
const QUIET_MS = 300_000;
const ENROL_MS = 120_000;
const HEARING_SECONDS = 15;

/** Everything of one run; parts that need each other find each other here. */
export interface Run {
  readonly world: World;
  readonly seed: number;
  readonly activity: Activity;
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly faults: FaultCounts;
  readonly crashes: PointCounts;
  readonly book: Book;
  readonly server: ServerHost;
  readonly network: Network;
  readonly kiosks: KioskHost[];
  readonly broken: Broken[];
  /** Node ids by kiosk name, from their enrolment. */
  readonly nodes: Map<string, string>;
}

/** One seed: a park opens, works through its troubles, heals, falls quiet, and is checked. */
export async function runSeed(world: World, seed: number, options: SeedOptions = {}): Promise<SeedResult> {
  const run = await createRun(world, seed, options);
  try {
    await openAndEnrol(run);
    await work(run);
    await heal(run);
    await fallQuiet(run);
    await check(run);
  } catch (error) {
    run.broken.push({ invariant: 'the simulation runs to its end', found: String((error as Error).stack ?? error) });
  }
  for (const kiosk of run.kiosks) await kiosk.stop();
  await run.activity.settle();
  const { broken, trace, faults, crashes } = run;
  const events = await readServerHead(world.database);
  return { seed, broken, traceHash: trace.hash(), faults, crashes, events, pushes: run.network.pushes() };
}

async function createRun(world: World, seed: number, options: SeedOptions): Promise<Run> {
  const root = await world.clean();
  const activity = createActivity();
  const scheduler = createScheduler(activity);
  const trace = createTrace(() => scheduler.nowMs(), options.print ?? null);
  const random = seededRandom(seed);
  const faults = noFaults();
  const server = createServerHost({
    database: world.database,
    scheduler,
    activity,
    clock: createSimulatedClock(scheduler, START_MS),
    seed: `${seed}`,
    onDeath: () => serverDied(run),
  });
  const serve = options.sabotage?.(server.serve) ?? server.serve;
  const onCursorBack = (kiosk: string): void => {
    run.broken.push({ invariant: 'cursors only move forward', found: kiosk });
  };
  const fork = random.fork('network');
  const network = createNetwork({ scheduler, activity, random: fork, trace, faults, serve, onCursorBack });
  const run: Run = {
    world,
    seed,
    activity,
    scheduler,
    trace,
    faults,
    crashes: noCrashes(),
    book: emptyBook(),
    server,
    network,
    kiosks: [],
    broken: [],
    nodes: new Map(),
  };
  addKiosks(run, root);
  return run;
}

function addKiosks(run: Run, root: string): void {
  const { world, seed, scheduler, activity, network } = run;
  const random = seededRandom(`${seed}/kiosks`);
  const tills = 1 + random.int(2);
  const gates = 1 + random.int(2);
  const names = [
    ...Array.from({ length: tills }, (_, index) => ({ name: `till-${index + 1}`, role: 'till' as const })),
    ...Array.from({ length: gates }, (_, index) => ({ name: `gate-${index + 1}`, role: 'gate' as const })),
  ];
  for (const { name, role } of names) {
    const clock = createSimulatedClock(scheduler, START_MS + random.int(1_500));
    run.kiosks.push(
      createKioskHost({
        name,
        role,
        root,
        template: world.template,
        scheduler,
        activity,
        network,
        clock,
        seed: `${seed}`,
        onDeath: (host, point) => {
          if (point !== null) run.crashes[point] += 1;
          run.faults.kioskCrash += 1;
          run.trace.add(`${host.name} dies at ${point ?? 'rest'}`);
          scheduler.after(500 + random.int(5_000), () => void activity.track(() => host.start()));
        },
        onFailure: (error) => {
          run.broken.push({ invariant: 'a kiosk keeps running', found: `${name}: ${(error as Error).stack ?? error}` });
        },
      }),
    );
  }
}

function serverDied(run: Run): void {
  run.faults.serverCrash += 1;
  run.trace.add('server dies');
  run.scheduler.after(2_000, () => void run.activity.track(() => run.server.start()));
}

async function openAndEnrol(run: Run): Promise<void> {
  const { server, scheduler, activity, kiosks } = run;
  await activity.track(() => server.start());
  const deps = server.deps();
  if (deps === null) throw new Error('broken invariant: the server is up');
  await activity.track(() => openPark(deps));
  const codes = new Map<string, string>();
  for (const kiosk of kiosks) {
    codes.set(kiosk.name, await activity.track(() => codeFor(deps, kiosk.name, kiosk.role)));
    await activity.track(() => kiosk.start());
  }
  planFaults(run, seededRandom(`${run.seed}/faults`)).begin();
  const enrolled = new Set<string>();
  const tryToEnrol = async (kiosk: KioskHost): Promise<void> => {
    const code = codes.get(kiosk.name) ?? '';
    const reply = await kiosk.call((api) => api.enrol({ serverUrl: 'http://hq.example', code }));
    run.trace.add(`${kiosk.name} enrols: ${reply === DIED ? 'died' : reply.ok ? 'ok' : reply.problem.code}`);
    if (reply !== DIED && (reply.ok || reply.problem.code === 'already_enrolled')) enrolled.add(kiosk.name);
    // An answer that got lost: the same code and key again (S1).
    else scheduler.after(1_000, () => void tryToEnrol(kiosk));
  };
  for (const kiosk of kiosks) void tryToEnrol(kiosk);
  await scheduler.runUntil(scheduler.nowMs() + ENROL_MS, () => enrolled.size === kiosks.length);
  if (enrolled.size < kiosks.length) throw new Error('not every kiosk could enrol');
  await lend(run);
  await hearOfIt(run);
}

/** Tills without a share sell nothing: work begins when the leases are known, or after a while without. */
async function hearOfIt(run: Run): Promise<void> {
  for (let tries = 0; tries < HEARING_SECONDS && !(await isDrained(run)); tries += 1) {
    await run.scheduler.runUntil(run.scheduler.nowMs() + 1_000);
  }
}

async function lend(run: Run): Promise<void> {
  const random = seededRandom(`${run.seed}/leases`);
  const rows = await run.world.database.reader.selectFrom('nodes').select(['name', 'node']).execute();
  for (const { name, node } of rows) run.nodes.set(name, node);
  const deps = run.server.deps();
  if (deps === null) throw new Error('broken invariant: the server is up');
  for (const { name, role } of run.kiosks) {
    const node = run.nodes.get(name) ?? '';
    if (role !== 'till') continue;
    await run.activity.track(() => grantLease(deps, { node, epoch: 1 }, 20 + random.int(60)));
  }
}

async function work(run: Run): Promise<void> {
  const { scheduler, kiosks } = run;
  const endMs = scheduler.nowMs() + TROUBLE_MS;
  planFaults(run, seededRandom(`${run.seed}/faults`)).schedule(TROUBLE_MS);
  for (const kiosk of kiosks) {
    const random = seededRandom(`${run.seed}/work/${kiosk.name}`);
    const next = (): void => {
      if (scheduler.nowMs() >= endMs) return;
      scheduler.after(100 + random.int(1_000), () => {
        if (scheduler.nowMs() >= endMs) return;
        act(kiosk, { random, book: run.book, trace: run.trace })
          .catch((error) => run.broken.push({ invariant: 'a call answers', found: `${kiosk.name}: ${error.stack}` }))
          .finally(next);
      });
    };
    next();
  }
  await scheduler.runUntil(endMs);
}

/** The network is fair again, whoever is down comes up, and sales whose answer got lost are asked for again. */
async function heal(run: Run): Promise<void> {
  const { scheduler, network, kiosks, book, trace } = run;
  network.setWeather(FAIR_WEATHER);
  for (const kiosk of kiosks) {
    network.cut(kiosk.name, 'none');
    kiosk.disarm();
  }
  run.server.disarm();
  trace.add('heals');
  await scheduler.runUntil(
    scheduler.nowMs() + 15_000,
    () => kiosks.every((kiosk) => kiosk.isUp()) && run.server.isUp(),
  );
  for (const kiosk of kiosks) {
    for (const sale of [...book.sales.values()]) {
      if (sale.receipt !== null || sale.kiosk !== kiosk.name) continue;
      await askAgain(run, kiosk, sale.input);
    }
  }
}

async function askAgain(run: Run, kiosk: KioskHost, input: Parameters<typeof completeSale>[1]): Promise<void> {
  for (let tries = 0; tries < 4; tries += 1) {
    const outcome = await completeSale({ kiosk, book: run.book }, input);
    run.trace.add(`${kiosk.name} asks again for ${input.commandId}: ${outcome}`);
    // Log-in and shift come first; then the sale is either told again, made now, or refused for good.
    if (outcome !== 'not_logged_in' && outcome !== 'no_open_shift') return;
  }
}

async function fallQuiet(run: Run): Promise<void> {
  const { scheduler } = run;
  const deadlineMs = scheduler.nowMs() + QUIET_MS;
  while (scheduler.nowMs() < deadlineMs) {
    await scheduler.runUntil(scheduler.nowMs() + 1_000);
    if ((await isDrained(run)) && (await allSayTheyAreSynced(run))) return;
  }
  run.broken.push({ invariant: 'the healed park falls quiet', found: `not within ${QUIET_MS} ms` });
}

async function isDrained(run: Run): Promise<boolean> {
  if (!run.server.isUp()) return false;
  const head = await readServerHead(run.world.database);
  return run.kiosks.every((kiosk) => {
    if (!kiosk.isUp()) return false;
    const disk = readKioskDisk(kiosk.databasePath(), false);
    const own = ownSeq(disk, run.nodes.get(kiosk.name) ?? '');
    return disk.cursor === head && disk.acknowledged === own && disk.held === 0;
  });
}

async function allSayTheyAreSynced(run: Run): Promise<boolean> {
  for (const kiosk of run.kiosks) {
    const status = await kiosk.call((api) => api.getStatus());
    if (status === DIED || status.sync.state !== 'synced') return false;
  }
  return true;
}

const ownSeq = (disk: KioskDisk, node: string): number => disk.vector.get(`${node}/1`)?.seq ?? 0;

async function check(run: Run): Promise<void> {
  const deps = run.server.deps();
  if (deps === null) throw new Error('broken invariant: the server is up');
  await run.activity.track(() => deps.projections.projectNow());
  const server = await readServerDisk(run.world.database);
  const kiosks = run.kiosks.map((kiosk) => ({
    name: kiosk.name,
    node: run.nodes.get(kiosk.name) ?? '',
    disk: readKioskDisk(kiosk.databasePath(), true),
  }));
  const crypto = createNodeCrypto();
  run.broken.push(...brokenInvariants({ crypto, book: run.book, server, kiosks }));
  run.trace.add(`ends at ${server.head} with ${hashOfLines(server.tables)}`);
}

import type { PruningSettings } from '@skygate/gate-app/kiosk/checkpoints/pruning';
import type { KioskApi } from '@skygate/gate-app/rpc-contract/kiosk-api';
import type { KioskRole } from '@skygate/shared/domain/kiosk/events';
import type { NodeId } from '@skygate/shared/lib/ids';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import type { ServerDeps } from '@skygate/sync-server/app';
import { type Activity, createActivity } from '../simulation/activity.ts';
import { noFaults } from '../simulation/faults.ts';
import { codeFor, openPark, PIN, START_MS } from '../simulation/headquarters.ts';
import { createKioskHost, DIED, type KioskHost } from '../simulation/kiosk-host.ts';
import { createNetwork, type Network, type Serve } from '../simulation/network.ts';
import { createScheduler, type Scheduler } from '../simulation/scheduler.ts';
import { createServerHost, type ServerHost } from '../simulation/server-host.ts';
import { createSimulatedClock } from '../simulation/simulated-ports.ts';
import { createTrace } from '../simulation/trace.ts';
import type { World } from '../simulation/world.ts';

/** Real kiosks and the real server of one park on simulated time, in fair weather, for tests that tell one story. */
export interface RunningPark {
  readonly world: World;
  readonly server: ServerHost;
  readonly network: Network;
  readonly scheduler: Scheduler;
  readonly activity: Activity;
  /** What HQ's own actions run on. */
  readonly deps: ServerDeps;
  /** Runs one of HQ's own actions to its end, time going on meanwhile. */
  hq<Value>(deed: (deps: ServerDeps) => Promise<Value>): Promise<Value>;
  /** A machine that is switched on; null: not enrolled. */
  machine(name: string, role: KioskRole): Promise<KioskHost>;
  /** ... and that HQ has enrolled, with its park at hand. @param node what it was before */
  kiosk(name: string, role: KioskRole): Promise<KioskHost>;
  enrol(kiosk: KioskHost, code: string): Promise<void>;
  nodeOf(kiosk: KioskHost): Promise<NodeId>;
  logIn(kiosk: KioskHost, staffId: 'cashier' | 'guard' | 'chief'): Promise<void>;
  /** A call that has to be answered. */
  call<Value>(kiosk: KioskHost, ask: (api: KioskApi) => Promise<Value>): Promise<Value>;
  /** Waits in simulated time. @throws if the condition never holds */
  until(what: string, holds: () => Promise<boolean> | boolean): Promise<void>;
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

const PATIENCE_MS = 10 * 60_000;

export interface RunningParkOptions {
  /** Stands between the network and the server. */
  readonly facade?: (serve: Serve) => Serve;
  /** Commits of its server survive a power cut, as on PostgreSQL (E9). */
  readonly isDurable?: boolean;
  /** How machines let go what is old (K4), by their names; as in a park for those that are not named. */
  readonly pruning?: Readonly<Record<string, PruningSettings>>;
}

/** @param world emptied first; what it is made of is dear, so the stories of a file share one */
export async function openRunningPark(world: World, options: RunningParkOptions = {}): Promise<RunningPark> {
  const { facade = (serve: Serve): Serve => serve, isDurable = false, pruning = {} } = options;
  const root = await world.clean();
  const activity = createActivity();
  const scheduler = createScheduler(activity);
  const clockOf = () => createSimulatedClock(scheduler, START_MS);
  const machines = { world, root, scheduler, activity };
  const server = createServerHost({
    ...machines,
    ...world,
    clock: clockOf(),
    folder: root,
    seed: 'story',
    isDurable,
    onDeath: () => {},
  });
  const network = createNetwork({
    ...machines,
    random: seededRandom('network'),
    trace: createTrace(() => scheduler.nowMs(), null),
    faults: noFaults(),
    serve: facade(server.serve),
    onCursorBack: () => {},
  });
  await activity.track(() => server.start());
  const kiosks: KioskHost[] = [];
  const deps = (): ServerDeps => {
    const running = server.deps();
    if (running === null) throw new Error('the server is down');
    return running;
  };
  const run = async <Value>(what: string, work: () => Promise<Value>): Promise<Value> => {
    let end: { readonly value: Value } | { readonly error: unknown } | null = null;
    void work().then(
      (value) => {
        end = { value };
      },
      (error: unknown) => {
        end = { error };
      },
    );
    await scheduler.runUntil(scheduler.nowMs() + PATIENCE_MS, () => end !== null);
    const ended = end as { readonly value: Value } | { readonly error: unknown } | null;
    if (ended === null) throw new Error(`no end of: ${what}`);
    if ('error' in ended) throw ended.error;
    return ended.value;
  };
  const until: RunningPark['until'] = async (what, holds) => {
    const endMs = scheduler.nowMs() + PATIENCE_MS;
    while (!(await holds())) {
      if (scheduler.nowMs() >= endMs) throw new Error(`never: ${what}`);
      await scheduler.runUntil(scheduler.nowMs() + 500);
    }
  };
  const call: RunningPark['call'] = (kiosk, ask) =>
    run('a call', async () => {
      const answer = await kiosk.call(ask);
      if (answer === DIED) throw new Error(`${kiosk.name} is down`);
      return answer;
    });
  const machine: RunningPark['machine'] = async (name, role) => {
    const host = createKioskHost({
      ...machines,
      name,
      role,
      network,
      template: world.template,
      clock: clockOf(),
      seed: 'story',
      ...(pruning[name] === undefined ? {} : { pruning: pruning[name] }),
      onDeath: (dead) => scheduler.after(1_000, () => void activity.track(() => dead.start())),
      onFailure: (error) => {
        throw error;
      },
    });
    kiosks.push(host);
    await activity.track(() => host.start());
    return host;
  };
  const enrol: RunningPark['enrol'] = async (kiosk, code) => {
    const answer = await call(kiosk, (api) => api.enrol({ serverUrl: 'http://hq.example', code }));
    if (!answer.ok) throw new Error(`not enrolled: ${answer.problem.code}`);
    await until(`${kiosk.name} knows its park and people`, async () => {
      const { businessDate } = await call(kiosk, (api) => api.getStatus());
      return businessDate !== null && (await call(kiosk, (api) => api.listStaff())).length > 0;
    });
  };
  const hq: RunningPark['hq'] = (deed) => run('HQ', () => activity.track(() => deed(deps())));
  await hq(openPark);

  return {
    ...machines,
    server,
    network,
    get deps() {
      return deps();
    },
    hq,
    machine,
    enrol,
    kiosk: async (name, role) => {
      const host = await machine(name, role);
      await enrol(host, await hq((given) => codeFor(given, name, role)));
      return host;
    },
    nodeOf: async (kiosk) => {
      const { identity } = await call(kiosk, (api) => api.getStatus());
      if (identity === null) throw new Error(`${kiosk.name} is not enrolled`);
      return identity.node as NodeId;
    },
    logIn: async (kiosk, staffId) => {
      const answer = await call(kiosk, (api) => api.logIn({ staffId, pin: PIN }));
      if (!answer.ok) throw new Error(`not logged in: ${answer.problem.code}`);
    },
    call,
    until,
    pass: (ms) => scheduler.runUntil(scheduler.nowMs() + ms),
    close: async () => {
      for (const kiosk of kiosks) await kiosk.stop();
      server.crash('server at rest');
      await activity.settle();
      server.close();
    },
  };
}

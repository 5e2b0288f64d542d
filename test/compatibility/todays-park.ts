import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpResponse } from '@skygate/gate-app/kiosk/ports';
import type { KioskRole } from '@skygate/shared/domain/kiosk/events';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import type { Database } from '@skygate/sync-server/db/database';
import { openTestPglite } from '@skygate/sync-server/db/testing/test-pglite';
import { type Activity, createActivity } from '../simulation/activity.ts';
import { noFaults } from '../simulation/faults.ts';
import { createKioskHost, type KioskHost } from '../simulation/kiosk-host.ts';
import { createNetwork, type Network, type Serve } from '../simulation/network.ts';
import { createScheduler, type Scheduler } from '../simulation/scheduler.ts';
import { createServerHost, type ServerHost } from '../simulation/server-host.ts';
import { createSimulatedClock } from '../simulation/simulated-ports.ts';
import { createTrace } from '../simulation/trace.ts';
import { layDataFolder, layJournal, recordedBook, restoreServer } from './recorded.ts';

/** Today's programs on what version 1 left: a server that runs, kiosks that can be switched on, on simulated time. */
export interface TodaysPark {
  readonly server: ServerHost;
  readonly database: Database;
  /** A kiosk on its recorded data folder, switched on. */
  kiosk(name: 'till-1' | 'gate-1', role: KioskRole): Promise<KioskHost>;
  /** One request to the server, with nothing in between; time goes on until it is answered. */
  ask(request: Omit<Parameters<Serve>[0], 'timeoutMs'>): Promise<HttpResponse>;
  /** Waits in simulated time. @throws if the condition never holds */
  until(what: string, holds: () => Promise<boolean> | boolean): Promise<void>;
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

const PATIENCE_MS = 120_000;

/** @param facade stands between the network and the server, for what the kiosks meet */
export async function openTodaysPark(facade: (serve: Serve) => Serve = (serve) => serve): Promise<TodaysPark> {
  const root = mkdtempSync(join(tmpdir(), 'skygate-v1-'));
  const database = await openTestPglite('empty');
  await restoreServer(database);
  layJournal(root);
  const activity = createActivity();
  const scheduler = createScheduler(activity);
  const startMs = recordedBook().recordedAtMs;
  const server = createServerHost({
    database,
    scheduler,
    activity,
    clock: createSimulatedClock(scheduler, startMs),
    folder: root,
    seed: 'today',
    onDeath: () => {},
  });
  const network = createNetwork({
    scheduler,
    activity,
    random: seededRandom('network'),
    trace: createTrace(() => scheduler.nowMs(), null),
    faults: noFaults(),
    serve: facade(server.serve),
    onCursorBack: () => {},
  });
  await activity.track(() => server.start());
  const kiosks: KioskHost[] = [];
  return {
    server,
    database,
    kiosk: async (name, role) => {
      const host = kioskOn({ root, scheduler, activity, network, startMs }, name, role);
      kiosks.push(host);
      await activity.track(() => host.start());
      return host;
    },
    ask: async (request) => {
      let answer: HttpResponse | null = null;
      void activity.track(async () => {
        answer = await server.serve({ ...request, timeoutMs: PATIENCE_MS });
      });
      await scheduler.runUntil(scheduler.nowMs() + PATIENCE_MS, () => answer !== null);
      if (answer === null) throw new Error(`no answer to ${request.path}`);
      return answer;
    },
    until: async (what, holds) => {
      const endMs = scheduler.nowMs() + PATIENCE_MS;
      while (!(await holds())) {
        if (scheduler.nowMs() >= endMs) throw new Error(`never: ${what}`);
        await scheduler.runUntil(scheduler.nowMs() + 500);
      }
    },
    pass: (ms) => scheduler.runUntil(scheduler.nowMs() + ms),
    close: async () => {
      for (const kiosk of kiosks) await kiosk.stop();
      server.crash('server at rest');
      await activity.settle();
      server.close();
      await database.close();
      rmSync(root, { recursive: true });
    },
  };
}

interface Machines {
  readonly root: string;
  readonly scheduler: Scheduler;
  readonly activity: Activity;
  readonly network: Network;
  readonly startMs: number;
}

function kioskOn(machines: Machines, name: 'till-1' | 'gate-1', role: KioskRole): KioskHost {
  const folder = join(machines.root, `${name}-recorded`);
  layDataFolder(role, folder);
  const host = createKioskHost({
    name,
    role,
    ...machines,
    template: join(folder, 'kiosk.sqlite'),
    clock: createSimulatedClock(machines.scheduler, machines.startMs),
    seed: 'today',
    onDeath: () => {},
    onFailure: (error) => {
      throw error;
    },
  });
  // Its own keys instead of those that a simulated machine is born with.
  layDataFolder(role, join(machines.root, `${name}-1`));
  return host;
}

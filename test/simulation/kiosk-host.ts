import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PruningSettings } from '@skygate/gate-app/kiosk/checkpoints/pruning';
import { KioskStartError, openDataFolder } from '@skygate/gate-app/kiosk/data-folder';
import { createKiosk, type Kiosk } from '@skygate/gate-app/kiosk/kiosk';
import { createNodeCrypto } from '@skygate/gate-app/kiosk/node-crypto';
import type { Log } from '@skygate/gate-app/kiosk/ports';
import { STEP_THREW } from '@skygate/gate-app/kiosk/sync/lane';
import type { KioskApi } from '@skygate/gate-app/rpc-contract/kiosk-api';
import type { KioskRole } from '@skygate/shared/domain/kiosk/events';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import type { Activity } from './activity.ts';
import { fillDisk, freeDisk, prepareDisks } from './faults/disk-room.ts';
import { isFlushed, watchFlushModes } from './flush-modes.ts';
import type { Network } from './network.ts';
import type { Scheduler } from './scheduler.ts';
import {
  createSimulatedTimers,
  mortalClock,
  mortalCrypto,
  mortalRandom,
  type SimulatedClock,
  silentLog,
} from './simulated-ports.ts';
import { tearWal } from './torn-wal.ts';
import { createLife, type KioskPoint, type Life, PowerCut, type YieldPoint } from './yield-points.ts';

/** What a call into a kiosk that dies over it answers. */
export const DIED = Symbol('died');

/** One machine: the real kiosk, killed and started again on what its disk held at that moment. */
export interface KioskHost {
  readonly name: string;
  readonly role: KioskRole;
  readonly clock: SimulatedClock;
  start(): Promise<void>;
  wasStarted(): boolean;
  isUp(): boolean;
  /** A call over the rpc contract; DIED if the kiosk is down or dies before it answers. */
  call<Value>(ask: (api: KioskApi) => Promise<Value>): Promise<Value | typeof DIED>;
  /** Dies in the middle of its `skip`-th next call at this point. */
  arm(point: KioskPoint, skip: number): void;
  /** And there is room on its disk again. */
  disarm(): void;
  /** Its database finds no more room, also after a restart. */
  fillDisk(): void;
  freeDisk(): void;
  databasePath(): string;
  /** A copy of the disk as it is now, the machine running; null if it is down. @returns its folder */
  takeImage(): string | null;
  /** Dies, and comes back with that copy of its disk. */
  restoreImage(image: string): void;
  /** Dies, and somebody works on its database before it starts again. */
  tamper(work: (databasePath: string) => void): void;
  stop(): Promise<void>;
}

/** What a power cut left. */
export interface DiskLeft {
  readonly walTorn: boolean;
  /** Of the database. */
  readonly path: string;
}

export interface KioskHostDeps {
  readonly name: string;
  readonly role: KioskRole;
  readonly root: string;
  /** A migrated, empty database file. */
  readonly template: string;
  /** A disk to begin with, in the place of an empty one. */
  readonly image?: string;
  readonly scheduler: Scheduler;
  readonly activity: Activity;
  readonly network: Network;
  readonly clock: SimulatedClock;
  readonly seed: string;
  readonly pruning?: PruningSettings;
  readonly onDeath: (host: KioskHost, point: YieldPoint | null, disk: DiskLeft) => void;
  /** It could not start, or its own loop ended, with an error that is no power cut. */
  readonly onFailure: (error: unknown) => void;
}

const KEY_FILES = ['node.key', 'signing.key'];
const FILE_ON_DISK = /^kiosk\.sqlite(-wal)?$|\.key$|^checkpoint-\d+\.sqlite$|^wiping$/;

interface Running {
  readonly kiosk: Kiosk;
  readonly life: Life;
  readonly died: Promise<typeof DIED>;
}

export function createKioskHost(deps: KioskHostDeps): KioskHost {
  const { name, role, root } = deps;
  const crypto = createNodeCrypto();
  watchFlushModes();
  prepareDisks();
  let lives = 0;
  let images = 0;
  let restored: string | null = null;
  let visit: ((databasePath: string) => void) | null = null;
  let running: Running | null = null;
  let isFull = false;
  const folderOf = (life: number): string => join(root, `${name}-${life}`);

  if (deps.image === undefined) layEmptyDisk(deps, folderOf(1));
  else copyDisk(deps.image, folderOf(1));

  const start = async (): Promise<void> => {
    lives += 1;
    const folder = folderOf(lives);
    setRoom(isFull);
    const random = seededRandom(`${deps.seed}/${name}-${lives}`);
    let die: (value: typeof DIED) => void = () => {};
    const died = new Promise<typeof DIED>((done) => {
      die = done;
    });
    const life = createLife((point) => {
      copyDisk(restored ?? folder, folderOf(lives + 1));
      restored = null;
      const isKept = isFlushed(join(folder, 'kiosk.sqlite'));
      const walTorn = tearWal(join(folderOf(lives + 1), 'kiosk.sqlite-wal'), random, isKept);
      for (const release of locks) release();
      running = null;
      die(DIED);
      deps.onDeath(host, point, { walTorn, path: join(folderOf(lives + 1), 'kiosk.sqlite') });
    });
    let locks: readonly (() => void)[] = [];
    try {
      const work = visit;
      visit = null;
      work?.(join(folder, 'kiosk.sqlite'));
      const before = process.listeners('exit');
      const kiosk = await createKiosk({
        config: { dataFolder: folder, appVersion: 'simulated' },
        clock: mortalClock(deps.clock, life),
        random: mortalRandom(random.fork('kiosk'), life),
        timers: createSimulatedTimers(deps.scheduler, deps.activity, life),
        transport: deps.network.transportOf(name, life),
        crypto: mortalCrypto(crypto, life),
        log: faultLog(life, deps.onFailure),
        ...(deps.pruning === undefined ? {} : { pruning: deps.pruning }),
      });
      locks = locksOf(before);
      if (lives === 1) assertLocked(folder);
      running = { kiosk, life, died };
      kiosk.run().catch((error) => ignorePowerCut(error, life, deps.onFailure));
    } catch (error) {
      ignorePowerCut(error, life, deps.onFailure);
    }
  };

  const setRoom = (full: boolean): void => {
    isFull = full;
    const path = join(folderOf(lives), 'kiosk.sqlite');
    if (full) fillDisk(path);
    else freeDisk(path);
  };

  const host: KioskHost = {
    name,
    role,
    clock: deps.clock,
    start,
    wasStarted: () => lives > 0,
    isUp: () => running !== null,
    call: (ask) => callKiosk(running, deps.activity, ask),
    arm: (point, skip) => running?.life.arm(point, skip),
    disarm: () => {
      running?.life.disarm();
      setRoom(false);
    },
    fillDisk: () => setRoom(true),
    freeDisk: () => setRoom(false),
    databasePath: () => join(folderOf(lives), 'kiosk.sqlite'),
    takeImage: () => {
      if (running === null) return null;
      images += 1;
      const image = join(root, `${name}-image-${images}`);
      copyDisk(folderOf(lives), image);
      return image;
    },
    restoreImage: (image) => {
      restored = image;
      running?.life.end();
      restored = null;
    },
    tamper: (work) => {
      visit = work;
      running?.life.end();
    },
    stop: async () => {
      await running?.kiosk.stop();
    },
  };
  return host;
}

/** A kiosk goes on after a fault of its program (K5); a seed does not. */
const faultLog = (life: Life, onFailure: (error: unknown) => void): Log => ({
  ...silentLog,
  error: (fields, message) => {
    if (message === STEP_THREW && !life.isOver()) onFailure(new Error(`${fields['why']}\n${fields['stack']}`));
  },
});

/** A kiosk holds its folder's lock until the process ends; a simulated machine ends without its process. */
function locksOf(before: readonly unknown[]): readonly (() => void)[] {
  const added = process.listeners('exit').filter((listener) => !before.includes(listener));
  return added.map((listener) => () => {
    process.off('exit', listener);
    (listener as () => void)();
  });
}

function layEmptyDisk({ name, seed, template }: KioskHostDeps, folder: string): void {
  mkdirSync(folder, { recursive: true });
  copyFileSync(template, join(folder, 'kiosk.sqlite'));
  // A kiosk makes its keys before its database, so a folder with a database has them.
  const keys = seededRandom(`${seed}/${name}/keys`);
  for (const key of KEY_FILES) writeFileSync(join(folder, key), keys.bytes(32));
}

/** One process a folder: a second one must be turned away while the first runs. */
function assertLocked(folder: string): void {
  let second: { close(): void };
  try {
    second = openDataFolder(folder, { bytes: (count) => new Uint8Array(count), fraction: () => 0 });
  } catch (error) {
    if (error instanceof KioskStartError) return;
    throw error;
  }
  second.close();
  throw new Error('a second process opened the data folder');
}

function copyDisk(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from)) {
    if (FILE_ON_DISK.test(file)) copyFileSync(join(from, file), join(to, file));
  }
}

function ignorePowerCut(error: unknown, life: Life, onFailure: (error: unknown) => void): void {
  if (!life.isOver() && !(error instanceof PowerCut)) onFailure(error);
}

async function callKiosk<Value>(
  running: Running | null,
  activity: Activity,
  ask: (api: KioskApi) => Promise<Value>,
): Promise<Value | typeof DIED> {
  if (running === null) return DIED;
  const { kiosk, life, died } = running;
  try {
    const answer = await activity.track(() => Promise.race([ask(kiosk.api), died]));
    return life.isOver() ? DIED : answer;
  } catch (error) {
    if (life.isOver()) return DIED;
    throw error;
  }
}

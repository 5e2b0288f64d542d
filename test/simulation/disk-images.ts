import type { SeededRandom } from '@skygate/shared/testing/seeded-random';
import { asHq } from './ask-hq.ts';
import { codeFor } from './headquarters.ts';
import { readIncarnation, readKioskDisk } from './inspect.ts';
import { DIED, type KioskHost } from './kiosk-host.ts';
import { presentKiosks, type Run } from './run.ts';

const SERVER_URL = 'http://hq.example';
/** How often somebody looks at the screens. */
const LOOK_MS = 2_000;

/** An image of a disk is taken, and comes back later: on the same machine (E6), or on another beside it. */
export function planImage(run: Run, random: SeededRandom, lengthMs: number, workAt: (kiosk: KioskHost) => void): void {
  const { scheduler, trace, faults } = run;
  const isClone = random.chance(0.5);
  scheduler.after(random.int(lengthMs / 2), () => {
    const kiosk = random.pick(presentKiosks(run));
    const image = kiosk.takeImage();
    if (image === null) return;
    run.imaged.add(kiosk.name);
    scheduler.after(1_000 + random.int(lengthMs / 2), () => {
      trace.add(`${kiosk.name} ${isClone ? 'is cloned' : 'is restored'}`);
      faults[isClone ? 'clonedDisk' : 'restoredDisk'] += 1;
      if (isClone) void startClone(run, kiosk, image).then(workAt);
      else kiosk.restoreImage(image);
    });
  });
}

async function startClone(run: Run, original: KioskHost, image: string): Promise<KioskHost> {
  const clone = run.makeClone(original, image);
  const node = run.nodes.get(original.name);
  if (node !== undefined) run.nodes.set(clone.name, node);
  run.imaged.add(clone.name);
  run.clones.add(clone.name);
  run.kiosks.push(clone);
  await run.activity.track(() => clone.start());
  return clone;
}

/** Somebody looks at the kiosks now and then, and enrols anew the ones that say they were stopped (E6). */
export function keepLooking(run: Run, until: () => boolean): void {
  run.scheduler.after(LOOK_MS, () => {
    if (until()) return;
    void enrolStopped(run).finally(() => keepLooking(run, until));
  });
}

async function enrolStopped(run: Run): Promise<void> {
  for (const kiosk of presentKiosks(run)) {
    const isStopped = kiosk.isUp() && readKioskDisk(kiosk.databasePath(), false).stopped !== null;
    if (isStopped) await enrolAnew(run, kiosk);
  }
}

/** A clone becomes a kiosk of its own; any other goes on as the next incarnation of what it was. */
async function enrolAnew(run: Run, kiosk: KioskHost): Promise<void> {
  const node = run.clones.has(kiosk.name) ? undefined : run.nodes.get(kiosk.name);
  const code = await asHq(run, (deps) => codeFor(deps, kiosk.name, kiosk.role, node));
  if (code === null) return;
  const reply = await kiosk.call((api) => api.enrol({ serverUrl: SERVER_URL, code }));
  run.trace.add(`${kiosk.name} enrols anew: ${reply === DIED ? 'died' : reply.ok ? 'ok' : reply.problem.code}`);
  const incarnation = kiosk.isUp() ? readIncarnation(kiosk.databasePath()) : null;
  if (incarnation !== null) run.nodes.set(kiosk.name, incarnation.node);
  if (reply !== DIED && reply.ok) run.clones.delete(kiosk.name);
}

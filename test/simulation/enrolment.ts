import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { asHq } from './ask-hq.ts';
import { datesOfPlan } from './faults/day-plan.ts';
import { capacityOf } from './faults/scarcity.ts';
import { codeFor, DATE, grantLease, openPark } from './headquarters.ts';
import { isDrained } from './heal.ts';
import { noteDeed } from './hq-deeds.ts';
import { DIED, type KioskHost } from './kiosk-host.ts';
import { planFaults } from './plan-faults.ts';
import type { Run } from './run.ts';

const ENROL_MS = 120_000;
const HEARING_SECONDS = 15;
const AGAIN_MS = 1_000;

/** The park opens, and its kiosks come in through a network that is bad from the first request on. */
export async function openAndEnrol(run: Run): Promise<void> {
  const { server, scheduler, activity } = run;
  await activity.track(() => server.start());
  const deps = server.deps();
  if (deps === null) throw new Error('broken invariant: the server is up');
  await activity.track(() => openPark(deps, { places: capacityOf(run.seed), dates: datesOfPlan(run.seed) }));
  const early = run.kiosks.filter((kiosk) => kiosk !== run.late);
  for (const kiosk of early) await letIn(run, kiosk);
  planFaults(run, seededRandom(`${run.seed}/faults`)).begin();
  await scheduler.runUntil(scheduler.nowMs() + ENROL_MS, () => early.every(({ name }) => run.nodes.has(name)));
  if (early.some(({ name }) => !run.nodes.has(name))) throw new Error('not every kiosk could enrol');
  for (const kiosk of early) await lend(run, kiosk);
  await hearOfIt(run);
}

/** HQ makes a code, the kiosk is switched on, and tries until it is in. @param then called once it is */
export async function letIn(run: Run, kiosk: KioskHost, then: () => void = () => {}): Promise<void> {
  const code = await asHq(run, (deps) => codeFor(deps, kiosk.name, kiosk.role));
  if (code === null) {
    run.scheduler.after(AGAIN_MS, () => void letIn(run, kiosk, then));
    return;
  }
  if (!kiosk.wasStarted()) await run.activity.track(() => kiosk.start());
  run.scheduler.after(0, () => void tryToEnrol(run, { kiosk, code, then }));
}

interface Newcomer {
  readonly kiosk: KioskHost;
  readonly code: string;
  readonly then: () => void;
}

async function tryToEnrol(run: Run, newcomer: Newcomer): Promise<void> {
  const { kiosk, code, then } = newcomer;
  const reply = await kiosk.call((api) => api.enrol({ serverUrl: 'http://hq.example', code }));
  run.trace.add(`${kiosk.name} enrols: ${reply === DIED ? 'died' : reply.ok ? 'ok' : reply.problem.code}`);
  const status = reply === DIED ? DIED : await kiosk.call((api) => api.getStatus());
  const node = status === DIED ? undefined : status.identity?.node;
  if (reply !== DIED && !reply.ok && needsAnotherCode(run, kiosk, reply.problem.code)) void letIn(run, kiosk, then);
  // An answer that got lost: the same code and key again (S1).
  else if (node === undefined) run.scheduler.after(AGAIN_MS, () => void tryToEnrol(run, newcomer));
  else {
    run.nodes.set(kiosk.name, node as Parameters<Run['nodes']['set']>[1]);
    then();
  }
}

/** Somebody slept over it, or an older backup of the server took away that HQ had made it (E8): HQ makes another code. */
const needsAnotherCode = ({ lostOfHq }: Run, { name }: KioskHost, problem: string): boolean =>
  problem === 'enrolment_code_expired' || (problem === 'enrolment_code_unknown' && lostOfHq.codes.delete(name));

/** A till sells from its share only (C1): between a dozen sales and more than it can use. */
export async function lend(run: Run, kiosk: KioskHost): Promise<void> {
  const node = run.nodes.get(kiosk.name);
  if (kiosk.role !== 'till' || node === undefined) return;
  const random = seededRandom(`${run.seed}/leases/${kiosk.name}`);
  for (const date of datesOfPlan(run.seed)) {
    const places = 20 + random.int(60);
    const lastsMs = date === DATE && random.chance(0.25) ? 10_000 + random.int(40_000) : null;
    const deed = await asHq(run, (deps) => grantLease(deps, { node, epoch: 1 }, { places, lastsMs, date }));
    noteDeed(run, 'lends places', deed);
  }
}

/** Tills without a share sell nothing: work begins when the leases are known, or after a while without. */
async function hearOfIt(run: Run): Promise<void> {
  for (let tries = 0; tries < HEARING_SECONDS && !(await isDrained(run)); tries += 1) {
    await run.scheduler.runUntil(run.scheduler.nowMs() + 1_000);
  }
}

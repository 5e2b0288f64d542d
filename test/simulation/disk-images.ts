import { asHq } from './ask-hq.ts';
import { said } from './at-kiosk.ts';
import type { AdmissionEntry, Book } from './book.ts';
import { waitingTexts } from './checks/texts.ts';
import { imagesRandom } from './faults/image-seeds.ts';
import { meetRevocation } from './faults/revocation.ts';
import { revokeAgain } from './faults/revoked-again.ts';
import { codeFor, PIN } from './headquarters.ts';
import { lookAtKioskDisk, readIncarnation, readKioskDisk, readStopped } from './inspect.ts';
import { DIED, type KioskHost } from './kiosk-host.ts';
import { presentKiosks, type Run } from './run.ts';

const SERVER_URL = 'http://hq.example';
/** How often somebody looks at the screens. */
const LOOK_MS = 2_000;

/** What a disk that was replaced by an older copy of itself took with it, as far as the server had not got it before. */
export interface Forgotten {
  /** Ids of sales, and of tickets sold with them. */
  readonly sales: Set<string>;
  readonly admissions: Set<AdmissionEntry>;
  /** Names of what was typed and had not come to HQ (E5). */
  readonly texts: Set<string>;
  /** Commands whose answer was not known then: asked for again, some are carried out again. */
  unanswered: number;
}

export const nothingForgotten = (): Forgotten => ({
  sales: new Set(),
  admissions: new Set(),
  texts: new Set(),
  unanswered: 0,
});

/** An image of a disk is taken, and comes back: on the same machine (E6), or on another beside it. */
export function planImages(run: Run, lengthMs: number, workAt: (kiosk: KioskHost) => void): void {
  const random = imagesRandom(run.seed);
  if (random === null) return;
  const { scheduler, trace, faults } = run;
  const isClone = random.chance(0.5);
  scheduler.after(random.int(lengthMs / 2), () => {
    const kiosk = random.pick(presentKiosks(run));
    // Of one that was not let in yet nothing is worth copying.
    const image = readIncarnation(kiosk.databasePath()) === null ? null : kiosk.takeImage();
    if (image === null) return;
    run.copied = kiosk;
    const kept = confirmedAt(run.book, kiosk.name);
    scheduler.after(1_000 + random.int(lengthMs / 2), () => {
      trace.add(`${kiosk.name} ${isClone ? 'is cloned' : 'is restored'}`);
      faults[isClone ? 'clonedDisk' : 'restoredDisk'] += 1;
      run.imaged.add(kiosk.name);
      if (isClone) void startClone(run, kiosk, image).then(workAt);
      else {
        forget(run, kiosk, kept);
        meetRevocation(run, kiosk, image);
        kiosk.restoreImage(image);
        run.network.mayGoBack(kiosk.name);
      }
    });
  });
}

interface Confirmed {
  readonly sales: ReadonlySet<string>;
  readonly admissions: ReadonlySet<AdmissionEntry>;
}

function confirmedAt({ sales, admissions }: Book, name: string): Confirmed {
  const own = [...sales.values()].filter(({ kiosk }) => kiosk === name);
  return {
    sales: new Set(own.flatMap(({ receipt }) => (receipt === null ? [] : [receipt.saleId, ...receipt.ticketIds]))),
    admissions: new Set(admissions.filter(({ kiosk }) => kiosk === name)),
  };
}

function forget(run: Run, kiosk: KioskHost, kept: Confirmed): void {
  const { book, forgotten } = run;
  const { name } = kiosk;
  for (const text of waitingTexts(kiosk.databasePath())) forgotten.texts.add(text);
  const now = confirmedAt(book, name);
  for (const id of now.sales) if (!kept.sales.has(id)) forgotten.sales.add(id);
  for (const entry of now.admissions) if (!kept.admissions.has(entry)) forgotten.admissions.add(entry);
  run.replaced.push(new Map([...readKioskDisk(kiosk.databasePath(), false).vector].map(([of, { seq }]) => [of, seq])));
  const open = [...book.sales.values()].filter(({ kiosk, receipt }) => kiosk === name && receipt === null);
  forgotten.unanswered += open.length;
}

async function startClone(run: Run, original: KioskHost, image: string): Promise<KioskHost> {
  const clone = run.makeClone(original, image);
  const node = run.nodes.get(original.name);
  if (node !== undefined) run.nodes.set(clone.name, node);
  run.imaged.add(clone.name);
  run.clones.add(clone.name);
  run.kiosks.push(clone);
  meetRevocation(run, clone, image);
  await run.activity.track(() => clone.start());
  return clone;
}

/** Somebody looks at the kiosks now and then, and enrols anew the ones that say they were stopped (E6). */
export function keepLooking(run: Run, until: () => boolean): void {
  run.scheduler.after(LOOK_MS, () => {
    if (until()) return;
    void lookAround(run).finally(() => keepLooking(run, until));
  });
}

async function lookAround(run: Run): Promise<void> {
  await revokeAgain(run);
  await enrolStopped(run);
}

async function enrolStopped(run: Run): Promise<void> {
  for (const kiosk of presentKiosks(run)) {
    if (run.revoked.get(kiosk.name)?.isUnknown === false) continue;
    if (run.enrolling.has(kiosk.name) || !kiosk.isUp()) continue;
    await stopIfUnknown(run, kiosk);
    if (!kiosk.isUp() || readStopped(kiosk.databasePath()) === null) continue;
    // Whose answer got lost is still waiting: a second try beside it would wait for the first, and time with it.
    run.enrolling.add(kiosk.name);
    await enrolAnew(run, kiosk).finally(() => run.enrolling.delete(kiosk.name));
  }
}

/** E8: a kiosk says that the server, which came back with less, does not know it, and somebody has it stop for that. */
async function stopIfUnknown(run: Run, kiosk: KioskHost): Promise<void> {
  const cameBackWithLess = run.faults.restoredServer + run.faults.lostTail > 0;
  if (!cameBackWithLess || readStopped(kiosk.databasePath()) !== null) return;
  const status = await kiosk.call((api) => api.getStatus());
  if (status === DIED || status.sync.state !== 'unknown_at_hq') return;
  await kiosk.call((api) => api.logIn({ staffId: 'chief', pin: PIN }));
  const reply = await kiosk.call((api) => api.stopToEnrolAnew());
  run.trace.add(`${kiosk.name} is unknown at HQ and stops: ${said(reply)}`);
}

function isUnknownAtHq({ revoked }: Run, { name, databasePath }: KioskHost): boolean {
  const isForgotten = revoked.get(name)?.isUnknown === true;
  return isForgotten || lookAtKioskDisk(databasePath()).stoppedCode === 'unknown_at_hq';
}

/** A clone becomes a kiosk of its own; any other goes on as the next incarnation of what it was. */
async function enrolAnew(run: Run, kiosk: KioskHost): Promise<void> {
  // Whom HQ does not know it has no code for; the kiosk itself says who it was (E8).
  const node = isUnknownAtHq(run, kiosk) || run.clones.has(kiosk.name) ? undefined : run.nodes.get(kiosk.name);
  const code = run.codes.get(kiosk.name) ?? (await asHq(run, (deps) => codeFor(deps, kiosk.name, kiosk.role, node)));
  if (code === null) return;
  // Whose answer gets lost tries the same code again: with another it would be let in as somebody else (S1).
  if (node === undefined) run.codes.set(kiosk.name, code);
  // Where people are known a supervisor stands by (X3).
  await kiosk.call((api) => api.logIn({ staffId: 'chief', pin: PIN }));
  const reply = await kiosk.call((api) => api.enrol({ serverUrl: SERVER_URL, code }));
  run.trace.add(`${kiosk.name} enrols anew: ${reply === DIED ? 'died' : reply.ok ? 'ok' : reply.problem.code}`);
  if (reply !== DIED && (reply.ok || reply.problem.code !== 'server_unreachable')) run.codes.delete(kiosk.name);
  const incarnation = kiosk.isUp() ? readIncarnation(kiosk.databasePath()) : null;
  if (incarnation !== null) run.nodes.set(kiosk.name, incarnation.node);
  if (reply !== DIED && reply.ok) run.clones.delete(kiosk.name);
}

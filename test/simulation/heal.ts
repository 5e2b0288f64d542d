import { gatesPulledTo } from '@skygate/sync-server/hq/capacity/gates-pulled-to';
import { completeSale } from './at-kiosk.ts';
import { isPrunedCommand } from './checks/pruned.ts';
import { waitingTexts } from './checks/texts.ts';
import { keepLooking } from './disk-images.ts';
import { isWiped } from './faults/revocation.ts';
import { revocationsAreKnown } from './faults/revoked-again.ts';
import { PARK } from './headquarters.ts';
import { lookAtKioskDisk, readPeopleRevision, readServerHead } from './inspect.ts';
import { DIED, type KioskHost } from './kiosk-host.ts';
import { FAIR_WEATHER } from './network.ts';
import type { Run } from './run.ts';

/** How long the healed park may take to fall quiet. */
const QUIET_MS = 300_000;
const UP_MS = 60_000;
const ASKED_AGAIN = 6;

/** The network is fair again, whoever is down comes up, and sales whose answer got lost are asked for again. */
export async function heal(run: Run): Promise<void> {
  const { scheduler, network, server, kiosks, book, trace } = run;
  network.setWeather(FAIR_WEATHER);
  for (const kiosk of kiosks) {
    network.cut(kiosk.name, 'none');
    kiosk.disarm();
  }
  server.disarm();
  trace.add('heals');
  const areUp = (): boolean => server.isUp() && kiosks.every((kiosk) => kiosk.isUp() && run.nodes.has(kiosk.name));
  await scheduler.runUntil(scheduler.nowMs() + UP_MS, areUp);
  for (const kiosk of kiosks) {
    for (const sale of [...book.sales.values()]) {
      if (sale.receipt === null && sale.kiosk === kiosk.name) await askAgain(run, kiosk, sale.input);
    }
  }
}

async function askAgain(run: Run, kiosk: KioskHost, input: Parameters<typeof completeSale>[1]): Promise<void> {
  // Nobody asks again after a month.
  if (isPrunedCommand(kiosk.databasePath(), input.commandId)) {
    run.book.sales.delete(input.commandId);
    run.forgotten.unanswered += 1;
    return;
  }
  for (let tries = 0; tries < ASKED_AGAIN; tries += 1) {
    const outcome = await completeSale({ kiosk, book: run.book }, input);
    run.trace.add(`${kiosk.name} asks again for ${input.commandId}: ${outcome}`);
    // Log-in and shift come first; then the sale is either told again, made now, or refused for good.
    if (outcome !== 'not_logged_in' && outcome !== 'no_open_shift') return;
  }
  run.broken.push({ invariant: 'a sale asked for again is answered', found: input.commandId });
}

export async function fallQuiet(run: Run): Promise<void> {
  const { scheduler } = run;
  const deadlineMs = scheduler.nowMs() + QUIET_MS;
  let missing: string | null = null;
  let isOver = false;
  keepLooking(run, () => isOver);
  while (scheduler.nowMs() < deadlineMs) {
    await scheduler.runUntil(scheduler.nowMs() + 1_000);
    missing = await firstMissing(run);
    isOver = missing === null;
    if (isOver) return;
  }
  isOver = true;
  run.broken.push({ invariant: 'the healed park falls quiet', found: `not within ${QUIET_MS} ms: ${missing}` });
}

/** What a park that is quiet has, cheapest to see first. */
const QUIET: Readonly<Record<string, (run: Run) => boolean | Promise<boolean>>> = {
  'all events are everywhere': isDrained,
  'the revocations are known': revocationsAreKnown,
  'all know the people': knowThePeople,
  'no text waits': noTextWaits,
  'HQ sees that the gates have all': gatesAreSeenToHaveAll,
  'all say that they are synced': allSayTheyAreSynced,
};

async function firstMissing(run: Run): Promise<string | null> {
  for (const [what, holds] of Object.entries(QUIET)) if (!(await holds(run))) return what;
  return null;
}

/** Whether all that is written is everywhere, of the kiosks that are there by now. */
export async function isDrained(run: Run): Promise<boolean> {
  if (!run.server.isUp()) return false;
  const head = await readServerHead(run.world.database);
  return run.kiosks.every((kiosk) => {
    const node = run.nodes.get(kiosk.name);
    if (node === undefined) return true;
    if (run.revoked.has(kiosk.name)) return isWiped(kiosk);
    if (!kiosk.isUp()) return false;
    const disk = lookAtKioskDisk(kiosk.databasePath());
    const own = disk.vector.get(disk.incarnation)?.seq ?? 0;
    return disk.cursor === head && disk.acknowledged === own && disk.held === 0 && disk.toDeliver === 0;
  });
}

/** People come beside the log (P1). */
async function knowThePeople(run: Run): Promise<boolean> {
  const newest = await readPeopleRevision(run.world.database);
  return run.kiosks.every(
    (kiosk) =>
      run.revoked.has(kiosk.name) || (kiosk.isUp() && lookAtKioskDisk(kiosk.databasePath()).peopleRevision === newest),
  );
}

/** What people typed comes beside the log, too (E5). */
function noTextWaits({ kiosks, revoked }: Run): boolean {
  return kiosks.every((kiosk) => revoked.has(kiosk.name) || waitingTexts(kiosk.databasePath()).length === 0);
}

/** What was voided is HQ's again: every gate has asked for what comes after it (C5). */
async function gatesAreSeenToHaveAll({ world }: Run): Promise<boolean> {
  return (await gatesPulledTo(world.database.reader, PARK)) >= (await readServerHead(world.database));
}

async function allSayTheyAreSynced(run: Run): Promise<boolean> {
  for (const kiosk of run.kiosks.filter(({ name }) => !run.revoked.has(name))) {
    const status = await kiosk.call((api) => api.getStatus());
    if (status === DIED || status.sync.state !== 'synced') return false;
  }
  return true;
}

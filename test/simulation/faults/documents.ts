import { dirname } from 'node:path';
import { change, clone, getLastLocalChange } from '@automerge/automerge';
import { openDataFolder } from '@skygate/gate-app/kiosk/data-folder';
import { createStoredChanges } from '@skygate/gate-app/kiosk/documents/stored-changes';
import { readUsedDocument } from '@skygate/gate-app/kiosk/documents/used-document';
import { createEventLog } from '@skygate/gate-app/kiosk/event-log/event-log';
import { createKioskClock } from '@skygate/gate-app/kiosk/kiosk-clock';
import { createNodeCrypto } from '@skygate/gate-app/kiosk/node-crypto';
import { actorOf, readChange } from '@skygate/shared/documents/automerge-change';
import { changeDraft } from '@skygate/shared/documents/document-drafts';
import type { SeededRandom } from '@skygate/shared/testing/seeded-random';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import { decideToBeginAnew } from '@skygate/sync-server/documents/begin-anew';
import { appendHqEvents } from '@skygate/sync-server/hq-node/append-hq-events';
import { asHq } from '../ask-hq.ts';
import { logIn } from '../at-kiosk.ts';
import { type Deed, demoteDeputy, HQ, PARK } from '../headquarters.ts';
import { noteDeed } from '../hq-deeds.ts';
import { DIED, type KioskHost } from '../kiosk-host.ts';
import { presentKiosks, type Run } from '../run.ts';
import { silentLog } from '../simulated-ports.ts';

/** A price that stands in nothing but an edit that may not count; each is used once. */
const FORBIDDEN_FROM = 7_000_001;

/** How often somebody at HQ looks who was lost, and for how long. */
const LOOK_MS = 5_000;
const LOOKS = 40;

const isSpoilt = (seed: number): boolean => [2, 8, 15].includes(seed % 20);

/**
 * D1: in three seeds of twenty kiosks write edits that may not count, HQ begins the catalogue anew, and kiosks go on editing
 * meanwhile. Nobody may ever sell by what is not published.
 */
export function planDocuments(run: Run, lengthMs: number): void {
  if (!isSpoilt(run.seed)) return;
  const random = seededRandom(`${run.seed}/documents`);
  const { scheduler } = run;
  const at = (name: string, what: (fork: SeededRandom) => Promise<void>): void => {
    const fork = random.fork(name);
    scheduler.after(random.int(lengthMs * 0.8), () => {
      what(fork).catch((error) =>
        run.broken.push({ invariant: 'documents can be edited', found: String(error.stack) }),
      );
    });
  };
  at('bad edit', (fork) => writeBadEdit(run, fork));
  at('forbidden edit', (fork) => editWithoutRight(run, fork));
  at('new generation', async () => noteDeed(run, 'begins the catalogue anew', await beginAnew(run)));
}

/** A program that checks nothing wrote an edit that makes the catalogue invalid; it is in the log, sealed like any. */
async function writeBadEdit(run: Run, random: SeededRandom): Promise<void> {
  const up = presentKiosks(run).filter((one) => one.isUp());
  if (up.length === 0) return;
  const kiosk = random.pick(up);
  const priceMinor = forbidden(run);
  kiosk.tamper((path) => {
    if (appendBadEdit(path, kiosk, priceMinor, random)) run.faults.badEdit += 1;
  });
  run.trace.add(`${kiosk.name} will write a bad edit`);
}

function appendBadEdit(path: string, { clock }: KioskHost, priceMinor: number, random: SeededRandom): boolean {
  const opened = openDataFolder(dirname(path), random);
  try {
    const { database, keys } = opened;
    const { nodeSeed } = keys;
    const crypto = createNodeCrypto();
    const kioskClock = createKioskClock(clock);
    const eventLog = createEventLog({ database, crypto, clock: kioskClock, random, nodeSeed, log: silentLog });
    const own = eventLog.identity();
    if (own === null || eventLog.stopped() !== null) return false;
    const reading = { park: PARK, own, stored: createStoredChanges(database), crypto, log: silentLog };
    const { edited: held } = readUsedDocument('catalogue', null, reading);
    const actor = actorOf(crypto, own, 'catalogue', held.generation);
    const doc = change(clone(held.doc, { actor }), { time: Math.trunc(clock.nowMs() / 1000) }, (draft) => {
      const catalogue = draft as unknown as {
        products: Record<string, { units: Record<string, Record<string, unknown>> }>;
      };
      const unit = catalogue.products['day-ticket']?.units['adult'];
      if (!unit) return;
      unit['priceMinor'] = priceMinor;
      unit['placesEach'] = -1;
    });
    const bytes = getLastLocalChange(doc);
    const read = bytes ? readChange(bytes) : null;
    if (!read?.ok || held.value === null) return false;
    return eventLog.append([changeDraft(held, read.value, { actor: 'staff:chief', about: 'product:day-ticket' })]).ok;
  } finally {
    opened.close();
  }
}

/** Who is no supervisor any more edits where nobody has heard of it yet; what they edit next builds on that. */
async function editWithoutRight(run: Run, random: SeededRandom): Promise<void> {
  const kiosk = random.pick(presentKiosks(run).filter(({ role }) => role === 'till'));
  if (run.offline !== null || !(await logIn(kiosk, 'deputy'))) return;
  run.network.cut(kiosk.name, 'both');
  run.offline = kiosk.name;
  const demoted = await asHq(run, demoteDeputy);
  noteDeed(run, 'takes the deputy’s right', demoted);
  if (demoted !== null) run.scheduler.after(LOOK_MS, () => void enterAgainIfLost(run, LOOKS));
  const taken = typeof demoted === 'string' ? undefined : demoted?.[0];
  if (taken) for (let edits = 2; edits > 0; edits -= 1) await editForbidden(run, kiosk, taken.hash);
  await logIn(kiosk, 'cashier');
  run.scheduler.after(1_000 + random.int(6_000), () => {
    run.network.cut(kiosk.name, 'none');
    run.offline = null;
  });
}

/** E8: a restore may have lost what only stands beside the log; HQ names whom, and somebody enters them again. */
async function enterAgainIfLost(run: Run, looks: number): Promise<void> {
  const deed = await asHq(run, async (deps): Promise<Deed> => {
    const { reader } = deps.database;
    const lost = await reader.selectFrom('lost_people').select('revision').where('park', '=', PARK).execute();
    const people = reader.selectFrom('people').select('revision').where('park', '=', PARK);
    const now = await people.where('staff_id', '=', 'deputy').executeTakeFirst();
    return lost.some(({ revision }) => revision >= (now?.revision ?? 0)) ? demoteDeputy(deps) : [];
  });
  if (deed !== null && deed.length > 0) noteDeed(run, 'enters a lost person again', deed);
  else if (looks > 1) run.scheduler.after(LOOK_MS, () => void enterAgainIfLost(run, looks - 1));
}

async function editForbidden(run: Run, kiosk: KioskHost, taken: string): Promise<void> {
  const change = { field: 'price' as const, unitId: 'adult', priceMinor: forbidden(run) };
  run.book.withoutRight.set(change.priceMinor, taken);
  const reply = await kiosk.call((api) => api.editProduct({ productId: 'day-ticket', change }));
  if (reply !== DIED && reply.ok) run.faults.forbiddenEdit += 1;
}

function forbidden({ book }: Run): number {
  const priceMinor = FORBIDDEN_FROM + book.forbiddenPrices.size;
  book.forbiddenPrices.add(priceMinor);
  return priceMinor;
}

/**
 * An edit that HQ had published may be gone for good: the server lost its tail, and its till got an older disk. Whoever is
 * at HQ is told that it is waited for, and has the catalogue begin anew once nobody is left to bring it (D1).
 * @returns whether it had to
 */
export async function beginAnewIfLost(run: Run): Promise<boolean> {
  const isWhole = await asHq(run, async ({ database, documents }) => {
    const decision = await documents.decide(database.reader, PARK, 'catalogue');
    return decision.isWhole;
  });
  if (isWhole !== false) return false;
  noteDeed(run, 'begins the catalogue anew', await beginAnew(run));
  return true;
}

/** The way out of a spoilt catalogue: a new generation from the last good heads. */
function beginAnew(run: Run): Promise<Deed | null> {
  return asHq(run, (deps) =>
    appendHqEvents(deps, PARK, async (tx) => {
      const { held } = await deps.documents.decide(tx, PARK, 'catalogue');
      const drafts = await decideToBeginAnew(deps, tx, { park: PARK, ...HQ, generation: held.generation });
      if (!drafts.ok) throw new Error(`broken invariant: a good state can begin anew: ${drafts.error.detail}`);
      run.faults.newGeneration += 1;
      return { drafts: drafts.value };
    }),
  );
}

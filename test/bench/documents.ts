import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyChanges as applyRaw, clone, type Doc, save } from '@automerge/automerge';
import { createParkDocuments } from '@skygate/gate-app/kiosk/documents/park-documents';
import {
  catalogue,
  crypto,
  documentDrafts,
  enrolledDraft,
  GATE,
  hqTicketKey,
  PARK,
  silentLog,
  TILL,
} from '@skygate/gate-app/kiosk/testing/test-park';
import { changeOfEvent, type DocumentChange } from '@skygate/shared/documents/automerge-change';
import { publicationDraft } from '@skygate/shared/documents/document-drafts';
import type { DocumentChanged } from '@skygate/shared/documents/events';
import { emptyDocument } from '@skygate/shared/documents/held-document';
import { decidePublication } from '@skygate/shared/documents/publication';
import { hqNodeOf } from '@skygate/shared/lib/ids';
import type { PullRun } from '@skygate/shared/protocol/pull';
import {
  type Hq,
  mustSay,
  NOON_MS,
  openKiosk,
  removeFolder,
  setUpKiosk,
  storeRuns,
  withEventLog,
} from './bench-kiosk.ts';
import { type BenchResult, quantile, round } from './bench-result.ts';

// Two kiosks without a network edit one catalogue, five hundred edits each, of the same and of different fields. Then all
// of it comes to everybody: each takes the other's, HQ decides what may stand and publishes it, and both go by that.
// Everything counts: chains and seals, rows, FULL commits, the bounds of each change, the rules of a valid catalogue.
// The floor is Automerge alone, merging the same changes at the same three.

const EDITS = Number(process.env['SKYGATE_BENCH_EDITS'] ?? 1_000);
const ROUNDS = 3;
const RATIO_MAX = 3;
const DOCUMENT_BYTES_MAX = 1_000_000;
const UNITS = ['adult', 'family'];

interface Round {
  readonly editMs: readonly number[];
  /** Both kiosks: the other's changes, and HQ's publication. */
  readonly kiosksMs: number;
  readonly hqMs: number;
  readonly floorMs: number;
  readonly documentBytes: number;
}

export async function documents(): Promise<BenchResult> {
  const rounds: Round[] = [];
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'skygate-documents-'));
    try {
      rounds.push(await mergeEverywhere(join(folder, 'till'), join(folder, 'gate')));
    } finally {
      removeFolder(folder);
    }
  }
  return resultOf(rounds);
}

async function mergeEverywhere(till: string, gate: string): Promise<Round> {
  const hqs = setUpBoth(till, gate);
  const editMs = [...(await edit(till, 0)), ...(await edit(gate, 1))];
  const runs = { till: ownRuns(till), gate: ownRuns(gate) };
  const authors = { till: { node: TILL, epoch: 1 }, gate: { node: GATE, epoch: 1 } };
  const first = firstChanges();
  const made = { till: changesIn(runs.till, authors.till), gate: changesIn(runs.gate, authors.gate) };

  const takingMs = take(till, runs.gate) + take(gate, runs.till);
  const deciding = timed(() => publish(first, [...made.till, ...made.gate]));
  const published = publicationDraft(crypto, deciding.value, 'hq:anna');
  const publication = { draft: published, wallMs: NOON_MS };
  const followingMs = take(till, [hqs.till([publication])]) + take(gate, [hqs.gate([publication])]);

  const floor = rawMerges(first, made);
  const documentBytes = save(deciding.value.doc).length;
  return { editMs, kiosksMs: takingMs + followingMs, hqMs: deciding.ms, floorMs: floor, documentBytes };
}

/** Two kiosks of one park that know each other's keys. Each has an HQ stream of its own, which never meet. */
function setUpBoth(till: string, gate: string): { readonly till: Hq; readonly gate: Hq } {
  const ticketKey = crypto.publicKeyOf(hqTicketKey.privateKey);
  const hqs = {
    till: setUpKiosk(till, { role: 'till', catalogue, ticketKey }),
    gate: setUpKiosk(gate, { role: 'gate', catalogue, ticketKey }),
  };
  const keyOf = (folder: string): Uint8Array => {
    let publicKey = new Uint8Array();
    withEventLog(folder, (_log, keys) => {
      publicKey = new Uint8Array(crypto.publicKeyOf(keys.nodeSeed));
    });
    return publicKey;
  };
  const introduced = (folder: string, hq: Hq, draft: ReturnType<typeof enrolledDraft>): number =>
    take(folder, [hq([{ draft, wallMs: NOON_MS }])]);
  const keys = { till: keyOf(till), gate: keyOf(gate) };
  introduced(till, hqs.till, enrolledDraft(GATE, 'gate', keys.gate));
  introduced(gate, hqs.gate, enrolledDraft(TILL, 'till', keys.till));
  return hqs;
}

/** By the call that the supervisor's screen makes. @returns milliseconds of each */
async function edit(folder: string, which: number): Promise<number[]> {
  const kiosk = await openKiosk(folder, 's1');
  const samples: number[] = [];
  for (let index = 0; index < EDITS / 2; index += 1) {
    const unitId = UNITS[(index + which) % UNITS.length] ?? 'adult';
    const change = { field: 'price' as const, unitId, priceMinor: 40_000 + 2 * index + which };
    const started = performance.now();
    mustSay(await kiosk.api.editProduct({ productId: 'day-ticket', change }));
    samples.push(performance.now() - started);
  }
  await kiosk.stop();
  return samples;
}

/** What a kiosk has to tell, in runs as they travel. */
function ownRuns(folder: string): readonly PullRun[] {
  const runs: PullRun[] = [];
  withEventLog(folder, (eventLog) => {
    let after = 0;
    for (let run = eventLog.ownRun(after); run !== null; run = eventLog.ownRun(after)) {
      runs.push(run);
      after = run.seal.to;
    }
  });
  return runs;
}

function changesIn(runs: readonly PullRun[], author: Parameters<typeof changeOfEvent>[2]): readonly DocumentChange[] {
  return runs.flatMap(({ events }) =>
    events.flatMap((event): DocumentChange[] => {
      const [, , , type, version, , , , body] = event as unknown[];
      return type === 'DocumentChanged' ? [soundChange(body as DocumentChanged, version as number, author)] : [];
    }),
  );
}

function soundChange(
  body: DocumentChanged,
  version: number,
  author: Parameters<typeof changeOfEvent>[2],
): DocumentChange {
  const change = changeOfEvent(crypto, version === 1 ? { ...body, generation: 1 } : body, author);
  if (!change.ok) throw new Error(change.error);
  return change.value;
}

/** The catalogue's first contents, as setUpKiosk has HQ write them. */
const firstChanges = (): readonly DocumentChange[] =>
  documentDrafts('catalogue', catalogue).map(({ body, version }) =>
    soundChange(body as DocumentChanged, version, { node: hqNodeOf(PARK), epoch: 1 }),
  );

/** Stores a pull's runs in a log with its documents at hand, as a running kiosk has them. @returns milliseconds */
function take(folder: string, runs: readonly PullRun[]): number {
  let ms = Number.NaN;
  withEventLog(folder, (eventLog, _keys, database) => {
    const documents = createParkDocuments({ database, eventLog, crypto, log: silentLog });
    ms = timed(() => {
      for (const run of runs) storeRuns(eventLog, [run]);
    }).ms;
    if (documents.valueOf('catalogue') === null) throw new Error('the catalogue is gone');
  });
  return ms;
}

/** What HQ's publisher decides: each change that leaves the catalogue valid stands. */
function publish(first: readonly DocumentChange[], changes: readonly DocumentChange[]) {
  const candidates = [...first, ...changes].map((change) => ({ change, problem: null }));
  const decided = decidePublication({ documentId: 'catalogue', generation: 1 }, [], candidates);
  if (!decided.ok) throw new Error(decided.error);
  if (decided.value.withheld.length > 0) throw new Error('a good edit was withheld');
  return decided.value.held;
}

/** @returns milliseconds of Automerge's own merges: the other's changes at each kiosk, and everybody's at HQ */
function rawMerges(
  first: readonly DocumentChange[],
  made: { readonly till: readonly DocumentChange[]; readonly gate: readonly DocumentChange[] },
): number {
  const bytesOf = (changes: readonly DocumentChange[]) => changes.map(({ bytes }) => bytes);
  const start = applyRaw(clone(emptyDocument('catalogue').doc) as Doc<unknown>, bytesOf(first))[0];
  const [ofTill] = applyRaw(clone(start), bytesOf(made.till));
  const [ofGate] = applyRaw(clone(start), bytesOf(made.gate));
  return timed(() => {
    applyRaw(clone(ofTill), bytesOf(made.gate));
    applyRaw(clone(ofGate), bytesOf(made.till));
    applyRaw(clone(start), bytesOf([...made.till, ...made.gate]));
  }).ms;
}

function timed<Value>(work: () => Value): { readonly ms: number; readonly value: Value } {
  const started = performance.now();
  const value = work();
  return { ms: performance.now() - started, value };
}

function resultOf(rounds: readonly Round[]): BenchResult {
  const median = (of: (one: Round) => number): number => quantile(rounds.map(of), 0.5);
  const mergeMs = median(({ kiosksMs, hqMs }) => kiosksMs + hqMs);
  const floorMs = median((one) => one.floorMs);
  const bytes = median(({ documentBytes }) => documentBytes);
  const edits = rounds.flatMap(({ editMs }) => editMs);
  return {
    name: 'documents',
    figures: {
      mergeMs: round(mergeMs, 1),
      mergeMs_twoKiosks: round(
        median(({ kiosksMs }) => kiosksMs),
        1,
      ),
      mergeMs_hq: round(
        median(({ hqMs }) => hqMs),
        1,
      ),
      editP50Ms: round(quantile(edits, 0.5)),
      editP99Ms: round(quantile(edits, 0.99)),
      edits: EDITS,
      documentKiB: round(bytes / 1024, 1),
    },
    floor: { mergeMs: round(floorMs, 1) },
    ratio: round(mergeMs / floorMs),
    target: `<= ${RATIO_MAX}x floor, document < 1 MB`,
    met: mergeMs / floorMs <= RATIO_MAX && bytes < DOCUMENT_BYTES_MAX,
  };
}

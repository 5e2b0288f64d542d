import type { Crypto } from '@skygate/shared/lib/crypto';
import type { Result } from '@skygate/shared/lib/result';
import type { GateContact } from '@skygate/shared/protocol/pull';
import type { CatalogueInUse, TelemetryProblem } from '@skygate/shared/protocol/telemetry';
import type Type from 'typebox';
import type { SyncView } from '../../rpc-contract/status-view.ts';
import type { EventLog, KioskIdentity } from '../event-log/event-log.ts';
import type { KioskClock, Moment } from '../kiosk-clock.ts';
import type { KioskKeys } from '../kiosk-keys.ts';
import type { Log, Random, Timers, Transport } from '../ports.ts';
import { allWaiting } from './all-waiting.ts';
import { askAsNode, getToken, type NodeProblem } from './ask-as-node.ts';
import { createBell } from './bell.ts';
import { confirmDelivered, sayWiped } from './confirm-delivered.ts';
import { createDownload } from './download.ts';
import { type EnrolProblem, enrol } from './enrol.ts';
import { greet } from './greet.ts';
import { createLane, type Lane, type Outcome } from './lane.ts';
import { createServerLink, type Question } from './server-link.ts';
import { syncViewOf } from './sync-view.ts';
import { createTelemetry, type Telemetry } from './telemetry.ts';
import { createTokens } from './token.ts';
import { createUpload, type Upload } from './upload.ts';

/** What the server last said of the other gates, and when: the basis of coverage. */
export interface GatesHeard {
  readonly gates: readonly GateContact[];
  /** The moment before which nothing is missing from what was said; null before the first. */
  readonly asked: Moment | null;
}

/** `askAsNode` with everything but the question and its answer filled in. */
export type AskServer = <Schema extends Type.TSchema>(
  question: Question,
  options: { readonly answer: Schema; readonly signal: AbortSignal },
) => Promise<Result<Type.Static<Schema>, NodeProblem>>;

/** The kiosk's half of sync: an upload and a download that know nothing of each other (K5). */
export interface Sync {
  /** Syncs until `stop`; waits while the kiosk is not enrolled. Resolves when stopped. */
  run(): Promise<void>;
  stop(): Promise<void>;
  /** Try at once: something was plugged in, or somebody wants to know. Appends are noticed without it. */
  wake(): void;
  /** S1. Safe to repeat with the same code when no answer came. */
  enrol(input: { readonly serverUrl: string; readonly code: string }): Promise<Result<KioskIdentity, EnrolProblem>>;
  view(): SyncView;
  /** Asks the server now; the view says how it went. */
  testContact(): Promise<SyncView>;
  gatesHeard(): GatesHeard;
  /** A question in this node's name, beside the lanes. */
  readonly ask: AskServer;
  /** Whether a lane is in contact with the server now. */
  inContact(): boolean;
  /** What a revoked kiosk still has to bring to the server (X4). */
  delivery(): DeliveryView;
  /** X4: asks the server whether it holds everything, after the last delivery. */
  confirmDelivered(signal: AbortSignal): Promise<boolean>;
  /** X4: the last word of a revoked kiosk. @returns whether the server heard it */
  sayWiped(signal: AbortSignal): Promise<boolean>;
  /** Called when the view or the gates may have changed. @returns a function that ends it */
  onChange(listener: () => void): () => void;
}

export interface DeliveryView {
  /** Own events, of all incarnations and pasts, that the server is not known to hold. */
  readonly left: number;
  /** Nothing is left, of others that the server asked for either. */
  readonly isDone: boolean;
  /** The server will not take what is left. */
  readonly isStuck: boolean;
  readonly inContact: boolean;
}

export interface SyncDeps {
  readonly eventLog: EventLog;
  readonly clock: KioskClock;
  readonly transport: Transport;
  readonly random: Random;
  readonly timers: Timers;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly keys: KioskKeys;
  readonly appVersion: string;
  /** What gates and tills go by here, for HQ to see (D1). */
  readonly catalogueInUse: () => CatalogueInUse | null;
  /** X4: the server said that this incarnation was revoked. */
  readonly learnRevoked: (why: string) => void;
}

export function createSync(deps: SyncDeps): Sync {
  const { eventLog } = deps;
  const stopping = new AbortController();
  const listeners = new Set<() => void>();
  const enrolled = createBell(deps.timers);
  const link = createServerLink(deps);
  const tokens = createTokens({ ...deps, link });
  const linked = { ...deps, link, tokens, learnRevoked: (why: string) => learnAndDeliver(deps, why, lanes[0]) };
  const onChange = (): void => {
    for (const listener of listeners) listener();
  };
  const upload = createUpload(linked);
  const download = createDownload({ ...linked, doubtUpload: upload.doubt });
  const isOtherLog = watchLog(eventLog);
  const onLaneChange = (): void => {
    // The download may have learnt that the server has less than it had, or another log: that is owed an answer (E8).
    if (isOtherLog() || (eventLog.identity() !== null && upload.hasWork())) lanes[0]?.workArrived();
    telemetry.changed();
    onChange();
  };
  const lanes = [upload, download].map((work) => createLane({ ...deps, work, onChange: onLaneChange }));
  const telemetry = createTelemetry({
    ...linked,
    // A kiosk that has stopped says so at once, though its lanes rest (E6).
    // Nobody hears a revoked one there (X4).
    inContact: () =>
      eventLog.stop()?.code !== 'revoked' && (lanes.some((lane) => lane.inContact()) || eventLog.stopped() !== null),
    problem: () => problemOf(eventLog, upload, lanes[0]),
  });
  let running: Promise<void> | null = null;
  let testError: string | null = null;

  const runAll = async (): Promise<void> => {
    while (eventLog.identity() === null && !stopping.signal.aborted) await enrolled.wait(null);
    await runEnrolled(eventLog, lanes, telemetry);
  };

  const view = (): SyncView => {
    const facts = { eventLog, lanes, lastContactMs: link.lastContactMs(), testError, isLost: upload.isLost() };
    return syncViewOf({ ...facts, stuck: upload.stuck(), isUnknown: tokens.isUnknown() });
  };

  return {
    run: () => {
      running ??= runAll();
      return running;
    },
    stop: async () => {
      stopping.abort();
      enrolled.ring();
      for (const part of [...lanes, telemetry]) part.stop();
      await running;
    },
    wake: () => {
      for (const lane of lanes) lane.wake();
    },
    enrol: async (input) => {
      const result = await enrol({ ...deps, link }, input, stopping.signal);
      if (result.ok) {
        tokens.forget();
        enrolled.ring();
        for (const lane of lanes) lane.reEnrolled();
      }
      onChange();
      return result;
    },
    view,
    testContact: async () => {
      const outcome = await tryContact(linked, stopping.signal);
      testError = outcome.input === 'failed' || outcome.input === 'token_refused' ? (outcome.why ?? 'refused') : null;
      if (testError === null) for (const lane of lanes) lane.wake();
      onChange();
      return view();
    },
    gatesHeard: () => download.gatesHeard(),
    ask: (question, options) => askAsNode(linked, question, options),
    inContact: () => lanes.some((lane) => lane.inContact()),
    delivery: () => deliveryOf(eventLog, upload, lanes[0]),
    confirmDelivered: async (signal) => {
      const isConfirmed = await confirmDelivered(linked, upload, signal);
      if (!isConfirmed) lanes[0]?.workArrived();
      return isConfirmed;
    },
    sayWiped: (signal) => sayWiped(linked, signal),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Until all of them are stopped. */
async function runEnrolled(eventLog: EventLog, lanes: readonly Lane[], telemetry: Telemetry): Promise<void> {
  const endWatch = eventLog.onCommit(() => {
    for (const lane of lanes) lane.workArrived();
    telemetry.changed();
  });
  await Promise.all([...lanes, telemetry].map((part) => part.run())).finally(endWatch);
}

/** @returns whether the server's log is another than at the last question */
function watchLog(eventLog: EventLog): () => boolean {
  let last = eventLog.position().logId;
  return () => {
    const before = last;
    last = eventLog.position().logId;
    return last !== before;
  };
}

/** An upload that rests since an earlier stop begins anew: what this kiosk has goes to HQ before it is erased (X4). */
function learnAndDeliver(deps: SyncDeps, why: string, upload: Lane | undefined): void {
  const wasKnown = deps.eventLog.stop()?.code === 'revoked';
  deps.learnRevoked(why);
  if (!wasKnown && upload?.status() === 'refused') upload.reEnrolled();
}

function deliveryOf(eventLog: EventLog, upload: Upload, lane: Lane | undefined): DeliveryView {
  const left = allWaiting(eventLog).count;
  const hasWork = eventLog.identity() !== null && upload.hasWork();
  return {
    left,
    isDone: left === 0 && !hasWork,
    isStuck: lane?.status() === 'refused' || upload.stuck() !== null || (left > 0 && !hasWork),
    inContact: lane?.inContact() === true,
  };
}

function problemOf(eventLog: EventLog, upload: Upload, lane: Lane | undefined): TelemetryProblem | null {
  if (eventLog.stopped() !== null) return 'stopped_writing';
  if (eventLog.diskIsFull()) return 'disk_full';
  const isRefused = lane?.status() === 'refused' || upload.stuck() !== null || upload.isLost();
  return isRefused ? 'upload_refused' : null;
}

/** Token and state, out of turn. It moves no mark: that is the lanes' business. */
async function tryContact(deps: Parameters<typeof greet>[0], signal: AbortSignal): Promise<Outcome> {
  const token = await getToken(deps, signal);
  return token.input === 'token_given' ? greet(deps, 'download', signal) : token;
}

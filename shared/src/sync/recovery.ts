import { draft } from '../events/catalogue.ts';
import { type Event, type EventDraft, eventId, type Seal } from '../events/envelope.ts';
import { schemaProblem } from '../events/read-event.ts';
import { type EventRecovered, eventRecoveredV1 } from '../events/recovery.ts';
import { assert } from '../lib/assert.ts';
import { isTooDeep } from '../lib/canonical-json.ts';
import type { Crypto } from '../lib/crypto.ts';
import type { NodeId, ParkId } from '../lib/ids.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { PUSH_BYTES_MAX } from '../protocol/limits.ts';
import { eventToWire, type WireEvent, wireToEvent } from '../protocol/wire-event.ts';
import { CHAIN_START, chainEvent, sealVerifies } from './chain.ts';
import { wireText } from './push-text.ts';
import { flattened, readWireEvent } from './unreadable.ts';

/** Where a stream's second past parts from the one that stands: the seq and hash of its first event there (E6). */
export interface Fork {
  readonly from: number;
  readonly hash: string;
}

/** The name of a fork in the keys of read models: short, and empty for what stands in its stream. */
export const forkName = (fork: { readonly hash: string }): string => fork.hash.slice(0, 16);

/** One sealed transaction of a fork: consecutive events of one stream and the seal over the last of them. */
export interface ForkTransaction {
  readonly events: readonly Event[];
  readonly seal: Seal;
}

/**
 * What has to be recorded so that a transaction of a fork is not lost (E6): one `EventRecovered` with its words and its
 * own seal. What was itself recorded again in the lost past is taken over as it stands there: it carries its seal too. Where
 * it stands among other events (HQ's runs are joined as they are pulled), the whole run goes as well, for its chain.
 */
export function recoveryDrafts(
  { events, seal }: ForkTransaction,
  fork: Fork,
): readonly EventDraft<'EventRecovered', EventRecovered>[] {
  const [first] = events;
  assert(first && events.at(-1)?.hash === seal.headHash, 'a transaction ends with the event that its seal names');
  const within = events.filter(isRecovery).map((event) => draftOf(event.body as unknown as EventRecovered));
  if (within.length === events.length) return within;
  const { node, epoch, seq, prev } = first;
  const run = { original: { node, epoch, seq }, prev, events: events.map(recordedWire), seal, fork: { ...fork } };
  return [draftOf(run), ...within];
}

/** Where a recovery's body holds the bodies that it brings back: in its tuple, in the list of them, in itself. */
const LEVELS_AROUND = 3;

/** Nothing gets deeper than others take by being recorded again (S2). */
function recordedWire(event: Event): WireEvent {
  const wire = eventToWire(event);
  return isTooDeep(event.body, LEVELS_AROUND) ? flattened(wire) : wire;
}

const isRecovery = ({ type }: { readonly type: string }): boolean => type === 'EventRecovered';

const draftOf = (body: EventRecovered): EventDraft<'EventRecovered', EventRecovered> =>
  draft('EventRecovered', `stream:${body.original.node}/${body.original.epoch}`, body, { actor: 'system' });

/** An `EventRecovered` that may be believed. */
export interface RecoveredRun {
  /** In their original place, with the chain that their author's seal vouches for; without what was recorded again there. */
  readonly events: readonly Event[];
  /** Names the past that they are of: see `forkName`. */
  readonly fork: string;
}

export type RecoveryProblem =
  /** The key of the original stream is not known here (yet): it may verify later. */
  | { readonly kind: 'unknown_key'; readonly problem: string }
  /** It will never be believed. */
  | { readonly kind: 'not_believed'; readonly problem: string };

/**
 * Reads what an `EventRecovered` brings back (E6). Anybody may have recorded it, so it is worth what its seal is worth:
 * every hash is computed anew from `prev` and the words, and the author of the original stream must have sealed the
 * result. What was recorded again within it counts nothing there (it is recorded by itself). An event that cannot be read,
 * or that only HQ may say (E7), is among the others all the same: whoever folds them puts that one aside (S7).
 * @param recorded the event that carries it, or its park and body
 * @param publicKeyOf the raw key of a stream of this park; null if it is not known
 */
export function recoveredRun(
  crypto: Crypto,
  recorded: { readonly park: ParkId; readonly body: unknown },
  publicKeyOf: (node: NodeId, epoch: number) => Uint8Array | null,
): Result<RecoveredRun, RecoveryProblem> {
  const body = readBody(recorded.body);
  if (!body.ok) return notBelieved(body.error);
  const { original, seal, fork } = body.value;
  const node = original.node as NodeId;
  const publicKey = publicKeyOf(node, original.epoch);
  if (publicKey === null) {
    return err({ kind: 'unknown_key', problem: `the key of ${node}/${original.epoch} is not known` });
  }
  const wires = readWires(body.value.events);
  if (!wires.ok) return notBelieved(wires.error);
  const events = chainAnew(crypto, { park: recorded.park, body: body.value, wires: wires.value });
  if (events === null) return notBelieved('/events have no canonical form');
  const problem = sealProblem(events, body.value);
  if (problem !== null) return notBelieved(problem);
  const stream = { node, epoch: original.epoch, publicKey };
  if (!sealVerifies(crypto, { ...seal, node: seal.node as NodeId }, stream)) {
    return notBelieved(`the seal is not of ${node}/${original.epoch}`);
  }
  return ok({ events: events.filter((event) => !isRecovery(event)), fork: forkName(fork) });
}

/**
 * One event of an `EventRecovered` that was believed before: nothing of it is hashed or verified again.
 * @param place where it stood, and the hash that it was found to have
 * @returns null if there is none of that place
 */
export function eventWithin(
  { park, body }: { readonly park: ParkId; readonly body: unknown },
  { seq, hash }: { readonly seq: number; readonly hash: string },
): Event | null {
  const { original, events } = body as EventRecovered;
  const index = seq - original.seq;
  const words = events[index];
  const wire = words === undefined ? null : (readWireEvent(words) ?? (words as WireEvent));
  if (wire === null) return null;
  const from = { park, node: original.node as NodeId, epoch: original.epoch, from: original.seq };
  return { ...wireToEvent(wire, from, index), bodyHash: '', prev: '', hash };
}

const notBelieved = (problem: string) => err({ kind: 'not_believed' as const, problem });

/** The parts that can be wrong before anything is hashed. */
function readBody(body: unknown): Result<EventRecovered, string> {
  const problem = schemaProblem(eventRecoveredV1, body);
  if (problem !== null) return err(problem);
  const recovered = body as EventRecovered;
  const { original, prev, events, seal, fork } = recovered;
  // A seq at the integer's end would make two events of one place.
  if (original.seq > Number.MAX_SAFE_INTEGER - events.length) return err(`/original/seq ${original.seq} is too large`);
  if (seal.node !== original.node || seal.epoch !== original.epoch) return err('the seal is of another stream');
  if (seal.to !== original.seq + events.length - 1) return err(`the seal closes ${seal.to}, not the last event`);
  if (original.seq === 1 && prev !== CHAIN_START) return err('a first event has no event before it');
  if (fork.from > original.seq) return err(`the fork begins at ${fork.from}, after what it is said to bring back`);
  return ok(recovered);
}

/**
 * The words of the run, each by itself as in a push (S2): one that breaks the schema is its `Unreadable` and keeps its place
 * in the chain. What of them can be folded is seen when they are.
 */
function readWires(events: readonly unknown[]): Result<readonly WireEvent[], string> {
  const wires: WireEvent[] = [];
  let size = 0;
  for (const [index, event] of events.entries()) {
    const wire = readWireEvent(event);
    if (wire === null) return err(`/events/${index} is nothing that anybody can have sealed`);
    size += wireText(wire).length;
    if (size > PUSH_BYTES_MAX) return err(`the events have more than ${PUSH_BYTES_MAX} characters`);
    wires.push(wire);
  }
  if (wires.every(([, , , type]) => type === 'EventRecovered')) return err('/events are themselves EventRecovered');
  return ok(wires);
}

function chainAnew(
  crypto: Crypto,
  { park, body, wires }: { readonly park: ParkId; readonly body: EventRecovered; readonly wires: readonly WireEvent[] },
): readonly Event[] | null {
  const { node, epoch, seq } = body.original;
  const place = { park, node: node as NodeId, epoch, from: seq };
  let { prev } = body;
  try {
    return wires.map((wire, index) => {
      const event = chainEvent(crypto, wireToEvent(wire, place, index), prev);
      prev = event.hash;
      return event;
    });
  } catch {
    return null; // nobody can have sealed it
  }
}

/** Whether the words are those that the seal names, before its signature is looked at. */
function sealProblem(events: readonly Event[], { seal, fork }: EventRecovered): string | null {
  const [first] = events;
  const last = events.at(-1);
  assert(first && last, 'the schema takes no recovery without events');
  if (last.hash !== seal.headHash || last.hlc !== seal.hlc) return `the events are not those sealed at ${seal.to}`;
  if (fork.from === first.seq && fork.hash !== first.hash)
    return `the fork is not the one that begins at ${eventId(first)}`;
  return null;
}

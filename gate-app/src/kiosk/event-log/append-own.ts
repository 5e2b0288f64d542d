import type { KnownDraft } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import { type NamedDrafts, nameTexts, TEXT_SALT_BYTES } from '@skygate/shared/events/free-text';
import { assert } from '@skygate/shared/lib/assert';
import { base64urlToBytes } from '@skygate/shared/lib/bytes';
import type { Crypto } from '@skygate/shared/lib/crypto';
import type { JsonObject } from '@skygate/shared/lib/json';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import { PUSH_EVENTS_MAX } from '@skygate/shared/protocol/limits';
import type { WireWords } from '@skygate/shared/protocol/wire-event';
import { chainEvent, type NodeKey, sealHead } from '@skygate/shared/sync/chain';
import { type Hlc, hlcTick } from '@skygate/shared/sync/hlc';
import { bytesOfEvents, GROUP_BYTES_MAX } from '@skygate/shared/sync/push-text';
import type { Database } from 'better-sqlite3';
import type { KioskClock } from '../kiosk-clock.ts';
import type { Random } from '../ports.ts';
import type { KioskIdentity } from './event-log.ts';
import { type DiskFull, writeTransaction } from './open-database.ts';
import type { Projection } from './project.ts';
import type { StoredEvents, StreamHead } from './stored-event.ts';
import type { TextStore } from './text-store.ts';

export interface AppendDeps {
  readonly database: Database;
  readonly crypto: Crypto;
  readonly clock: KioskClock;
  /** Salts what people typed (E2). */
  readonly random: Random;
  readonly key: () => NodeKey;
  readonly events: StoredEvents;
  readonly projection: Projection;
  readonly texts: TextStore;
}

/** The end of the own stream, as it is on disk. */
export interface OwnEnd {
  readonly stream: number;
  readonly head: StreamHead;
  readonly hlc: Hlc;
}

export interface Appended {
  readonly events: readonly Event[];
  readonly end: OwnEnd;
}

export interface AppendInput {
  readonly identity: KioskIdentity;
  readonly end: OwnEnd;
  readonly drafts: readonly KnownDraft[];
  readonly commandId: string | undefined;
  /** Each event under a seal of its own: they are no group, and go to the server one by one. */
  readonly sealEach?: boolean;
  /** Further writes of the same transaction. @param first the first event that is appended */
  readonly also?: (first: Event) => void;
}

/** The command's events are more than one push holds, and could never reach the server (M1, S2). Nothing was written. */
export interface TooLarge {
  readonly kind: 'too_large';
  readonly events: number;
  readonly bytes: number;
}

const INSERT_COMMAND = 'INSERT INTO commands (command_id, stream, seq) VALUES (?, ?, ?)';

/**
 * Drafts -> envelope -> chain -> seal, then one transaction that stores and folds them (K1, E3). What people typed is taken
 * out of the bodies before, and stored beside the events that name it (E5).
 */
export function createAppend(deps: AppendDeps): (input: AppendInput) => Result<Appended, DiskFull | TooLarge> {
  const { database, crypto, events: stored, projection, random } = deps;
  const insertCommand = database.prepare(INSERT_COMMAND);

  return (input) => {
    const named = nameTexts(crypto, input.drafts, () => random.bytes(TEXT_SALT_BYTES));
    const events = chainDrafts({ ...input, drafts: named.drafts }, deps);
    const last = events.at(-1);
    assert(last, 'a command that appends has events');
    const problem = input.sealEach ? null : groupProblem(events);
    if (problem !== null) return err(problem);
    const signatures = signaturesOf(input.sealEach ? events : [last], deps);
    const { stream, head } = input.end;

    const written = writeTransaction(database, () => {
      for (const event of events) {
        stored.insert(stream, event, signatures.get(event) ?? null);
        projection.projectOwn(event);
      }
      keepTexts(deps.texts, named.texts, events);
      if (input.commandId !== undefined) insertCommand.run(input.commandId, stream, head.seq + 1);
      if (events[0]) input.also?.(events[0]);
      return null;
    });
    if (!written.ok) return written;
    return ok({ events, end: { stream, head: { seq: last.seq, hash: last.hash }, hlc: last.hlc } });
  };
}

/** Whether drafts would be too large as events; where they would stand in the chain takes nothing of a push (S2). */
export const draftsProblem = (
  drafts: readonly KnownDraft[],
  at: Pick<Event, 'hlc' | 'wallMs' | 'trust'>,
): TooLarge | null =>
  groupProblem(drafts.map((draft) => ({ ...draft, body: draft.body as unknown as JsonObject, ...at })));

function groupProblem(events: readonly WireWords[]): TooLarge | null {
  const bytes = bytesOfEvents(events);
  const fits = events.length <= PUSH_EVENTS_MAX && bytes <= GROUP_BYTES_MAX;
  return fits ? null : { kind: 'too_large', events: events.length, bytes };
}

const signaturesOf = (events: readonly Event[], { crypto, key }: AppendDeps): ReadonlyMap<Event, Uint8Array | null> =>
  new Map(events.map((event) => [event, base64urlToBytes(sealHead(crypto, key(), event).signature)]));

function keepTexts(store: TextStore, texts: NamedDrafts['texts'], events: readonly Event[]): void {
  for (const text of texts) {
    const event = events[text.draft];
    assert(event, 'a text is of one of its drafts');
    store.keep(text, event);
  }
  store.namedAnew(events);
}

function chainDrafts(input: AppendInput, { crypto, clock }: AppendDeps): readonly Event[] {
  const { park, node, epoch } = input.identity;
  const wallMs = clock.nowMs();
  const trust = clock.trust();
  let { hlc } = input.end;
  let { seq, hash } = input.end.head;
  return input.drafts.map((draft) => {
    hlc = hlcTick(hlc, wallMs);
    seq += 1;
    const body = draft.body as unknown as JsonObject;
    const event = chainEvent(crypto, { ...draft, body, park, node, epoch, seq, hlc, wallMs, trust }, hash);
    hash = event.hash;
    return event;
  });
}

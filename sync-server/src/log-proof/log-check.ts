import type { LogRooted } from '@skygate/shared/domain/kiosk/events';
import type { Event } from '@skygate/shared/events/envelope';
import { readEvent } from '@skygate/shared/events/read-event';
import { base64urlToBytes } from '@skygate/shared/lib/bytes';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { isHqNode, type NodeId } from '@skygate/shared/lib/ids';
import { CHAIN_START, chainCanonical, sealVerifies } from '@skygate/shared/sync/chain';
import { HLC_ZERO } from '@skygate/shared/sync/hlc';
import { logRootOf } from '@skygate/shared/sync/log-root';
import { recoveredRun } from '@skygate/shared/sync/recovery';
import { storableWords } from '../ingest/append-batch.ts';
import { type StoredEvent, storedToEvent } from '../ingest/stored-event.ts';
import type { HeadRows, StoredSeal } from './read-log.ts';

/** What was checked of a park's log so far. */
export interface LogCounts {
  position: number;
  seals: number;
  roots: number;
  /** Roots of a past that a restore has put together anew: their positions mean nothing any more. */
  rootsOfLostPast: number;
  recovered: number;
  /** Recorded again by somebody without a proof: stored as said, and believed by nobody. */
  notBelieved: number;
  newestRoot: LogRooted | null;
}

interface Stream {
  readonly node: string;
  readonly epoch: number;
  readonly publicKey: Uint8Array;
  seq: number;
  hash: string;
  hlc: string;
}

type Place = Pick<StoredEvent, 'node' | 'epoch' | 'seq'>;

const placeKey = ({ node, epoch }: { readonly node: string; readonly epoch: number }) => `${node}/${epoch}`;

/**
 * Checks a park's log event by event (X5): positions, every chain computed anew from the stored words, every seal, what
 * is recorded again, every daily root, and at the end the head rows and the keys that HQ let in. It holds one head a
 * stream and nothing of the log.
 */
export class LogCheck {
  readonly counts: LogCounts = {
    position: 0,
    seals: 0,
    roots: 0,
    rootsOfLostPast: 0,
    recovered: 0,
    notBelieved: 0,
    newestRoot: null,
  };
  private readonly crypto: Crypto;
  private readonly rows: HeadRows;
  private readonly isDurable: boolean;
  private readonly streams: ReadonlyMap<string, Stream>;
  /** The keys HQ let kiosks in with. */
  private readonly enrolled = new Map<string, string>();
  /** Where the events after the last seal begin, and whose they are. */
  private unsealed: (Place & { readonly position: number }) | null = null;
  private newestHqEpoch = 0;

  /** @param isDurable false where a power cut may have lost a tail, which then came back in another order (E9) */
  constructor(crypto: Crypto, rows: HeadRows, isDurable: boolean) {
    this.crypto = crypto;
    this.rows = rows;
    this.isDurable = isDurable;
    this.streams = new Map(
      rows.nodes.map(({ node, epoch, public_key }) => {
        const publicKey = base64urlToBytes(public_key) ?? new Uint8Array();
        return [placeKey({ node, epoch }), { node, epoch, publicKey, seq: 0, hash: CHAIN_START, hlc: HLC_ZERO }];
      }),
    );
  }

  /** The next event. @returns what is wrong with it */
  event(row: StoredEvent): string | null {
    const { counts } = this;
    if (row.position !== counts.position + 1) return `it stands at position ${row.position} after ${counts.position}`;
    const stream = this.streams.get(placeKey(row));
    if (!stream) return 'it is of a stream that the park does not have';
    if (row.seq !== stream.seq + 1) return `it follows seq ${stream.seq}`;
    if (this.unsealed && placeKey(this.unsealed) !== placeKey(row)) {
      return `no seal closes ${placeKey(this.unsealed)} before it`;
    }
    const problem = this.wordsProblem(row, stream.hash) ?? this.meaningProblem(storedToEvent(row, stream.hash));
    if (problem !== null) return problem;
    Object.assign(stream, { seq: row.seq, hash: row.hash, hlc: row.hlc });
    counts.position = row.position;
    this.unsealed ??= row;
    if (isHqNode(row.node)) this.newestHqEpoch = Math.max(this.newestHqEpoch, row.epoch);
    return null;
  }

  /** The seal at the position of the last event. @returns what is wrong with it */
  seal(row: StoredSeal): string | null {
    const first = this.unsealed;
    const stream = this.streams.get(placeKey(row));
    if (!first || !stream || placeKey(first) !== placeKey(row)) return 'its seal is of another stream';
    if (first.seq !== row.from_seq || first.position !== row.first_position) return 'its seal begins elsewhere';
    const { head_hash: headHash, to_seq: to, node, epoch, hlc, kid, signature } = row;
    if (to !== stream.seq || headHash !== stream.hash || hlc !== stream.hlc) return 'its seal is over something else';
    const seal = { node: node as NodeId, epoch, to, headHash, hlc, kid, signature };
    const { publicKey } = stream;
    if (!sealVerifies(this.crypto, seal, { node: seal.node, epoch, publicKey })) return 'its seal is not of its author';
    this.unsealed = null;
    this.counts.seals += 1;
    return null;
  }

  /** After the last event. @returns the first thing that is wrong */
  end(): { readonly place: Place; readonly what: string } | null {
    if (this.unsealed) return { place: this.unsealed, what: 'no seal closes it' };
    for (const row of this.rows.nodes) {
      const what = this.headProblem(row);
      if (what !== null) return { place: { node: row.node, epoch: row.epoch, seq: row.head_seq }, what };
    }
    const { head, nodes } = this.rows;
    if (head === this.counts.position) return null;
    const { node, epoch, head_seq: seq } = nodes[0] ?? { node: '', epoch: 0, head_seq: 0 };
    return { place: { node, epoch, seq }, what: `the park's head is ${head}, its log ends at ${this.counts.position}` };
  }

  private headProblem(row: HeadRows['nodes'][number]): string | null {
    const stream = this.streams.get(placeKey(row));
    if (!stream) return 'its stream was not read';
    if (row.head_seq > stream.seq) return `its stream was cut off: the head names it, the log ends at ${stream.seq}`;
    if (row.head_seq < stream.seq) return `its log goes on to ${stream.seq}, the head does not`;
    if (stream.seq > 0 && row.head_hash !== stream.hash) return 'the head has another hash';
    if (stream.seq > 0 && row.head_hlc !== stream.hlc) return 'the head has another clock';
    if (row.role === 'hq' || stream.seq === 0) return null;
    const key = this.enrolled.get(placeKey(row));
    if (key === undefined) return 'HQ never let it in';
    return key === row.public_key ? null : 'its key is not the one that HQ let in';
  }

  /** Whether the stored words are those that were hashed, from the event before on. */
  private wordsProblem(row: StoredEvent, prev: string): string | null {
    const event = storedToEvent(row, prev);
    const chained = canonical(this.crypto, event, prev);
    if (chained === null) return 'it has no canonical form';
    if (chained.body !== row.body) return 'its body is not in canonical form';
    if (chained.event.bodyHash !== row.body_hash) return 'its body is not the one that was hashed';
    if (chained.event.hash !== row.hash) return 'its hash is not that of its words and of the event before';
    const words = storableWords(event);
    const differs = (['type', 'subject', 'cause', 'actor'] as const).find((name) => words[name] !== row[name]);
    return differs ? `its ${differs} is stored in two ways` : null;
  }

  private meaningProblem(event: Event): string | null {
    if (event.type === 'EventRecovered') return this.recoveredProblem(event);
    if (!isHqNode(event.node)) return null;
    const read = readEvent(event);
    if (!read.ok) return null; // of a later program: its chain and its seal hold
    if (read.value.type === 'LogRooted') return this.rootProblem(event, read.value.body);
    this.noteEnrolled(event);
    return null;
  }

  private noteEnrolled(event: Event): void {
    const read = readEvent(event);
    if (!read.ok || read.value.type !== 'KioskEnrolled') return;
    const { kiosk, kioskEpoch, publicKey } = read.value.body;
    const key = placeKey({ node: kiosk, epoch: kioskEpoch });
    if (!this.enrolled.has(key)) this.enrolled.set(key, publicKey);
  }

  /** Anybody may claim to have recovered something, and ingest refuses no fact; HQ claims only what is proven. */
  private recoveredProblem(event: Event): string | null {
    const run = recoveredRun(this.crypto, event, (node, epoch) => this.keyOf(node, epoch));
    if (run.ok) {
      this.counts.recovered += 1;
      for (const one of run.value.events) if (isHqNode(one.node)) this.noteEnrolled(one);
      return null;
    }
    if (isHqNode(event.node)) return `what it recovers is not proven: ${run.error.problem}`;
    this.counts.notBelieved += 1;
    return null;
  }

  private keyOf(node: string, epoch: number): Uint8Array | null {
    return this.streams.get(placeKey({ node, epoch }))?.publicKey ?? null;
  }

  private rootProblem(event: Event, root: LogRooted): string | null {
    const { counts } = this;
    if (root.position !== counts.position) {
      // Positions were given anew where a restore or a power cut lost a tail; elsewhere a root says where it stands.
      const isOfLostPast = this.newestHqEpoch > event.epoch || !this.isDurable;
      if (!isOfLostPast) return `it roots position ${root.position} and stands after ${counts.position}`;
      counts.rootsOfLostPast += 1;
      return null;
    }
    const heads = [...this.streams.values()].filter(({ seq }) => seq > 0);
    if (root.root !== logRootOf(this.crypto, heads)) return `its root is not that of position ${root.position}`;
    if (root.events !== counts.position || root.streams !== heads.length) return 'its counts are not those of its root';
    counts.roots += 1;
    counts.newestRoot = root;
    return null;
  }
}

function canonical(crypto: Crypto, event: Event, prev: string): ReturnType<typeof chainCanonical> | null {
  try {
    return chainCanonical(crypto, event, prev);
  } catch {
    return null;
  }
}

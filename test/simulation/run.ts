import type { NodeId } from '@skygate/shared/lib/ids';
import type { Activity } from './activity.ts';
import type { Book } from './book.ts';
import type { Visible } from './checks/visible.ts';
import type { Forgotten } from './disk-images.ts';
import type { Revoked } from './faults/revocation.ts';
import type { FaultCounts, PointCounts } from './faults.ts';
import type { Broken } from './invariants.ts';
import type { KioskHost } from './kiosk-host.ts';
import type { LostOfHq, LostOfWiped } from './lost-with-backup.ts';
import type { Network, Serve } from './network.ts';
import type { Restore } from './restored-server.ts';
import type { Scheduler } from './scheduler.ts';
import type { ServerHost } from './server-host.ts';
import type { Trace } from './trace.ts';
import type { World } from './world.ts';

/** Everything of one run; parts that need each other find each other here. */
export interface Run {
  readonly world: World;
  readonly seed: number;
  readonly activity: Activity;
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly faults: FaultCounts;
  readonly crashes: PointCounts;
  readonly book: Book;
  readonly server: ServerHost;
  readonly network: Network;
  readonly visible: Visible;
  readonly kiosks: KioskHost[];
  /** A machine that is switched on with a copy of another's disk. */
  readonly makeClone: (original: KioskHost, image: string) => KioskHost;
  /** Kiosks of whose disks a copy came into use. */
  readonly imaged: Set<string>;
  /** Whose disk a copy was made of; null if none was. */
  copied: KioskHost | null;
  /** What disks held that older copies of themselves replaced: how far, by `node/epoch`. */
  readonly replaced: ReadonlyMap<string, number>[];
  /** Of them, copies that have not become kiosks of their own yet. */
  readonly clones: Set<string>;
  /** Codes of copied machines that HQ lets in as others, while no answer came. */
  readonly codes: Map<string, string>;
  readonly forgotten: Forgotten;
  /** Kiosks at which somebody is busy with enrolling anew. */
  readonly enrolling: Set<string>;
  /** An older backup of the server that waits for its next start. */
  restore: Restore | null;
  readonly lostOfHq: LostOfHq;
  readonly lostOfWiped: LostOfWiped;
  /** Comes only when the others are at work already; null in parks that stay as they are. */
  readonly late: KioskHost | null;
  readonly broken: Broken[];
  /** The kiosk that is without network for long; null if none is. */
  offline: string | null;
  /** Kiosks that HQ was told are revoked, by name (X4). */
  readonly revoked: Map<string, Revoked>;
  /** Kiosks whose clocks were set wrong. */
  readonly jumped: Set<string>;
  /** Node ids by kiosk name, from their enrolment. */
  readonly nodes: Map<string, NodeId>;
}

export interface SeedOptions {
  readonly print?: (line: string) => void;
  /** A planted bug: stands between the network and the server. */
  readonly sabotage?: (serve: Serve) => Serve;
  /** Nobody waits for the seed any more: it ends where it is. */
  readonly signal?: AbortSignal;
}

/** One seed in twenty is a large park with a long day. */
export const isLarge = (seed: number): boolean => seed % 20 === 0;

/** The kiosks that are there by now. */
export const presentKiosks = ({ kiosks, nodes }: Run): readonly KioskHost[] =>
  kiosks.filter(({ name }) => nodes.has(name));

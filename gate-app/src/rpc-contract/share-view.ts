import type { Words } from '@skygate/shared/documents/words';

/** What one (date, slot) has at this till, and what it could sell (C1). */
export interface ShareItem {
  readonly date: string;
  readonly slot: string;
  /** `HH:MM`; null for a whole day. */
  readonly startsAt: string | null;
  /** The name of the timed product; null for a whole day, and where the catalogue does not know it. */
  readonly product: Words | null;
  readonly left: number;
  readonly places: number;
  /** Places this till sold past its share in a supervisor's name (C3). */
  readonly pastShare: number;
}

/** Another till of the park that a share can be given to (C4). */
export interface OtherTill {
  readonly node: string;
  readonly name: string;
}

export interface SharesView {
  readonly shares: readonly ShareItem[];
  readonly tills: readonly OtherTill[];
}

/** What HQ answered: what it lent comes with the next pull, and sells from then on. */
export interface PlacesAsked {
  readonly granted: number;
  readonly leftAtHq: number;
}

/** One quiet line: places came or went without anybody here asking. */
export interface ShareNews {
  readonly kind: 'refilled' | 'received' | 'taken_back' | 'returned';
  readonly places: number;
  readonly date: string;
  readonly slot: string;
  readonly atMs: number;
}

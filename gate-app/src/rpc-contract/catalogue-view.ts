import type { Words } from '@skygate/shared/documents/words';

export interface EditableProduct {
  readonly productId: string;
  readonly name: Words;
  readonly units: readonly { readonly unitId: string; readonly name: Words; readonly priceMinor: number }[];
}

export interface ProductEdit {
  readonly productId: string;
  readonly change:
    | { readonly field: 'name'; readonly language: keyof Words; readonly value: string }
    | { readonly field: 'price'; readonly unitId: string; readonly priceMinor: number };
}

/** One edit of the catalogue: who, when, where, from what to what. */
export interface HistoryEntry {
  readonly atMs: number;
  /** The person's name; an id where this kiosk knows none (HQ's people). */
  readonly actor: string;
  /** The kiosk it was made at, by name. */
  readonly node: string;
  readonly madeAt: 'hq' | 'park';
  readonly about: string;
  readonly changes: readonly { readonly path: string; readonly from: string; readonly to: string }[];
  /** False while only this park has it. */
  readonly atHq: boolean;
  /** Whether gates and tills go by it: false until HQ has published it. */
  readonly inUse: boolean;
}

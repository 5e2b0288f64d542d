import type { CatalogueDocument } from '../../documents/catalogue-document.ts';
import type { ParkDocument } from '../../documents/park-document.ts';
import type { ParkId } from '../../lib/ids.ts';
import type { Share } from '../capacity/shares.ts';

/** What a till knows at the moment of a sale. */
export interface SaleState {
  readonly parkId: ParkId;
  readonly park: ParkDocument;
  readonly catalogue: CatalogueDocument;
  /** Today, by the park's cut-off hour (H2). */
  readonly businessDate: string;
  /** The drawer the money goes into; null if no shift is open. */
  readonly shift: { readonly shiftId: string } | null;
  /** `sharesOf` this incarnation of the node, at the clock that the sale will carry. */
  readonly shares: readonly Share[];
}

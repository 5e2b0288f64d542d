import type { CatalogueProduct } from '@skygate/shared/documents/catalogue-document';
import { canonicalJson } from '@skygate/shared/lib/canonical-json';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { hqProblem } from '../hq-problem.ts';

/** Names one state of one product: an edit of another product leaves it alone. */
export const etagOf = (crypto: Crypto, product: CatalogueProduct): string =>
  `"${crypto.sha256Hex(canonicalJson(product)).slice(0, 32)}"`;

/** @throws Problem 428 without `If-Match`, 412 if somebody edited the product since */
export function requireMatch(ifMatch: string | undefined, etag: string): void {
  if (ifMatch === undefined) {
    throw hqProblem('if_match_missing', 'header If-Match is missing: send the ETag of the product you saw.');
  }
  if (ifMatch !== etag && ifMatch !== '*') {
    throw hqProblem('stale', 'The product was edited since you read it: read it again.', { etag });
  }
}

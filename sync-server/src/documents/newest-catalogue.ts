import type { CatalogueInUse } from '@skygate/shared/protocol/telemetry';
import type { Reader } from '../db/database.ts';
import type { DocumentPublicationsRow } from '../db/row-types.generated.ts';

export type NewestCatalogue = Pick<DocumentPublicationsRow, 'generation' | 'state_hash' | 'published_ms'>;

/** What gates and tills of a park should go by (D1); null before the first publication. */
export async function newestCatalogue(reader: Reader, park: string): Promise<NewestCatalogue | null> {
  const row = await reader
    .selectFrom('document_publications')
    .select(['generation', 'state_hash', 'published_ms'])
    .where('park', '=', park)
    .where('document_id', '=', 'catalogue')
    .orderBy('generation', 'desc')
    .executeTakeFirst();
  return row ?? null;
}

export const goesBy = (told: CatalogueInUse | null | undefined, newest: NewestCatalogue): boolean =>
  told?.generation === newest.generation && told.stateHash === newest.state_hash;

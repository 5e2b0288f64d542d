import { KNOWN_EVENT_VERSIONS } from '@skygate/shared/events/catalogue';
import type { KioskBehind } from '@skygate/shared/hq-api/publication';
import type { Reader } from '../../db/database.ts';
import type { NodesRow } from '../../db/row-types.generated.ts';
import { goesBy, type NewestCatalogue, newestCatalogue } from '../../documents/newest-catalogue.ts';
import { kiosksOf } from '../kiosks/kiosks-of.ts';

/** A kiosk in contact has the newest catalogue within seconds, and says so within ten more: until then it is no news. */
const SHOWN_AFTER_MS = 60_000;

type Told = Pick<
  NodesRow,
  | 'telemetry_ms'
  | 'catalogue_generation'
  | 'catalogue_hash'
  | 'catalogue_behind_ms'
  | 'known_events'
  | 'program_behind_ms'
>;

/**
 * The kiosks that by their newest word go by an older catalogue than HQ published, or run a program that knows fewer
 * event versions than this server, longest behind first (D1). Without those that were never heard of or are revoked.
 */
export async function kiosksBehind(reader: Reader, park: string, nowMs: number): Promise<KioskBehind[]> {
  const newest = await newestCatalogue(reader, park);
  const told = await toldBy(reader, park);
  const open = (await kiosksOf(reader, park)).filter(({ revoked }) => !revoked);
  return open
    .flatMap(({ node, epoch, name, version, contactMs }): KioskBehind[] => {
      const row = told.get(`${node}/${epoch}`);
      if (!row || row.telemetry_ms === null) return [];
      const catalogueSinceMs = shown(catalogueBehindSince(row, newest), nowMs);
      const programSinceMs = shown(programBehindSince(row), nowMs);
      if (catalogueSinceMs === null && programSinceMs === null) return [];
      return [{ node, name, version, contactMs, catalogueSinceMs, programSinceMs }];
    })
    .toSorted((one, other) => oldestOf(one) - oldestOf(other));
}

/** Of a kiosk that has not spoken since the newest was published, that is when it was published. */
function catalogueBehindSince(row: Told, newest: NewestCatalogue | null): number | null {
  const { catalogue_generation: generation, catalogue_hash: stateHash } = row;
  // An older program does not say what it goes by.
  if (newest === null || row.known_events === null) return null;
  const told = generation === null || stateHash === null ? null : { generation, stateHash };
  return goesBy(told, newest) ? null : (row.catalogue_behind_ms ?? newest.published_ms);
}

/** Since its first word to a server that knows more; to one that was put in place since, its newest word. */
const programBehindSince = (row: Told): number | null =>
  (row.known_events ?? 0) < KNOWN_EVENT_VERSIONS ? (row.program_behind_ms ?? row.telemetry_ms) : null;

const shown = (sinceMs: number | null, nowMs: number): number | null =>
  sinceMs !== null && nowMs - sinceMs >= SHOWN_AFTER_MS ? sinceMs : null;

const oldestOf = ({ catalogueSinceMs, programSinceMs }: KioskBehind): number =>
  Math.min(catalogueSinceMs ?? Number.POSITIVE_INFINITY, programSinceMs ?? Number.POSITIVE_INFINITY);

async function toldBy(reader: Reader, park: string): Promise<ReadonlyMap<string, Told>> {
  const rows = await reader
    .selectFrom('nodes')
    .select([
      'node',
      'epoch',
      'telemetry_ms',
      'catalogue_generation',
      'catalogue_hash',
      'catalogue_behind_ms',
      'known_events',
      'program_behind_ms',
    ])
    .where('park', '=', park)
    .execute();
  return new Map(rows.map((row) => [`${row.node}/${row.epoch}`, row]));
}

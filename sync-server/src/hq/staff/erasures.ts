import type { ErasureItem } from '@skygate/shared/hq-api/staff';
import type { Reader } from '../../db/database.ts';
import { kiosksOf } from '../kiosks/kiosks-of.ts';

interface Kiosk {
  readonly node: string;
  readonly name: string;
  readonly contactMs: number | null;
  readonly enrolledMs: number;
  readonly revoked: boolean;
  /** The newest revision of people that it said is on its disk; null if it has not said, as old programs do not. */
  readonly peopleRevision: number | null;
}

/** P1: for each person who was erased, which kiosks may still hold something of them. */
export async function erasuresOf(reader: Reader, park: string): Promise<ErasureItem[]> {
  const erased = await reader
    .selectFrom('people')
    .select(['staff_id', 'revision', 'removed_ms'])
    .where('park', '=', park)
    .where('removed', '=', 1)
    .orderBy('revision', 'desc')
    .execute();
  if (erased.length === 0) return [];
  const kiosks = await kiosksWithRevisions(reader, park);
  return erased.map(({ staff_id: staffId, revision, removed_ms }) => {
    const erasedMs = removed_ms ?? 0;
    const waitingFor = kiosks.filter((kiosk) => !isDone(kiosk, { revision, erasedMs }));
    return {
      staffId,
      erasedMs,
      confirmed: kiosks.length - waitingFor.length,
      waitingFor: waitingFor.map(({ node, name, contactMs }) => ({ node, name, contactMs })),
    };
  });
}

/** A revoked kiosk counts as done, as does one that was enrolled later: it was never told of the person. */
const isDone = (kiosk: Kiosk, erasure: { readonly revision: number; readonly erasedMs: number }): boolean =>
  kiosk.revoked || kiosk.enrolledMs > erasure.erasedMs || (kiosk.peopleRevision ?? -1) >= erasure.revision;

async function kiosksWithRevisions(reader: Reader, park: string): Promise<readonly Kiosk[]> {
  const told = await reader
    .selectFrom('nodes')
    .select(['node', 'epoch', 'people_revision'])
    .where('park', '=', park)
    .execute();
  const revisions = new Map(told.map((row) => [`${row.node}/${row.epoch}`, row.people_revision]));
  return (await kiosksOf(reader, park)).map((kiosk) => ({
    ...kiosk,
    peopleRevision: revisions.get(`${kiosk.node}/${kiosk.epoch}`) ?? null,
  }));
}

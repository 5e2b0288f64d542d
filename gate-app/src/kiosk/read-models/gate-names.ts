import type { ParkDocument } from '@skygate/shared/documents/park-document';
import type { Words } from '@skygate/shared/documents/words';
import type { Database } from 'better-sqlite3';

/** What people call a gate: as the park's document says, else as its newest kiosk was enrolled, else its id. */
export type GateNames = (park: string, gates: ParkDocument['gates'], gateId: string) => Words;

const ENROLLED_NAME = `
  SELECT name FROM kiosks WHERE park = ? AND role = 'gate' AND gate_id = ? ORDER BY enrolled_ms DESC, node LIMIT 1`;

export function createGateNames(database: Database): GateNames {
  const enrolledName = database.prepare<[string, string], string>(ENROLLED_NAME).pluck();
  return (park, gates, gateId) => gateInDocument(gates, gateId) ?? sameWords(enrolledName.get(park, gateId) ?? gateId);
}

/** Own members only: the id comes from an event. */
export const gateInDocument = (gates: ParkDocument['gates'], gateId: string): Words | undefined =>
  Object.hasOwn(gates, gateId) ? gates[gateId]?.name : undefined;

/** A name that nobody has translated. */
export const sameWords = (name: string): Words => ({ ru: name, ky: name, en: name });

import { createStoredChanges } from '@skygate/gate-app/kiosk/documents/stored-changes';
import { readUsedDocument } from '@skygate/gate-app/kiosk/documents/used-document';
import type { DocumentId } from '@skygate/shared/documents/events';
import { stateHashOf } from '@skygate/shared/documents/publication';
import Sqlite from 'better-sqlite3';
import { PARK } from '../headquarters.ts';
import type { AtHq, Check, FinalKiosk, FinalState } from '../invariants.ts';
import { silentLog } from '../simulated-ports.ts';

/**
 * D1: what HQ vouches for is what it published, every kiosk comes to that state from what is on its disk, and nothing was
 * ever sold at the price of an edit that may not count.
 */
export const documents: Check = (state, report) => {
  for (const [documentId, atHq] of state.documents) {
    published(state, { documentId, ...atHq }, report);
    const expected = `${atHq.generation} ${atHq.stateHash}`;
    for (const kiosk of state.kiosks) {
      const used = usedAt(state, kiosk, documentId);
      if (used !== expected) report(`${kiosk.name} goes by ${used} of ${documentId}`);
    }
  }
  soldByBadEdits(state, report);
};

interface Judged extends AtHq {
  readonly documentId: DocumentId;
}

/** HQ has said what it would vouch for, and it is nothing that may not count. */
function published(
  state: FinalState,
  { documentId, generation, stateHash, value }: Judged,
  report: (found: string) => void,
): void {
  const said = state.server.rows('document_publications').filter((row) => row['document_id'] === documentId);
  const newest = said.toSorted((one, other) => Number(other['generation']) - Number(one['generation']))[0];
  if (newest?.['state_hash'] !== stateHash || Number(newest['generation']) !== generation) {
    report(`HQ vouches for ${generation} ${stateHash} of ${documentId}, and published another state`);
  }
  const text = JSON.stringify(value);
  const bad = [...mayNotCount(state)].filter((price) => text.includes(`:${price}`));
  if (bad.length > 0) report(`HQ vouches for edits that may not count: ${bad}`);
}

/** Where a backup took the event with it by which a right was taken, and nobody held it, the right is there again (E8). */
const mayNotCount = ({ book, lostOfHq }: FinalState): ReadonlySet<number> =>
  new Set([...book.forbiddenPrices].filter((price) => !lostOfHq.events.has(book.withoutRight.get(price) ?? '')));

function soldByBadEdits(state: FinalState, report: (found: string) => void): void {
  const forbidden = mayNotCount(state);
  for (const { type, body, node, seq } of state.server.events) {
    const lines = type === 'SaleCompleted' ? (body['lines'] as { readonly unitPriceMinor: number }[]) : [];
    const bad = lines.find(({ unitPriceMinor }) => forbidden.has(unitPriceMinor));
    if (bad) report(`${node}/${seq} sold at ${bad.unitPriceMinor}, which nobody published`);
  }
}

function usedAt({ crypto }: FinalState, { disk, path }: FinalKiosk, documentId: DocumentId): string {
  const [node = '', epoch] = disk.incarnation.split('/');
  const database = new Sqlite(path, { readonly: true });
  try {
    const reading = { park: PARK, own: { node, epoch: Number(epoch) }, stored: createStoredChanges(database) };
    const { used } = readUsedDocument(documentId, null, { ...reading, crypto, log: silentLog });
    return `${used.generation} ${used.value === null ? 'nothing' : stateHashOf(crypto, used.value)}`;
  } finally {
    database.close();
  }
}

import { actorOf, bodyOfChange } from '@skygate/shared/documents/automerge-change';
import type { CatalogueDocument } from '@skygate/shared/documents/catalogue-document';
import { editDocument } from '@skygate/shared/documents/held-document';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import type { JsonObject } from '@skygate/shared/lib/json';
import { push, pushOf, START_MS, type TestKiosk, type TestServer } from '../../db/testing/test-server.ts';
import { createDocumentStore } from '../../documents/document-store.ts';

interface EditedAt {
  readonly server: TestServer;
  readonly till: TestKiosk;
  readonly park: ParkId;
  /** Who edits, as events name them. */
  readonly actor: string;
}

/** An edit at a till of the catalogue that HQ has now, pushed and folded. @returns the change's hash */
export async function pushCatalogueEdit(
  { server, till, park, actor }: EditedAt,
  edit: (draft: CatalogueDocument) => void,
): Promise<string> {
  const { node, epoch } = till.enrolled;
  const { crypto, database } = server.deps;
  const held = await createDocumentStore(server.deps).load(database.reader, park, 'catalogue');
  const author = actorOf(crypto, { node: node as NodeId, epoch }, 'catalogue', held.generation);
  const edited = editDocument(held, { actor: author, timeMs: START_MS }, edit);
  if (!edited.ok || !edited.value.change) throw new Error('nothing was edited');
  const body = bodyOfChange('catalogue', edited.value.change, 'day', held.generation) as unknown as JsonObject;
  const words = { type: 'DocumentChanged', version: 2, subject: 'document:catalogue', actor };
  const events = till.write(1, () => body, words);
  const answer = await push(server, till.token, pushOf(till.key, events));
  if (answer.statusCode !== 200) throw new Error(`the edit was answered ${answer.statusCode}`);
  await server.deps.projections.projectNow(park);
  return edited.value.change.hash;
}

/** The edit of one category's price. */
export const priceOf = (unitId: string, minor: number) => (draft: CatalogueDocument) => {
  const unit = draft.products['day']?.units[unitId];
  if (unit) unit.priceMinor = minor;
};

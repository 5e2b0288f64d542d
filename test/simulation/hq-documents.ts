import type { ServerDeps } from '@skygate/sync-server/app';
import { createDocumentStore, type DocumentStore } from '@skygate/sync-server/documents/document-store';

const stores = new WeakMap<ServerDeps, DocumentStore>();

/** One life of a server has one store, as the real one has: it goes on from what it decided last. */
export function documentsOf(deps: ServerDeps): DocumentStore {
  const store = stores.get(deps) ?? createDocumentStore(deps);
  stores.set(deps, store);
  return store;
}

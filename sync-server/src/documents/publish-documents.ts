import { publicationDraft } from '@skygate/shared/documents/document-drafts';
import { DOCUMENT_IDS } from '@skygate/shared/documents/events';
import { headsOfDocument } from '@skygate/shared/documents/held-document';
import type { KnownDraft } from '@skygate/shared/events/catalogue';
import type { ParkId } from '@skygate/shared/lib/ids';
import type { Reader } from '../db/database.ts';
import { appendHqEvents, type HqNodeDeps } from '../hq-node/append-hq-events.ts';
import type { Log, Timers } from '../ports.ts';
import { lostPeopleOf } from '../restore/lost-people.ts';
import { maySellOnline } from '../restore/may-sell-online.ts';
import type { DocumentStore } from './document-store.ts';

export interface PublisherDeps extends HqNodeDeps {
  readonly timers: Timers;
  readonly log: Log;
}

/** Publishes what kiosks edited, as soon as HQ has it (D1). HQ's own edits are published with themselves. */
export interface DocumentPublisher {
  /** Looks at one park and publishes what may be. */
  publishNow(park: ParkId): Promise<void>;
  run(): Promise<void>;
  stop(): Promise<void>;
}

const LOOK_AGAIN_MS = 30_000;

/** The drafts that publish what is decided and not said yet. To be called under the park's lock. */
export async function decidePublications(
  deps: { readonly crypto: HqNodeDeps['crypto']; readonly documents: DocumentStore },
  reader: Reader,
  park: string,
): Promise<readonly KnownDraft[]> {
  const drafts: KnownDraft[] = [];
  for (const documentId of DOCUMENT_IDS) {
    const { held, before, published, isWhole } = await deps.documents.decide(reader, park, documentId);
    const isNews = isWhole && published.size > 0 && headsOfDocument(held).join() !== before.join();
    if (isNews) drafts.push(publicationDraft(deps.crypto, held, 'system'));
  }
  return drafts;
}

export function createDocumentPublisher(deps: PublisherDeps): DocumentPublisher {
  const { bus, timers, log } = deps;
  const stopping = new AbortController();
  const waiting = new Set<string>();
  const looked = new Map<string, string>();
  let wake = new AbortController();
  let running: Promise<void> = Promise.resolve();

  const publishNow = async (park: ParkId): Promise<void> => {
    const seen = await changesSeen(deps.database.reader, park);
    if (looked.get(park) === seen) return;
    await appendHqEvents(deps, park, async (tx) => ({
      drafts: await decidePublications(deps, tx, park),
    }));
    looked.set(park, seen);
  };

  const publishWaiting = async (): Promise<void> => {
    for (const park of [...waiting]) {
      waiting.delete(park);
      await publishNow(park as ParkId).catch((error: unknown) => {
        log.warn({ park, error: String(error) }, 'the documents of a park could not be published; trying again');
        waiting.add(park);
      });
    }
  };

  /** What kiosks edited while no server ran; once, as soon as the database can be asked. */
  const lookAtAll = async (): Promise<boolean> => {
    try {
      const parks = await deps.database.reader.selectFrom('parks').select('park').execute();
      for (const { park } of parks) waiting.add(park);
      return true;
    } catch (error) {
      if (!stopping.signal.aborted) log.warn({ error: String(error) }, 'the parks could not be read; trying again');
      return false;
    }
  };

  const follow = async (): Promise<void> => {
    let hasLooked = false;
    while (!stopping.signal.aborted) {
      wake = new AbortController();
      if (!hasLooked) hasLooked = await lookAtAll();
      await publishWaiting();
      await timers.sleep(LOOK_AGAIN_MS, AbortSignal.any([wake.signal, stopping.signal]));
    }
  };

  return {
    publishNow,
    run: async () => {
      const unsubscribe = bus.subscribe('projected', (park) => {
        waiting.add(park);
        wake.abort();
      });
      running = follow().finally(unsubscribe);
      await running;
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Changes when there is another change to judge, or it is judged by another knowledge of people. */
async function changesSeen(reader: Reader, park: ParkId): Promise<string> {
  const counted = await reader
    .selectFrom('document_changes')
    .select(({ fn }) => fn.countAll<number>().as('changes'))
    .where('park', '=', park)
    .executeTakeFirstOrThrow();
  const { people_revision: people } = await reader
    .selectFrom('parks')
    .select('people_revision')
    .where('park', '=', park)
    .executeTakeFirstOrThrow();
  const waits = !(await maySellOnline(reader, park)).ok;
  const lost = await lostPeopleOf(reader, park);
  return `${counted.changes} ${people} ${waits} ${lost}`;
}

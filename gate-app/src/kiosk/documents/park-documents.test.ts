import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actorOf, bodyOfChange, type DocumentChange } from '@skygate/shared/documents/automerge-change';
import { publicationDraft } from '@skygate/shared/documents/document-drafts';
import { documentFromJson } from '@skygate/shared/documents/document-from-json';
import { setProductName } from '@skygate/shared/documents/edits';
import type { DocumentPublished } from '@skygate/shared/documents/events';
import { editDocument } from '@skygate/shared/documents/held-document';
import { draft } from '@skygate/shared/events/catalogue';
import { hqNodeOf } from '@skygate/shared/lib/ids';
import { fakeClock } from '@skygate/shared/testing/fake-clock';
import { seededRandom } from '@skygate/shared/testing/seeded-random';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEventLog, type EventLog } from '../event-log/event-log.ts';
import { openDatabase } from '../event-log/open-database.ts';
import { createKioskClock } from '../kiosk-clock.ts';
import * as park from '../testing/test-park.ts';
import { createParkDocuments, type ParkDocuments } from './park-documents.ts';

describe('the documents of a kiosk', () => {
  let folder: string;
  let database: Database;
  let eventLog: EventLog;
  let documents: ParkDocuments;
  const { crypto, silentLog: log } = park;
  const clock = fakeClock();
  const hq = park.testHq();
  const by = { actor: 'hq:anna' };
  const open = () => createParkDocuments({ database, eventLog, crypto, log });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skygate-documents-'));
    database = openDatabase(join(folder, 'kiosk.sqlite'));
    const nodeSeed = new Uint8Array(32).fill(1);
    eventLog = createEventLog({
      database,
      crypto,
      clock: createKioskClock(clock),
      random: seededRandom('texts'),
      nodeSeed,
      log,
    });
    eventLog.enrol(park.identityOf('till'), park.hqKeyOf(hq.publicKey), park.LOG_ID);
    documents = open();
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });

  /** HQ's catalogue and, not knowing of anything else, its new name for the product, with HQ's word for either state. */
  function hqDrafts() {
    const by = { actor: actorOf(crypto, { node: hqNodeOf(park.PARK), epoch: 1 }, 'catalogue'), timeMs: 0 };
    const made = documentFromJson('catalogue', park.catalogue, by);
    if (!made.ok) throw new Error(made.error);
    const renamed = editDocument(made.value.held, by, (catalogue) => {
      setProductName(catalogue, { productId: 'day-ticket', language: 'en' }, 'Whole day');
    });
    if (!renamed.ok || renamed.value.change === null) throw new Error('nothing was renamed');
    const toDraft = (change: DocumentChange) =>
      draft('DocumentChanged', 'document:catalogue', bodyOfChange('catalogue', change, null), { actor: 'hq:anna' });
    return {
      first: made.value.changes.map(toDraft),
      rename: toDraft(renamed.value.change),
      published: publicationDraft(crypto, made.value.held, 'hq:anna'),
      publishedRenamed: publicationDraft(crypto, renamed.value.held, 'hq:anna'),
    };
  }
  const nameAt = (held: ParkDocuments) => held.valueOf('catalogue')?.products['day-ticket']?.name.en;

  it('D1: merges an edit made here offline with one made at HQ meanwhile, and keeps both over a restart', () => {
    expect(documents.valueOf('catalogue')?.products).toEqual({});
    const { first, rename } = hqDrafts();
    eventLog.storePage(park.pageOf([hq.run(first, 0)], 1));
    const edited = documents.draftEdit({
      documentId: 'catalogue',
      about: 'product:day-ticket',
      actor: 'staff:s1',
      nowMs: clock.nowMs(),
      edit: (catalogue) => {
        const family = catalogue.products['day-ticket']?.units['family'];
        if (family) family.priceMinor = 99_000;
      },
    });
    if (!edited.ok || edited.value === null) throw new Error('nothing was edited');
    eventLog.append([edited.value]);
    eventLog.storePage(park.pageOf([hq.run([rename], 1)], 2));
    for (const held of [documents, open()]) {
      const product = held.valueOf('catalogue')?.products['day-ticket'];
      expect(product?.name.en).toBe('Whole day');
      expect(product?.units['family']?.priceMinor).toBe(99_000);
    }
    expect(documents.valueOf('catalogue')).toBe(documents.valueOf('catalogue'));
    expect(documents.historyOf('catalogue', 10)[0]).toMatchObject({ actor: 'staff:s1', about: 'product:day-ticket' });
  });

  it('D1, K2: goes on with what it went by where a newer publication cannot be used, over a restart too', () => {
    const writer = park.testHq();
    const { first, rename, published, publishedRenamed } = hqDrafts();
    eventLog.storePage(park.pageOf([writer.run([...first, published], 0)], 1));
    const before = documents.publicationInUse('catalogue');
    expect(before).not.toBeNull();
    // The change that it is of is held aside, or comes later.
    eventLog.storePage(park.pageOf([writer.run([publishedRenamed], 1)], 2));
    for (const held of [documents, open(), open()]) {
      expect(nameAt(held)).toBe('Day ticket');
      expect(held.publicationInUse('catalogue')).toEqual(before);
    }
    documents = open();
    eventLog.storePage(park.pageOf([writer.run([rename], 2)], 3));
    for (const held of [documents, open()]) expect(nameAt(held)).toBe('Whole day');
  });

  it('D1, K2: the same where the document began anew in a generation that this program cannot read', () => {
    const writer = park.testHq();
    const { first, published } = hqDrafts();
    eventLog.storePage(park.pageOf([writer.run([...first, published], 0)], 1));
    const anew = { ...(published.body as DocumentPublished), generation: 2, heads: ['ab'.repeat(32)] };
    eventLog.storePage(park.pageOf([writer.run([draft('DocumentPublished', 'document:catalogue', anew, by)], 1)], 2));
    for (const held of [documents, open()]) expect(nameAt(held)).toBe('Day ticket');
  });

  it('D1: without anything that it can use it says so, instead of going by an empty catalogue', () => {
    const writer = park.testHq();
    eventLog.storePage(park.pageOf([writer.run([hqDrafts().published], 0)], 1));
    expect(open().valueOf('catalogue')).toBeNull();
  });

  it('refuses an edit that would make the document invalid, and keeps the old state', () => {
    const edited = documents.draftEdit({
      documentId: 'catalogue',
      about: 'product:x',
      actor: 'staff:s1',
      nowMs: 0,
      edit: (catalogue) => {
        (catalogue.products as Record<string, unknown>)['x'] = { name: 5 };
      },
    });
    expect(edited.ok).toBe(false);
    expect(documents.valueOf('catalogue')?.products).toEqual({});
  });
});

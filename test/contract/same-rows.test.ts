import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@skygate/gate-app/kiosk/event-log/open-database';
import { createProjection } from '@skygate/gate-app/kiosk/event-log/project';
import { createStoredEvents } from '@skygate/gate-app/kiosk/event-log/stored-event';
import { createNodeCrypto } from '@skygate/gate-app/kiosk/node-crypto';
import { refoldLog } from '@skygate/gate-app/kiosk/rebuild/rebuild-read-models';
import { CURRENT_VERSION, type CurrentBodies, type EventType } from '@skygate/shared/events/catalogue';
import type { Event } from '@skygate/shared/events/envelope';
import { bytesToBase64url } from '@skygate/shared/lib/bytes';
import { canonicalJson } from '@skygate/shared/lib/canonical-json';
import { hqNodeOf, idFromBytes, type NodeId, type ParkId } from '@skygate/shared/lib/ids';
import type { JsonObject } from '@skygate/shared/lib/json';
import type { Row } from '@skygate/shared/read-models/row-change';
import { columnsOf } from '@skygate/shared/read-models/row-order';
import { TABLES, type TableName } from '@skygate/shared/read-models/tables';
import { CHAIN_START, chainEvent, nodeKeyFrom, sealHead } from '@skygate/shared/sync/chain';
import { hlcOf } from '@skygate/shared/sync/hlc';
import { recoveryDrafts } from '@skygate/shared/sync/recovery';
import { withTransaction } from '@skygate/sync-server/db/database';
import { DATABASES, type OpenedDatabase } from '@skygate/sync-server/db/testing/databases';
import { createDocumentStore } from '@skygate/sync-server/documents/document-store';
import { storableWords } from '@skygate/sync-server/ingest/append-batch';
import { catchUp } from '@skygate/sync-server/projections/catch-up';
import fc from 'fast-check';
import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const crypto = createNodeCrypto();
const TODAY = '2026-11-21';
const GATE = 'k-0000000000000001' as NodeId;
const OTHER = 'k-0000000000000002' as NodeId;
const THIRD = 'k-0000000000000003' as NodeId;
const seeds: Record<string, Uint8Array> = {
  [GATE]: new Uint8Array(32).fill(1),
  [OTHER]: new Uint8Array(32).fill(2),
  [THIRD]: new Uint8Array(32).fill(3),
};
const id = (fill: number): string => idFromBytes(new Uint8Array(10).fill(fill));

/** A stream that can be gone on with in two ways from any of its events. */
class Past {
  readonly events: Event[];
  readonly park: ParkId;
  readonly node: NodeId;
  constructor(park: ParkId, node: NodeId, events: readonly Event[] = []) {
    this.park = park;
    this.node = node;
    this.events = [...events];
  }
  say<T extends EventType>(type: T, body: CurrentBodies[T], ms = 1000, actor = 'staff:a'): Event {
    const seq = this.events.length + 1;
    const place = { park: this.park, node: this.node, epoch: 1, seq, hlc: hlcOf(ms + seq, 0), wallMs: ms + seq };
    const words = {
      trust: 'server' as const,
      type,
      version: CURRENT_VERSION[type],
      subject: 'x',
      cause: null,
      actor,
    };
    const prev = this.events.at(-1)?.hash ?? CHAIN_START;
    const unchained = { ...place, ...words, body: body as unknown as JsonObject } as const;
    const event = chainEvent(crypto, unchained, prev);
    this.events.push(event);
    return event;
  }
  fork(after: number): Past {
    return new Past(this.park, this.node, this.events.slice(0, after));
  }
  recoveredBy(recorder: Past, from: number, to: number, forkFrom: number): Event {
    const events = this.events.slice(from - 1, to);
    const head = events.at(-1);
    const first = this.events[forkFrom - 1];
    if (!head || !first) throw new Error('no such events');
    const seal = sealHead(crypto, nodeKeyFrom(crypto, seeds[this.node] ?? new Uint8Array()), head);
    const [draft] = recoveryDrafts({ events, seal }, { from: forkFrom, hash: first.hash });
    if (!draft) throw new Error('one transaction is one event');
    return recorder.say('EventRecovered', draft.body, 50_000);
  }
}

const admitted = (past: Past, ticket: number, people = 2, ms = 1000) =>
  past.say(
    'TicketAdmitted',
    { ticketId: id(ticket), gateId: 'main', people, businessDate: TODAY, verdict: 'admit', silentGates: [] },
    ms,
  );
const annulled = (past: Past, of: Event) => {
  const { ticketId, gateId, people, businessDate } = of.body as CurrentBodies['TicketAdmitted'] & JsonObject;
  const original = { node: of.node, epoch: of.epoch, seq: of.seq };
  return past.say('AdmissionAnnulled', { original, ticketId, gateId, people, businessDate, reason: 'undo' });
};
const sale = (past: Past, fill: number, quantity: number, actor = 'staff:a') => {
  const body = {
    saleId: id(fill),
    number: `1-${fill}`,
    shiftId: id(200),
    businessDate: TODAY,
    currency: 'KGS',
    lines: [lineOf(quantity)],
    totalMinor: 400 * quantity,
    payments: [{ method: 'cash' as const, amountMinor: 400 * quantity, tenderedMinor: 400 * quantity, changeMinor: 0 }],
    leaseUses: [{ leaseId: id(201), date: TODAY, slot: 'day', places: quantity }],
  };
  return past.say('SaleCompleted', body, 1000, actor);
};
const lineOf = (quantity: number) => ({
  productId: 'day',
  unitId: 'adult',
  quantity,
  unitPriceMinor: 400,
  totalMinor: 400 * quantity,
  date: TODAY,
  slot: 'day',
  placesEach: 1,
});
const issued = (past: Past, ticket: number, flags = 9) =>
  past.say('TicketIssued', {
    ticketId: id(ticket),
    saleId: id(10),
    productId: 'day',
    party: [{ unitId: 'adult', count: 1 }],
    parks: [past.park],
    date: TODAY,
    slot: 'day',
    issuedMs: 1000,
    notBeforeMs: 1000,
    expiresMs: 2000,
    kid: '0'.repeat(16),
    flags,
    code: `SG1:${'0'.repeat(20)}`,
  });
const decided = (hq: Past, past: Past, at: number, accepted: boolean) => {
  const event = past.events[at - 1];
  if (!event) throw new Error('no such event');
  const { node, epoch, seq, hash } = event;
  return hq.say('FactDecided', { original: { node, epoch, seq, hash }, accepted, reason: '' });
};
const enrolled = (hq: Past, kiosk: NodeId) => {
  const publicKey = crypto.publicKeyOf(seeds[kiosk] ?? new Uint8Array());
  const keyId = crypto.sha256Hex(publicKey).slice(0, 16);
  const key = { publicKey: bytesToBase64url(publicKey), keyId };
  return hq.say('KioskEnrolled', { kiosk, kioskEpoch: 1, name: 'G', role: 'gate', gateId: 'main', ...key });
};

const [BY_SEQ, BY_EPOCH] = ['a'.repeat(16), 'b'.repeat(16)];
const REVOKED_TWICE = [
  [BY_SEQ, 1, 10],
  [BY_SEQ, 1, 9],
  [BY_EPOCH, 2, 5],
  [BY_EPOCH, 1_763_000_000_000, 1],
] as const;

/** A park in which one gate has two pasts, and others recorded the lost one again, some of it twice. */
function busyLog(park: ParkId): readonly Event[] {
  const hq = new Past(park, hqNodeOf(park));
  const [gate, other, third] = [new Past(park, GATE), new Past(park, OTHER), new Past(park, THIRD)];
  for (const kiosk of [GATE, OTHER, THIRD]) enrolled(hq, kiosk);
  hq.say('CapacitySet', { date: TODAY, slot: 'day', places: 100, reason: '' });
  hq.say('CapacitySet', { date: TODAY, slot: 'day', places: 90, reason: '' });
  // Between the gate's sales by its clock; and once more a little later, by an HQ that did not know it: the first word holds.
  hq.say('KioskRevoked', { kiosk: GATE, kioskEpoch: 1, reason: 'lost' }, 998);
  hq.say('KioskRevoked', { kiosk: GATE, kioskEpoch: 1, reason: 'gone' }, 998);
  hq.say('KioskRevoked', { kiosk: THIRD, kioskEpoch: 1, reason: 'lost' }, 980);
  const common = admitted(gate, 1);
  admitted(gate, 2);
  const lost = gate.fork(2);
  admitted(gate, 3, 5);
  sale(gate, 10, 2);
  sale(gate, 13, 3);
  sale(gate, 14, 4);
  gate.say('CashMoved', { shiftId: id(200), amountMinor: 11, reason: 'bank' }, 1000, 'staff:\u0000');
  const inFork = admitted(lost, 4, 3);
  annulled(lost, inFork);
  annulled(lost, common);
  sale(lost, 11, 1);
  lost.say('CashMoved', { shiftId: id(200), amountMinor: -300, reason: 'bank' });
  // The lost past, recorded whole by one and in part by two; and something that stands in its stream all the same.
  lost.recoveredBy(other, 3, 4, 3);
  lost.recoveredBy(other, 5, 7, 3);
  lost.recoveredBy(third, 5, 7, 3);
  gate.recoveredBy(third, 3, 5, 3);
  // Another claims that the lost past began later: its name for it is another.
  lost.recoveredBy(third, 5, 7, 5);
  // Two pasts have a sale in one place: one word is about the one, another about the other, and the newest holds.
  decided(hq, gate, 6, false);
  decided(hq, lost, 6, false);
  decided(hq, lost, 6, true);
  // The other past has tickets too; one of them stands in the stream as well, where somebody recorded it again.
  issued(gate, 60);
  gate.recoveredBy(third, gate.events.length, gate.events.length, 3);
  issued(lost, 61);
  issued(lost, 60, 0);
  lost.recoveredBy(other, 8, 9, 3);
  lost.recoveredBy(third, 8, 9, 8);
  // In one run something that HQ alone says, something odd, and a ticket: that one goes in.
  lost.say('CapacitySet', { date: TODAY, slot: 'day', places: 1, reason: '' });
  lost.say('CashMoved', { shiftId: id(200), amountMinor: 0.5, reason: '' });
  issued(lost, 62);
  lost.recoveredBy(other, 10, 12, 3);
  // Of this one's money nothing names it in a read model, and it waits all the same.
  sale(third, 15, 6, 'staff:\u0000');
  // Two writers, one sale number and one ticket: a row stays, the same everywhere.
  sale(other, 10, 7);
  sale(other, 12, 1);
  admitted(other, 1, 1, 900);
  other.say('TicketVoided', { ticketId: id(1), reason: '' });
  other.say('CashMoved', { shiftId: id(200), amountMinor: 5, reason: 'a\u0000b' });
  other.say('ShiftClosed', {
    shiftId: id(200),
    currency: 'KGS',
    countedMinor: 0,
    expectedMinor: 0,
    differenceMinor: 0,
    salesCount: 0,
    denominations: [],
    reason: 'a\u0000b',
  });
  // HQ that had lost its word said it again of a later place, with more digits: the earlier place holds.
  for (const [kid, epoch, lastSeq] of REVOKED_TWICE) {
    hq.say('SigningKeyRevoked', { kid, epoch, lastSeq, reason: 'stolen' });
  }
  return [...hq.events, ...gate.events, ...other.events, ...third.events];
}

type State = Readonly<Record<string, readonly string[]>>;
const TABLE_NAMES = Object.keys(TABLES) as readonly TableName[];

const linesOf = (table: TableName, rows: readonly Row[]): readonly string[] =>
  rows.map((row) => JSON.stringify(columnsOf(table).map((column) => String(row[column] ?? 'null')))).sort();

const QUARANTINE = 'select read_model, key, node, epoch, seq from quarantine';
const quarantineLines = (rows: readonly Row[]): readonly string[] =>
  rows.map((row) => JSON.stringify(Object.values(row))).sort();

/**
 * The rows of a kiosk that met the events in this order, each with its stream's other events in whatever place.
 * @param pages so many at a time
 * @param anew then the whole log is folded anew
 */
function stateAtKiosk(events: readonly Event[], park: ParkId, { pages = 1, anew = false } = {}): State {
  const folder = mkdtempSync(join(tmpdir(), 'skygate-rows-'));
  const database = openDatabase(join(folder, 'kiosk.sqlite'));
  try {
    const stored = createStoredEvents(database, { crypto, park: () => park });
    const projection = createProjection(database, { crypto, events: stored });
    database.transaction(() => {
      for (let start = 0; start < events.length; start += pages) {
        const page = events.slice(start, start + pages);
        for (const event of page) stored.insert(stored.streamOf(event), event, null);
        projection.projectForeign(page);
      }
      if (anew) refoldLog(database, { crypto, park, key: nodeKeyFrom(crypto, new Uint8Array(32)), folder });
    })();
    const rowsOf = (sql: string): Row[] => database.prepare<[], Row>(sql).all();
    return {
      ...Object.fromEntries(TABLE_NAMES.map((table) => [table, linesOf(table, rowsOf(`select * from ${table}`))])),
      quarantine: quarantineLines(rowsOf(QUARANTINE)),
    };
  } finally {
    database.close();
    rmSync(folder, { recursive: true });
  }
}

/** The rows of a server with the events at these positions, folded in pages of these sizes. */
async function stateAtServer(
  opened: OpenedDatabase,
  events: readonly Event[],
  park: ParkId,
  pages: number,
): Promise<State> {
  const { database } = opened;
  const run = (sql: string, values: readonly unknown[]) =>
    database.kysely.executeQuery<Row>(CompiledQuery.raw(sql, [...values]));
  await run("insert into parks (park, head, log_id, people_revision, created_ms) values ($1, 0, 'l', 0, 0)", [park]);
  await run('insert into projection_cursors (park, position) values ($1, 0)', [park]);
  for (const kiosk of [GATE, OTHER, THIRD]) {
    const key = bytesToBase64url(crypto.publicKeyOf(seeds[kiosk] ?? new Uint8Array()));
    await run(
      `insert into nodes (park, node, epoch, role, name, gate_id, number, public_key, key_id, signing_public_key, state,
         head_hash, head_hlc, app_version, enrolled_ms)
       values ($1, $2, 1, 'gate', 'G', 'main', 1, $3, '', '', 'open', '', '', '', 0)`,
      [park, kiosk, key],
    );
  }
  const documents = createDocumentStore({ crypto });
  for (const [index, event] of events.entries()) {
    const { node, epoch, seq, hlc, wallMs, trust, version, body, bodyHash, hash } = event;
    const { type, subject, cause, actor } = storableWords(event);
    const exact = JSON.stringify([event.type, event.subject, event.cause, event.actor]);
    await run(
      `insert into events (park, node, epoch, seq, position, hlc, wall_ms, trust, type, version, subject, cause, actor,
         body, body_hash, hash, exact_words, received_ms)
       values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,0)`,
      [
        park,
        node,
        epoch,
        seq,
        index + 1,
        hlc,
        wallMs,
        trust,
        type,
        version,
        subject,
        cause,
        actor,
        canonicalJson(body),
        bodyHash,
        hash,
        exact,
      ],
    );
    await run('update parks set head = $2 where park = $1', [park, index + 1]);
    if ((index + 1) % pages !== 0 && index + 1 < events.length) continue;
    await withTransaction(opened, { timeoutMs: 30_000 }, (tx) => catchUp({ crypto, documents }, tx, park));
  }
  const state: Record<string, readonly string[]> = {};
  for (const table of TABLE_NAMES) {
    const { rows } = await run(`select * from ${table} where park = $1`, [park]);
    state[table] = linesOf(table, rows);
  }
  state['quarantine'] = quarantineLines((await run(`${QUARANTINE} where park = $1`, [park])).rows);
  return state;
}

let parks = 0;
const newPark = (): ParkId => {
  parks += 1;
  return `park-${parks}` as ParkId;
};

describe('one log folds to the same rows', () => {
  const inOrder = stateAtKiosk(busyLog('park-0' as ParkId), 'park-0' as ParkId);

  it('E6: what was recovered counts once, in its fork, and stands in its stream where it stands', () => {
    const facts = inOrder['ticket_facts'] ?? [];
    expect(facts.filter((line) => line.includes(id(4)))).toHaveLength(2);
    expect(inOrder['gate_totals']?.[0]).toContain('"8"'); // 2 + 2 + 5 + 1, and 3 of the fork less the 3 + 2 it took back
    // Of both pasts, in one of them what was recovered as well.
    const waiting = (inOrder['withheld_facts'] ?? []).map((line) => JSON.parse(line));
    const places = waiting.map(([, node, , , seq, fork]) => `${node} ${seq} ${fork === '' ? 'stands' : 'in a fork'}`);
    expect(places.sort()).toEqual([
      `${GATE} 5 stands`,
      `${GATE} 6 stands`,
      `${GATE} 7 in a fork`,
      `${GATE} 7 stands`,
      `${THIRD} 6 stands`,
    ]);
    expect(inOrder['sales']?.some((line) => line.includes(id(11)))).toBe(true);
    expect(inOrder['quarantine']?.filter((line) => line.includes('shift_closings'))).toHaveLength(1);
  });

  it('E6, T1: a ticket that stands in its stream is not known from a fork, whatever a fork says of it', () => {
    const tickets = (inOrder['tickets'] ?? []).map((line) => JSON.parse(line));
    expect(tickets.map(([, ticket, forked]) => [ticket, forked])).toEqual([
      [id(60), '0'],
      [id(61), '1'],
      [id(62), '1'],
    ]);
    // Beside the last one stood what HQ alone may say.
    expect(inOrder['capacity']?.map((line) => JSON.parse(line)[3])).toEqual(['90']);
  });

  it('T1, S7: of two revocations of one key the one up to the earlier place holds, as numbers go', () => {
    const rows = (inOrder['signing_key_revocations'] ?? []).map((line) => JSON.parse(line).slice(1, 4));
    expect(rows).toEqual([
      [BY_SEQ, '1', '9'],
      [BY_EPOCH, '2', '5'],
    ]);
  });

  it('S7: at a kiosk, in any order of arrival and in pages of any size, and folded anew, recovered events, clashing keys and revocations among them', () => {
    const park = 'park-0' as ParkId;
    const events = busyLog(park);
    const order = fc.shuffledSubarray([...events], { minLength: events.length });
    fc.assert(
      fc.property(order, fc.integer({ min: 1, max: events.length }), fc.boolean(), (shuffled, pages, anew) => {
        expect(stateAtKiosk(shuffled, park, { pages, anew })).toEqual(inOrder);
      }),
      { numRuns: 20 },
    );
  }, 120_000);

  describe.each(Object.entries(DATABASES))('at a server on %s', (_name, open) => {
    let opened: OpenedDatabase;
    beforeAll(async () => {
      opened = await open();
    }, 60_000);
    afterAll(async () => {
      await opened?.close();
    });

    it('S7: in any order of arrival and in pages of any size, as at a kiosk', async () => {
      const count = busyLog('park-0' as ParkId).length;
      const order = fc.shuffledSubarray([...Array(count).keys()], { minLength: count });
      await fc.assert(
        fc.asyncProperty(order, fc.integer({ min: 1, max: count }), async (places, pages) => {
          const park = newPark();
          const events = busyLog(park);
          const shuffled = places.flatMap((place) => events[place] ?? []);
          const state = await stateAtServer(opened, shuffled, park, pages);
          expect(state).toEqual(stateAtKiosk(events, park));
        }),
        { numRuns: 8 },
      );
    }, 120_000);
  });
});

import * as nodeCrypto from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Event } from '../events/envelope.ts';
import { bytesToBase64url } from '../lib/bytes.ts';
import type { NodeId, ParkId } from '../lib/ids.ts';
import type { Json } from '../lib/json.ts';
import { CHAIN_START, chainEvent, nodeKeyFrom, sealHead, type UnchainedEvent } from '../sync/chain.ts';
import { hlcOf } from '../sync/hlc.ts';
import { type Fork, recoveryDrafts } from '../sync/recovery.ts';
import { cryptoFromNode } from '../testing/crypto-from-node.ts';
import { memoryTables } from '../testing/memory-tables.ts';
import type { Question } from './ask.ts';
import { foldEvent } from './fold-event.ts';
import type { Row } from './row-change.ts';

const crypto = cryptoFromNode(nodeCrypto);
const key = nodeKeyFrom(crypto, new Uint8Array(32).fill(3));
const PARK = 'ala-too' as ParkId;
const GATE = 'k-0000000000000001' as NodeId;
const ADMITTED = { ticketId: '0123456789ABCDEF', gateId: 'main', people: 3, businessDate: '2026-11-21' };

function eventOf(node: NodeId, seq: number, type: string, body: Event['body'], prev: string): Event {
  const place = { park: PARK, node, epoch: 1, seq, hlc: hlcOf(seq, 0), wallMs: seq };
  const words = { trust: 'server', type, version: 1, subject: 'x', cause: null, actor: 'staff:a', body } as const;
  return chainEvent(crypto, { ...place, ...words } as UnchainedEvent, prev);
}

/** A gate's two events of a past that parted at seq 2: it let three in, and took two of them back. */
const first = eventOf(GATE, 2, 'TicketAdmitted', { ...ADMITTED, verdict: 'admit', silentGates: [] }, 'a'.repeat(64));
const original = { node: GATE, epoch: 1, seq: 2 };
const undone = { ...ADMITTED, people: 2, original, reason: 'undo' };
const second = eventOf(GATE, 3, 'AdmissionAnnulled', undone, first.hash);
const seal = sealHead(crypto, key, second);

function recordedBy(node: string, events: readonly Event[], fork: Fork): Event {
  const [draft] = recoveryDrafts({ events, seal }, fork);
  const body = JSON.parse(JSON.stringify(draft?.body)) as Record<string, Json>;
  return eventOf(node as NodeId, 1, 'EventRecovered', body, CHAIN_START);
}

const whole = recordedBy('k-0000000000000002', [first, second], { from: 2, hash: first.hash });
/** The second alone, of a fork that nobody can look up: as if it parted at another hash. */
const alone = (hash: string): Event => recordedBy('k-0000000000000003', [second], { from: 2, hash });

/** The tables after these events came in one after the other; the gate's own come in its stream. */
function tablesAfter(events: readonly Event[]) {
  const tables = memoryTables(crypto);
  const standing = new Map<number, string>();
  const answer = (question: Question): unknown => {
    if (question.ask === 'all') return question.questions.map(answer);
    if (question.ask === 'key') return bytesToBase64url(crypto.publicKeyOf(key.privateKey));
    if (question.ask === 'standing') return standing.get(question.seq) ?? null;
    if (question.ask !== 'rows') throw new Error(`a fold does not ask for ${question.ask}`);
    const isMeant = (row: Row): boolean => Object.entries(question.where).every(([name, cell]) => row[name] === cell);
    return tables.rows(question.table).filter(isMeant);
  };
  for (const event of events) {
    const fold = foldEvent(event, { crypto });
    let step = fold.next();
    while (!step.done) step = fold.next(answer(step.value));
    expect(step.value.problems).toEqual([]);
    tables.apply(step.value.changes);
    if (event.node === GATE) standing.set(event.seq, event.hash);
  }
  const cells = ({ seq = null, fork = null, original_fork = null }: Row) => [seq, fork, original_fork];
  return {
    facts: tables.rows('ticket_facts').map(cells),
    names: tables
      .rows('recovered_events')
      .map(({ seq, fork }) => [seq, fork])
      .sort(),
    admitted: tables.rows('gate_totals').map((row) => row['admitted']),
  };
}

const ordersOf = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  items.length < 2
    ? [items]
    : items.flatMap((item) => ordersOf(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));

describe('E6: what was recorded again', () => {
  const name = first.hash.slice(0, 16);

  it('is folded once, in its fork, and points at its own past there', () => {
    const folded = {
      facts: [
        [2, name, null],
        [3, name, name],
      ],
      names: [
        [2, name],
        [3, name],
      ],
      admitted: [1],
    };
    expect(tablesAfter([whole])).toEqual(folded);
    expect(tablesAfter([whole, whole])).toEqual(folded);
  });

  it.each(['0'.repeat(64), 'f'.repeat(64)])(
    'S7: by two of them, it has the smaller name and is in each sum once, whoever is heard of first: %s',
    (hash) => {
      const smaller = [name, hash.slice(0, 16)].sort()[0];
      for (const order of ordersOf([whole, alone(hash)])) {
        expect(tablesAfter(order)).toEqual({
          facts: [
            [2, name, null],
            [3, smaller, smaller],
          ],
          names: [
            [2, name],
            [3, smaller],
          ],
          admitted: [1],
        });
      }
    },
  );

  it.each(['0'.repeat(64), 'f'.repeat(64)])(
    'S7: stands in its stream where that has it too, whatever comes first: %s',
    (hash) => {
      for (const order of ordersOf([whole, alone(hash), first])) {
        const { facts, admitted } = tablesAfter(order);
        const smaller = [name, hash.slice(0, 16)].sort()[0];
        expect(facts.toSorted()).toEqual([
          [2, '', null],
          [3, smaller, smaller],
        ]);
        expect(admitted).toEqual([1]);
      }
    },
  );
});

import type { KnownEvent } from '../events/catalogue.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { Row, RowChange } from './row-change.ts';
import type { TableName } from './tables.ts';
import { placeOf } from './ticket-fact.ts';

type EventOf<Type extends KnownEvent['type']> = Extract<KnownEvent, { readonly type: Type }>;
type HqEvent = EventOf<
  | 'KioskEnrolled'
  | 'KioskRevoked'
  | 'SigningKeyPublished'
  | 'SigningKeyRevoked'
  | 'StaffChanged'
  | 'DocumentChanged'
  | 'CapacitySet'
  | 'EpochClosed'
  | 'FactDecided'
  | 'DocumentPublished'
  | 'CaseClosed'
  | 'TextErased'
>;

/** Kiosks, keys, capacity and documents: what HQ decides, and document changes from wherever they come. */
export function projectHq(event: HqEvent): readonly RowChange[] {
  switch (event.type) {
    case 'KioskEnrolled':
      return [insert(event, 'kiosks', kioskCells(event))];
    case 'KioskRevoked': {
      const { kiosk, kioskEpoch, reason } = event.body;
      const cells = { node: kiosk, epoch: kioskEpoch, reason, hlc: event.hlc, revoked_ms: event.wallMs };
      return [insert(event, 'kiosk_revocations', cells)];
    }
    case 'SigningKeyPublished':
      return [insert(event, 'signing_keys', keyCells(event))];
    case 'SigningKeyRevoked': {
      const { kid, epoch, lastSeq, reason } = event.body;
      const cells = { kid, holder_epoch: epoch, last_seq: lastSeq, reason, revoked_ms: event.wallMs };
      return [insert(event, 'signing_key_revocations', cells)];
    }
    case 'StaffChanged':
      return []; // people are rows beside the log (P1)
    case 'DocumentChanged':
      return [insert(event, 'document_changes', documentCells(event))];
    case 'CapacitySet':
      return [capacityRow(event)];
    case 'EpochClosed':
      return [insert(event, 'epoch_closings', closingCells(event))];
    case 'FactDecided':
      return [decisionRow(event)];
    case 'DocumentPublished':
      return [publicationRow(event)];
    case 'CaseClosed': {
      const { caseId, ticketId, outcome, reason } = event.body;
      const cells = { case_id: caseId, ticket_id: ticketId, outcome, reason };
      return [insert(event, 'case_closings', { ...cells, actor: event.actor, closed_ms: event.wallMs })];
    }
    case 'TextErased': {
      const { text, why } = event.body;
      return [insert(event, 'erased_texts', { name: text, why, actor: event.actor, erased_ms: event.wallMs })];
    }
  }
}

/**
 * An event's place in the order that every node shares (S7), as one text that sorts like it. Compare it by code
 * point: in PostgreSQL with `collate "C"`.
 */
export const changeOrder = ({ hlc, node, epoch, seq }: KnownEvent): string =>
  `${hlc} ${node} ${sortable(epoch)} ${sortable(seq)}`;

const sortable = (value: number): string => value.toString().padStart(16, '0');

const capacityRow = (event: EventOf<'CapacitySet'>): RowChange => ({
  op: 'latest',
  table: 'capacity',
  key: { park: event.park, date: event.body.date, slot: event.body.slot },
  order: changeOrder(event),
  values: { places: event.body.places },
});

function kioskCells({ body, wallMs }: EventOf<'KioskEnrolled'>): Row {
  const { kiosk, kioskEpoch, name, role, gateId, publicKey, keyId } = body;
  return {
    node: kiosk,
    epoch: kioskEpoch,
    name,
    role,
    gate_id: gateId,
    public_key: publicKey,
    key_id: keyId,
    enrolled_ms: wallMs,
  };
}

function keyCells({ body }: EventOf<'SigningKeyPublished'>): Row {
  const { kid, publicKey, holder, holderEpoch, parks, notBeforeMs, notAfterMs } = body;
  return {
    kid,
    public_key: publicKey,
    holder,
    holder_epoch: holderEpoch,
    parks: canonicalJson(parks),
    not_before_ms: notBeforeMs,
    not_after_ms: notAfterMs,
  };
}

function documentCells(event: EventOf<'DocumentChanged'>): Row {
  const { documentId, changeHash, change, about, generation } = event.body;
  return {
    document_id: documentId,
    change_hash: changeHash,
    ...placeOf(event),
    hlc: event.hlc,
    wall_ms: event.wallMs,
    actor: event.actor,
    about,
    change,
    generation,
  };
}

function closingCells({ body, wallMs }: EventOf<'EpochClosed'>): Row {
  const { kiosk, kioskEpoch, lastSeq, lastHash, reason } = body;
  return { node: kiosk, epoch: kioskEpoch, last_seq: lastSeq, last_hash: lastHash, reason, closed_ms: wallMs };
}

function decisionRow(event: EventOf<'FactDecided'>): RowChange {
  const { original, accepted, reason } = event.body;
  const { node, epoch, seq, hash } = original;
  return {
    op: 'latest',
    table: 'fact_decisions',
    key: { park: event.park, node, epoch, hash },
    order: changeOrder(event),
    values: { seq, accepted: accepted ? 1 : 0, reason, actor: event.actor, decided_ms: event.wallMs },
  };
}

const publicationRow = (event: EventOf<'DocumentPublished'>): RowChange => ({
  op: 'latest',
  table: 'document_publications',
  key: { park: event.park, document_id: event.body.documentId, generation: event.body.generation },
  order: changeOrder(event),
  values: {
    heads: canonicalJson(event.body.heads),
    state_hash: event.body.stateHash,
    changes: event.body.changes,
    published_ms: event.wallMs,
    actor: event.actor,
  },
});

const insert = (event: HqEvent, table: TableName, cells: Row): RowChange => ({
  op: 'insert',
  table,
  row: { park: event.park, ...cells },
});

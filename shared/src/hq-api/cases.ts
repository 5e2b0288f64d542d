import Type from 'typebox';
import { CASE_KINDS } from '../domain/case/fold.ts';
import { partyField } from '../domain/ticket/events.ts';
import { TRUST_LEVELS } from '../events/envelope.ts';
import {
  dateField,
  epochField,
  hashField,
  hlcField,
  idField,
  nodeField,
  seqField,
  wallMsField,
} from '../events/fields.ts';
import { shownText } from './texts.ts';

const nullable = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const CASE_OUTCOMES = ['accepted', 'fraud', 'staff_mistake', 'technical'] as const;
export type CaseOutcome = (typeof CASE_OUTCOMES)[number];

export const CASES_PER_PAGE_MAX = 100;

/** `GET /parks/:park/cases`: newest first. */
export const casesQuery = Type.Object(
  {
    state: Type.Optional(Type.Enum(['open', 'closed'])),
    /** The `next` of the page before. */
    after: Type.Optional(Type.String({ pattern: '^[0-9a-f]{16}[.][0-9a-f]{64}$' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: CASES_PER_PAGE_MAX })),
  },
  { additionalProperties: false },
);

const closingItem = Type.Object({
  outcome: Type.Enum(CASE_OUTCOMES),
  reason: shownText,
  actor: Type.String(),
  /** What people call the actor; null for whom nobody knows any more. */
  actorName: nullable(Type.String()),
  closedMs: wallMsField,
});

/** An admission that stands, and that a person looks at (T3, T5). */
export const caseItem = Type.Object({
  caseId: hashField,
  kind: Type.Enum(CASE_KINDS),
  ticketId: idField,
  /** Null if the ticket's issue has not come here. */
  productId: nullable(Type.String()),
  gateId: Type.String(),
  /** What people call the kiosk that admitted. */
  kiosk: Type.String(),
  /** By the kiosk's own wall clock. */
  atMs: wallMsField,
  businessDate: dateField,
  people: Type.Integer({ minimum: 1 }),
  closing: nullable(closingItem),
});
export type CaseItem = Type.Static<typeof caseItem>;

export const casesAnswer = Type.Object({
  cases: Type.Array(caseItem),
  /** Cases nobody has closed, in all. */
  open: Type.Integer({ minimum: 0 }),
  /** For the next page; null on the last. */
  next: nullable(Type.String()),
});
export type CasesAnswer = Type.Static<typeof casesAnswer>;

/** `GET /cases/open`: how many cases wait in each park. */
export const openCasesAnswer = Type.Object({
  parks: Type.Array(Type.Object({ park: Type.String(), open: Type.Integer({ minimum: 0 }) })),
});
export type OpenCasesAnswer = Type.Static<typeof openCasesAnswer>;

/** One thing that happened to the ticket, in the order that all nodes share. */
export const caseScan = Type.Object({
  node: nodeField,
  epoch: epochField,
  seq: seqField,
  /** Not empty where a lost past was recorded again (E6). */
  fork: Type.String(),
  kind: Type.Enum(['admitted', 'overridden', 'annulled', 'exited', 'refused', 'voided', 'blocked']),
  /** The case that this admission is; null if it stands unquestioned. */
  caseId: nullable(hashField),
  kiosk: Type.String(),
  gateId: nullable(Type.String()),
  people: Type.Integer({ minimum: 0 }),
  /** `admit`, `provisional` or the reason of a refusal; null where it says nothing. */
  verdict: nullable(Type.String()),
  trust: Type.Enum(TRUST_LEVELS),
  hlc: hlcField,
  atMs: wallMsField,
  /** When HQ received it; null for a past that was recorded again. */
  receivedMs: nullable(wallMsField),
  /** How far the kiosk's clock was ahead of the server's, by its last word before that (H1); null if not known. */
  skewMs: nullable(Type.Integer()),
  /** Gates whose admissions the kiosk could not know when it decided. */
  silentGates: Type.Array(Type.String()),
  actor: Type.String(),
  /** Its people had not left since their last entry: a note, no case. */
  reentered: Type.Boolean(),
});
export type CaseScan = Type.Static<typeof caseScan>;

/** `GET /parks/:park/cases/:caseId` */
export const caseAnswer = Type.Object({
  case: caseItem,
  party: partyField,
  entriesAllowed: Type.Integer({ minimum: 1 }),
  /** What was paid for the ticket; null if it was not sold, or its sale is not here. */
  stake: nullable(Type.Object({ amountMinor: Type.Integer(), currency: Type.String(), sale: Type.String() })),
  scans: Type.Array(caseScan),
  serverMs: wallMsField,
});
export type CaseAnswer = Type.Static<typeof caseAnswer>;

/** `POST /parks/:park/cases/:caseId/close` */
export const closeCaseBody = Type.Object(
  { outcome: Type.Enum(CASE_OUTCOMES), reason: Type.String({ minLength: 1, maxLength: 500 }) },
  { additionalProperties: false },
);
export type CloseCaseBody = Type.Static<typeof closeCaseBody>;

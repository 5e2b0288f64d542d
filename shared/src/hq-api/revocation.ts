import Type from 'typebox';
import { currencyField, epochField, hashField, nodeField, seqField, wallMsField } from '../events/fields.ts';
import { shownText } from './texts.ts';

const nullable = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const wholeField = Type.Integer({ minimum: 0 });

/** `GET /parks/:park/kiosks/:node/revocation`: what revoking a kiosk would do, or what it did (X4). */
export const revocationAnswer = Type.Object({
  node: nodeField,
  epoch: epochField,
  name: Type.String(),
  role: Type.Enum(['gate', 'till']),
  /** Null while it is not revoked. */
  revoked: nullable(Type.Object({ atMs: wallMsField, reason: shownText })),
  /** When it said that it had delivered everything and erased its data; null if it has not. */
  wipedMs: nullable(wallMsField),
  contactMs: nullable(wallMsField),
  /** Events of it that are here: what its ticket key signed up to this place stays good (T1). */
  received: wholeField,
  /** Events it said it still keeps, when it last said so; null if it never did. */
  waiting: nullable(wholeField),
  toldMs: nullable(wallMsField),
  /** Places it may still sell without asking, by its leases. */
  leasedPlaces: wholeField,
  /** Tickets its keys signed that are known here: they stay good. */
  ticketsSigned: wholeField,
  /** Keys of it that sign and would be revoked. */
  liveKeys: wholeField,
  hasOpenShift: Type.Boolean(),
  serverMs: wallMsField,
});
export type RevocationAnswer = Type.Static<typeof revocationAnswer>;

/** `POST /parks/:park/kiosks/:node/revoke` */
export const revokeBody = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 500 }) },
  { additionalProperties: false },
);
export type RevokeBody = Type.Static<typeof revokeBody>;

export const FACTS_PER_PAGE = 100;
export const FACTS_DECIDED_MAX = 200;

/** Where a page of facts ends: the place and hash of its last one. */
const factCursor = Type.String({ pattern: '^[1-9][0-9]{0,15}-[0-9a-f]{64}$' });

export const factsQuery = Type.Object(
  { after: Type.Optional(factCursor), epoch: Type.Optional(epochField) },
  { additionalProperties: false },
);

/** What a kiosk wrote after it was revoked. */
export const factItem = Type.Object({
  /** Names it: in its place another past may have another one (E6). */
  hash: hashField,
  seq: seqField,
  /** It does not stand in the kiosk's stream, but was recorded again: its disk had been copied or put back. */
  isFork: Type.Boolean(),
  type: Type.String(),
  subject: Type.String(),
  actor: Type.String(),
  /** What people call the actor; null for the kiosk itself, and for whom nobody knows any more. */
  actorName: nullable(Type.String()),
  /** By the kiosk's own clock. */
  atMs: wallMsField,
  receivedMs: wallMsField,
  amountMinor: nullable(Type.Integer()),
  currency: nullable(currencyField),
  /**
   * `counts`: it is no money, and counted at once; `waiting`: out of money until a person accepts it; `accepted`,
   * `rejected`: somebody did.
   */
  state: Type.Enum(['counts', 'waiting', 'accepted', 'rejected']),
  decision: nullable(Type.Object({ reason: shownText, actor: Type.String(), decidedMs: wallMsField })),
});
export type FactItem = Type.Static<typeof factItem>;

/** `GET /parks/:park/kiosks/:node/facts`: in the order of their places; `after` is `next` of the page before. */
export const factsAnswer = Type.Object({
  epoch: epochField,
  facts: Type.Array(factItem),
  /** The sum of what waits, by currency. */
  waiting: Type.Array(Type.Object({ currency: currencyField, amountMinor: Type.Integer(), count: wholeField })),
  /** Movements of cash in and out of the drawer that wait: no takings, so in no sum. */
  waitingMoves: wholeField,
  next: nullable(factCursor),
});
export type FactsAnswer = Type.Static<typeof factsAnswer>;

/** `POST /parks/:park/kiosks/:node/facts`: `hashes` empty for all that wait. */
export const decideFactsBody = Type.Object(
  {
    epoch: epochField,
    hashes: Type.Array(hashField, { maxItems: FACTS_DECIDED_MAX }),
    accepted: Type.Boolean(),
    reason: Type.String({ minLength: 1, maxLength: 500 }),
  },
  { additionalProperties: false },
);
export type DecideFactsBody = Type.Static<typeof decideFactsBody>;

export const decideFactsAnswer = Type.Object({
  decided: wholeField,
  /** How the money of each business day was restated by it. */
  restated: Type.Array(
    Type.Object({ businessDate: Type.String(), currency: currencyField, amountMinor: Type.Integer() }),
  ),
});
export type DecideFactsAnswer = Type.Static<typeof decideFactsAnswer>;

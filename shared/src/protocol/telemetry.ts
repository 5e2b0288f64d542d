import Type from 'typebox';
import { TRUST_LEVELS } from '../events/envelope.ts';
import { epochField, hashField } from '../events/fields.ts';

/** Why a kiosk needs somebody: it writes nothing any more, or the server will not take what it has. */
export const TELEMETRY_PROBLEMS = ['stopped_writing', 'upload_refused'] as const;
/** Since 2. */
export const TELEMETRY_PROBLEMS_V2 = [...TELEMETRY_PROBLEMS, 'clock_untrusted', 'disk_full', 'revoked'] as const;
export type TelemetryProblem = (typeof TELEMETRY_PROBLEMS_V2)[number];

/** While in contact a kiosk speaks about this often, and at once when it begins or ceases to keep events. */
export const TELEMETRY_EVERY_MS = 10_000;

const wholeMs = Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });

/** A state of the catalogue that HQ published. */
const catalogueInUse = Type.Object({ generation: epochField, stateHash: hashField }, { additionalProperties: false });
export type CatalogueInUse = Type.Static<typeof catalogueInUse>;

/** `POST /sync/telemetry` (S5): how a kiosk is. No event: it may be lost, and the newest word replaces the one before. */
export const telemetryRequest = Type.Object(
  {
    /** Own events that the server has not acknowledged. */
    waiting: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    /** How long the oldest of them has waited, by the kiosk's own clock; null if none waits. */
    oldestWaitingMs: Type.Union([Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), Type.Null()]),
    /** How far the kiosk's clock is ahead of the server's (H1); null if it has not compared them. */
    skewMs: Type.Union([wholeMs, Type.Null()]),
    appVersion: Type.String({ maxLength: 40 }),
    /** Since 2: the newest revision of people that is on the kiosk's disk: how an erasure is confirmed (P1). */
    peopleRevision: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    /** Since 2: which whole list of people that revision is of (`peopleStamp` of a page); null if none. */
    peopleStamp: Type.Optional(Type.Union([Type.String({ maxLength: 100 }), Type.Null()])),
    /** Since 2: how far the kiosk trusts its clock (H2). */
    trust: Type.Optional(Type.Enum(TRUST_LEVELS)),
    /** Since 2: the publication of the catalogue that it goes by (D1); null before its first. */
    catalogue: Type.Optional(Type.Union([catalogueInUse, Type.Null()])),
    /** Since 2: how many event versions its program knows: fewer than the server's, and it is the older one. */
    knownEvents: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    problem: Type.Union([Type.Enum(TELEMETRY_PROBLEMS_V2), Type.Null()]),
  },
  { additionalProperties: false },
);
export type TelemetryRequest = Type.Static<typeof telemetryRequest>;

export const telemetryResponse = Type.Object({});

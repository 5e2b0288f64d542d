import Type from 'typebox';
import { wordsField } from '../documents/words.ts';
import { dateField, nameField, nodeField, parkField, wallMsField } from '../events/fields.ts';

const wholeField = Type.Integer();

/** `ok`: heard within 10 s; `silent`: within 10 min; `lost`: longer ago; `never`: not since it was enrolled. */
export const GATE_STATES = ['ok', 'silent', 'lost', 'never'] as const;
export type GateState = (typeof GATE_STATES)[number];

export const gateNow = Type.Object({
  node: nodeField,
  name: Type.String(),
  gateId: nameField,
  contactAgeMs: Type.Union([wholeField, Type.Null()]),
  state: Type.Enum(GATE_STATES),
});
export type GateNow = Type.Static<typeof gateNow>;

export const salesNow = Type.Object({ currency: Type.String(), amountMinor: wholeField, count: wholeField });
export type SalesNow = Type.Static<typeof salesNow>;

export const BUCKET_MS = 5 * 60_000;
/** Three hours of five minutes. */
export const ENTRY_BUCKETS = 36;

/** What HQ knows of one park now. */
export const parkNow = Type.Object({
  park: parkField,
  name: wordsField,
  timeZone: Type.String(),
  businessDate: dateField,
  /** Today's hours; null on a day it is closed. */
  hours: Type.Union([Type.Object({ opens: Type.String(), closes: Type.String() }), Type.Null()]),
  exitsScanned: Type.Boolean(),
  /** Floored at 0 (T4). Without exit scanning: admitted today. */
  inside: wholeField,
  uncertainty: wholeField,
  admittedToday: wholeField,
  exitedToday: wholeField,
  /** People the park is meant to hold at once; 0 if not stated. */
  insideMax: wholeField,
  /** Places of the day's capacity (C1); null if none is set. */
  capacity: Type.Union([wholeField, Type.Null()]),
  /** Entries per five minutes, oldest first; the last is the bucket that has begun and is not over. */
  entries: Type.Array(wholeField),
  /** When the last bucket began. */
  entriesLastMs: wallMsField,
  gates: Type.Array(gateNow),
  sales: Type.Array(salesNow),
  /** Events that kiosks said they still keep; null if none has said. */
  waiting: Type.Union([wholeField, Type.Null()]),
  /** How old the oldest word in `waiting` is; null if none is. A kiosk out of contact may keep more by now. */
  waitingAgeMs: Type.Union([wholeField, Type.Null()]),
  /** Stored events that could not be folded (S7). */
  quarantined: wholeField,
});
export type ParkNow = Type.Static<typeof parkNow>;

/** `GET /now`, and each message of `GET /now/stream`. */
export const hqNow = Type.Object({
  serverMs: wallMsField,
  parks: Type.Array(parkNow),
  totals: Type.Object({
    inside: wholeField,
    uncertainty: wholeField,
    admittedToday: wholeField,
    sales: Type.Array(salesNow),
    waiting: Type.Union([wholeField, Type.Null()]),
    waitingAgeMs: Type.Union([wholeField, Type.Null()]),
  }),
});
export type HqNow = Type.Static<typeof hqNow>;

/** Sales of a business day that came in after it was over (H2). */
export const lateDay = Type.Object({
  businessDate: dateField,
  currency: Type.String(),
  count: wholeField,
  amountMinor: wholeField,
});
export type LateDay = Type.Static<typeof lateDay>;

/** `GET /parks/:park/day`: people inside at the end of each five minutes, today and on the same weekday last week. */
export const parkDayAnswer = Type.Object({
  businessDate: dateField,
  startsMs: wallMsField,
  endsMs: wallMsField,
  today: Type.Array(Type.Object({ ms: wallMsField, inside: wholeField, entries: wholeField })),
  /** Shifted by seven days, so that both lie over each other. */
  lastWeek: Type.Array(Type.Object({ ms: wallMsField, inside: wholeField })),
  /** Days of the last week that late sales have restated, the newest first; a day once for each currency. */
  late: Type.Array(lateDay),
  /** What their amounts are in. */
  currency: Type.String(),
});
export type ParkDayAnswer = Type.Static<typeof parkDayAnswer>;

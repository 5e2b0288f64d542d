import { denominationCountField } from '@skygate/shared/domain/shift/events';
import { dateField, nameField, nodeField, slotField } from '@skygate/shared/events/fields';
import Type, { type Static, type TSchema } from 'typebox';
import type { KioskApi } from '../../rpc-contract/kiosk-api.ts';

/** Money a person enters or is shown, in minor units (M1). Whether it makes sense is decided behind the rpc. */
const amountField = Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 });
/** More than the largest QR code holds, so that any QR gets a verdict in words and nothing else gets through (X2). */
const scannedTextField = Type.String({ maxLength: 8192 });
/** Printable ASCII: what a hand scanner can be set to type around a code. */
const affixField = Type.String({ maxLength: 8, pattern: '^[\\x20-\\x7e]*$' });
/** Text that a person types: no NUL, which PostgreSQL cannot keep, and no half of a character, which has no hash (E2). */
const TYPED_PATTERN = '^[^\\u0000\\ud800-\\udfff]*$';
const reasonField = Type.String({ maxLength: 300, pattern: TYPED_PATTERN });

const pinField = Type.String({ maxLength: 32, pattern: TYPED_PATTERN });
const commandIdField = Type.String({ pattern: '^[A-Za-z0-9-]{8,64}$' });
const placesField = Type.Integer({ minimum: 1, maximum: 10_000 });

/** A fixed set of members: an unknown one is a mistake, not an extension. */
const object = <Members extends Record<string, TSchema>>(members: Members) =>
  Type.Object(members, { additionalProperties: false });

const saleLineField = object({
  productId: nameField,
  unitId: nameField,
  quantity: Type.Integer({ minimum: 1, maximum: 1000 }),
  date: dateField,
  slot: slotField,
});
const saleLinesField = Type.Array(saleLineField, { maxItems: 100 });
const denominationsField = Type.Array(denominationCountField, { maxItems: 30 });

const productEdit = object({
  productId: nameField,
  change: Type.Union([
    object({
      field: Type.Literal('name'),
      language: Type.Union([Type.Literal('ru'), Type.Literal('ky'), Type.Literal('en')]),
      value: Type.String({ maxLength: 120, pattern: TYPED_PATTERN }),
    }),
    object({ field: Type.Literal('price'), unitId: nameField, priceMinor: amountField }),
  ]),
});

/** What each method of the contract accepts (X2); null where it takes nothing. */
export const ARGUMENT_SCHEMAS = {
  getStatus: null,
  enrol: object({
    serverUrl: Type.String({ minLength: 1, maxLength: 300, pattern: TYPED_PATTERN }),
    code: Type.String({ maxLength: 40, pattern: TYPED_PATTERN }),
  }),
  stopToEnrolAnew: null,
  listStaff: null,
  logIn: object({ staffId: nameField, pin: pinField }),
  logOut: null,
  scan: object({
    text: scannedTextField,
    source: Type.Union([Type.Literal('camera'), Type.Literal('wedge'), Type.Literal('typed')]),
  }),
  undoLast: object({ scanId: Type.String({ minLength: 1, maxLength: 120 }) }),
  overrideRefusal: object({
    scanId: Type.String({ minLength: 1, maxLength: 120 }),
    reason: reasonField,
    supervisor: Type.Union([
      object({ staffId: nameField, pin: Type.String({ maxLength: 32, pattern: TYPED_PATTERN }) }),
      Type.Null(),
    ]),
  }),
  countExit: object({ people: Type.Integer({ minimum: 1, maximum: 1000 }) }),
  setGateMode: object({ mode: Type.Union([Type.Literal('entry'), Type.Literal('exit'), Type.Literal('both')]) }),
  setScanner: object({
    library: Type.Union([Type.Literal('zxing-wasm'), Type.Literal('zxing-js')]),
    cameraId: Type.Union([Type.String({ maxLength: 200 }), Type.Null()]),
    prefix: affixField,
    suffix: affixField,
  }),
  findTicket: object({ query: scannedTextField }),
  getSaleCatalogue: object({ date: Type.Union([dateField, Type.Null()]) }),
  quoteSale: object({ lines: saleLinesField, pastShare: Type.Optional(Type.Boolean()) }),
  completeSale: object({
    commandId: commandIdField,
    lines: saleLinesField,
    tenderedMinor: amountField,
    expectedTotalMinor: amountField,
    pastShare: Type.Optional(object({ staffId: nameField, pin: pinField, reason: reasonField })),
  }),
  listShares: null,
  askForPlaces: object({ date: dateField, slot: slotField, places: placesField }),
  giveShare: object({
    commandId: commandIdField,
    date: dateField,
    slot: slotField,
    places: placesField,
    to: nodeField,
  }),
  listSales: null,
  openShift: object({ floatMinor: amountField, denominations: denominationsField }),
  moveCash: object({
    commandId: commandIdField,
    amountMinor: Type.Integer({ minimum: -1_000_000_000_000, maximum: 1_000_000_000_000 }),
    reason: reasonField,
  }),
  closeShift: object({ denominations: denominationsField, reason: reasonField }),
  listEditableProducts: null,
  editProduct: productEdit,
  getCatalogueHistory: null,
  confirmClock: object({
    entered: Type.Union([
      object({ date: dateField, time: Type.String({ pattern: '^(?:[01]\\d|2[0-3]):[0-5]\\d$' }) }),
      Type.Null(),
    ]),
  }),
  testContact: null,
} as const satisfies Record<keyof KioskApi, TSchema | null>;

export type KioskMethod = keyof KioskApi;

/** The methods whose schema and contract have drifted apart: `never`, or the test beside this does not compile. */
export type DriftedMethod = { [Method in KioskMethod]: Accepts<Method> extends true ? never : Method }[KioskMethod];

type Accepts<Method extends KioskMethod> = (typeof ARGUMENT_SCHEMAS)[Method] extends infer Schema
  ? Schema extends TSchema
    ? Static<Schema> extends Parameters<KioskApi[Method]>[0]
      ? true
      : false
    : Parameters<KioskApi[Method]> extends []
      ? true
      : false
  : false;

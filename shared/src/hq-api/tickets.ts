import Type from 'typebox';
import { partyField } from '../domain/ticket/events.ts';
import { dateField, idField, nameField, slotField } from '../events/fields.ts';

/** Tickets of one call: more are asked for in several. */
export const TICKETS_AT_ONCE_MAX = 10_000;

/** `POST /parks/:park/tickets`: tickets of HQ outside a sale (demo, press, groups), signed by HQ's key (T1). */
export const issueTicketsBody = Type.Object(
  {
    productId: nameField,
    date: dateField,
    slot: slotField,
    tickets: Type.Array(
      Type.Object(
        { party: partyField, count: Type.Integer({ minimum: 1, maximum: TICKETS_AT_ONCE_MAX }) },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: 100 },
    ),
  },
  { additionalProperties: false },
);
export type IssueTicketsBody = Type.Static<typeof issueTicketsBody>;

export const issuedTicketsAnswer = Type.Object({
  tickets: Type.Array(Type.Object({ ticketId: idField, code: Type.String() })),
});
export type IssuedTicketsAnswer = Type.Static<typeof issuedTicketsAnswer>;

/** `POST /parks/:park/tickets/:ticketId/void` (T5). */
export const voidTicketBody = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 500 }) },
  { additionalProperties: false },
);
export type VoidTicketBody = Type.Static<typeof voidTicketBody>;

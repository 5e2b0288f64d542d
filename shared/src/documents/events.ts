import Type from 'typebox';
import { hashField, nameField } from '../events/fields.ts';

/** The largest change a document takes, in bytes before base64url (D1). */
export const CHANGE_BYTES_MAX = 64 * 1024;

export const DOCUMENT_IDS = ['park', 'catalogue'] as const;
export const documentIdField = Type.Enum(DOCUMENT_IDS);
export type DocumentId = (typeof DOCUMENT_IDS)[number];

/** One Automerge change, so that documents share the log's order, audit trail and sync (D1). */
export const documentChangedV1 = Type.Object({
  documentId: documentIdField,
  /** Automerge's own hash of the change. */
  changeHash: hashField,
  /** The change in base64url. */
  change: Type.String({ minLength: 1, maxLength: Math.ceil((CHANGE_BYTES_MAX * 4) / 3) }),
  /** What was edited, for the history: `product:day-ticket`. */
  about: Type.Union([nameField, Type.Null()]),
});
export type DocumentChanged = Type.Static<typeof documentChangedV1>;

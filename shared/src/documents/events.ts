import Type from 'typebox';
import { countField, hashField, nameField } from '../events/fields.ts';

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

/** A document begins anew from its last good state when a change has spoilt it (D1): generation 2, 3 ... */
export const FIRST_GENERATION = 1;
export const generationField = Type.Integer({ minimum: 1, maximum: 1_000_000 });

/** `product:` before a name: longer than a name may be. */
const aboutField = Type.String({ minLength: 1, maxLength: 80, pattern: '^[A-Za-z0-9][A-Za-z0-9._:@-]*$' });

/** Version 1 was always of generation 1, and had no room for the longest names in `about`. */
export const documentChangedV2 = Type.Object({
  ...documentChangedV1.properties,
  about: Type.Union([aboutField, Type.Null()]),
  generation: generationField,
});
export type DocumentChanged = Type.Static<typeof documentChangedV2>;

/** HQ validated this state of a document: it is what gates use (D1). The newest by the order of all nodes holds. */
export const documentPublishedV1 = Type.Object({
  documentId: documentIdField,
  generation: generationField,
  /** Hashes of the newest changes in it, sorted; the state has these and all that they build on, and nothing else. */
  heads: Type.Array(hashField, { minItems: 1, maxItems: 100 }),
  /** SHA-256 of the state's canonical JSON. */
  stateHash: hashField,
  /** Changes in it, for people. */
  changes: countField,
});
export type DocumentPublished = Type.Static<typeof documentPublishedV1>;

import Type from 'typebox';
import { textNameField } from '../../events/fields.ts';

/** Why a text that somebody typed was erased: from a list, so that the answer cannot itself need erasing. */
export const TEXT_ERASURE_REASONS = ['personal_data', 'asked_for', 'offensive', 'mistake'] as const;
export type TextErasureReason = (typeof TEXT_ERASURE_REASONS)[number];

/**
 * HQ erased what somebody typed (E5): whoever holds the words of this name destroys them. The events that name it stay as
 * they are, and their chain and seals still verify (E2).
 */
export const textErasedV1 = Type.Object({ text: textNameField, why: Type.Enum(TEXT_ERASURE_REASONS) });
export type TextErased = Type.Static<typeof textErasedV1>;

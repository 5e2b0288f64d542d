import { TELEMETRY_EVERY_MS } from '@skygate/shared/protocol/telemetry';

/** A kiosk in contact speaks every ten seconds; one such word may be lost. */
const FRESH_MS = 3 * TELEMETRY_EVERY_MS;

/** Whether a kiosk's word about itself is too old to pass for how it is now. */
export const isOldWord = (ageMs: number | null): boolean => ageMs !== null && ageMs > FRESH_MS;

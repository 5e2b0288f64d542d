/**
 * Grows with every change to what events fold to. What an older program put aside is tried again by a newer one (S7), and
 * state hashes are compared only where it is the same.
 */
export const PROJECTION_VERSION = 3;

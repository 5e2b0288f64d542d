/** Somebody's own words as this kiosk can show them, or why it cannot (E5). */
export type TypedText =
  | { readonly state: 'here'; readonly text: string }
  /** HQ erased them. */
  | { readonly state: 'erased' }
  /** They were typed elsewhere or long ago, and do not travel to kiosks. */
  | { readonly state: 'not_here' };

/** Where to enrol, and with which code. */
export interface EnrolmentInput {
  readonly serverUrl: string;
  readonly code: string;
}

const PREFIX = /^skygate-enrol:([^@]+)@(https?:\/\/.+)$/i;

/** Reads HQ's enrolment QR, `skygate-enrol:<code>@<serverUrl>`; null if the text is none. */
export function readEnrolmentText(text: string): EnrolmentInput | null {
  const [, code, serverUrl] = PREFIX.exec(text.trim()) ?? [];
  return code === undefined || serverUrl === undefined ? null : { code: tidyCode(code), serverUrl };
}

/**
 * A code as it is meant, however it was typed: `abcd 2345` is `ABCD2345`, and the letters that Crockford's base 32
 * leaves out are read as the digits they look like.
 */
export const tidyCode = (typed: string): string =>
  typed
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
    .slice(0, 8);

/** `ABCD2345` as people read it out: `ABCD-2345`. */
export const spacedCode = (code: string): string => (code.length > 4 ? `${code.slice(0, 4)}-${code.slice(4)}` : code);

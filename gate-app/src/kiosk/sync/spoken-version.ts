import { PROTOCOL_HEADER, PROTOCOL_VERSION, PROTOCOL_VERSIONS } from '@skygate/shared/protocol/protocol-version';
import type { HttpRequest } from '../ports.ts';
import type { Question } from './server-link.ts';

/** A server that was too old is asked in our newest version again after this long: it may have been renewed meanwhile. */
export const UPWARDS_AGAIN_MS = 60 * 60_000;

/** Which version each server is spoken to in. Not on disk: a restarted kiosk begins with its newest again. */
export interface SpokenVersions {
  of(serverUrl: string): number;
  /** The server does not know this version. @returns whether another is left, which is spoken from now on */
  goDown(serverUrl: string, from: number): boolean;
}

export function createSpokenVersions(clock: { monotonicMs(): number }): SpokenVersions {
  const older = new Map<string, { readonly version: number; readonly sinceMs: number }>();
  const of = (serverUrl: string): number => {
    const spoken = older.get(serverUrl);
    if (spoken === undefined) return PROTOCOL_VERSION;
    if (clock.monotonicMs() - spoken.sinceMs < UPWARDS_AGAIN_MS) return spoken.version;
    older.delete(serverUrl);
    return PROTOCOL_VERSION;
  };
  return {
    of,
    goDown: (serverUrl, from) => {
      // The other lane may have gone down already while this answer was on its way: then that one is spoken.
      if (of(serverUrl) < from) return true;
      const version = Math.max(...PROTOCOL_VERSIONS.filter((candidate) => candidate < from));
      if (!Number.isFinite(version)) return false;
      older.set(serverUrl, { version, sinceMs: clock.monotonicMs() });
      return true;
    },
  };
}

export const isUnknownTo = (question: Question, version: number): boolean =>
  version === 1 && question.version1 === null;

/** The question in the form which that version knows. */
export function requestOf(question: Question, version: number): HttpRequest {
  const form = version === 1 ? question.version1 : undefined;
  const { method, path } = { method: form?.method ?? question.method, path: form?.path ?? question.path };
  return {
    method,
    path,
    headers: { [PROTOCOL_HEADER]: String(version), ...question.headers },
    body: (form === undefined || form === null ? question.body : form.body) ?? null,
    timeoutMs: question.timeoutMs,
  };
}

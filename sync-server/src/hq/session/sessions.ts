import { bytesToBase64url } from '@skygate/shared/lib/bytes';
import type { ServerDeps } from '../../app.ts';

/** A session ends after this long without a request (and without an open board). */
export const SESSION_MS = 12 * 60 * 60_000;
/** It is renewed when this much of it is gone: a write an hour, not one a request. */
const RENEW_AFTER_MS = 60 * 60_000;

/** Who is logged in. */
export interface Session {
  readonly hash: string;
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly expiresMs: number;
}

type SessionDeps = Pick<ServerDeps, 'database' | 'clock' | 'random' | 'crypto'>;

/** The database keeps only the hash of a cookie: a copy of it opens no session. */
const hashOf = (deps: Pick<SessionDeps, 'crypto'>, cookie: string): string => deps.crypto.sha256Hex(cookie);

/** @returns the cookie's value */
export async function openSession(deps: SessionDeps, userId: string): Promise<string> {
  const { database, clock } = deps;
  const cookie = bytesToBase64url(deps.random.bytes(32));
  const nowMs = clock.nowMs();
  await database.kysely.deleteFrom('hq_sessions').where('expires_ms', '<=', nowMs).execute();
  await database.kysely
    .insertInto('hq_sessions')
    .values({ session_hash: hashOf(deps, cookie), user_id: userId, expires_ms: nowMs + SESSION_MS })
    .execute();
  return cookie;
}

/** The session of a cookie; null if there is none or it is over. */
export async function sessionOf(deps: SessionDeps, cookie: string | undefined): Promise<Session | null> {
  if (!cookie || cookie.length > 100) return null;
  const hash = hashOf(deps, cookie);
  const nowMs = deps.clock.nowMs();
  const row = await deps.database.reader
    .selectFrom('hq_sessions')
    .innerJoin('hq_users', 'hq_users.user_id', 'hq_sessions.user_id')
    .select(['hq_sessions.user_id', 'hq_sessions.expires_ms', 'hq_users.email', 'hq_users.name'])
    .where('session_hash', '=', hash)
    .where('expires_ms', '>', nowMs)
    .executeTakeFirst();
  if (!row) return null;
  const session = { hash, userId: row.user_id, email: row.email, name: row.name, expiresMs: row.expires_ms };
  return renewed(deps, session, nowMs);
}

export async function closeSession(deps: SessionDeps, cookie: string): Promise<void> {
  await deps.database.kysely.deleteFrom('hq_sessions').where('session_hash', '=', hashOf(deps, cookie)).execute();
}

async function renewed(deps: SessionDeps, session: Session, nowMs: number): Promise<Session> {
  const expiresMs = nowMs + SESSION_MS;
  if (expiresMs - session.expiresMs < RENEW_AFTER_MS) return session;
  await deps.database.kysely
    .updateTable('hq_sessions')
    .set({ expires_ms: expiresMs })
    .where('session_hash', '=', session.hash)
    .execute();
  return { ...session, expiresMs };
}

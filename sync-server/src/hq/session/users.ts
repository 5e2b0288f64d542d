import { idFromBytes } from '@skygate/shared/lib/ids';
import type { PinVerifier } from '@skygate/shared/protocol/people';
import type { ServerDeps } from '../../app.ts';
import type { Reader } from '../../db/database.ts';
import { PASSWORD_COST, verifierOf } from './password.ts';

/** A person at HQ. */
export interface HqUser {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly password: PinVerifier;
}

/** E-mail addresses are told apart without case and surrounding space, as people type them. */
export const emailKey = (email: string): string => email.trim().toLowerCase();

export async function userByEmail(reader: Reader, email: string): Promise<HqUser | null> {
  const row = await reader
    .selectFrom('hq_users')
    .select(['user_id', 'email', 'name', 'password'])
    .where('email', '=', emailKey(email))
    .executeTakeFirst();
  if (!row) return null;
  return { userId: row.user_id, email: row.email, name: row.name, password: JSON.parse(row.password) as PinVerifier };
}

export interface FirstUser {
  readonly email: string;
  readonly password: string;
  readonly name?: string;
}

type UserDeps = Pick<ServerDeps, 'database' | 'random' | 'clock' | 'journal'>;

/**
 * Makes the user of the configuration if there is none of this e-mail. A password changed since stays: the one in the
 * configuration is for the first log-in only.
 */
export async function ensureFirstUser(deps: UserDeps, user: FirstUser): Promise<void> {
  const { database, journal } = deps;
  if (await userByEmail(database.reader, user.email)) return;
  const row = {
    user_id: idFromBytes(deps.random.bytes(10)),
    email: emailKey(user.email),
    name: user.name ?? user.email,
    password: JSON.stringify(await verifierOf(deps, user.password, PASSWORD_COST)),
    created_ms: deps.clock.nowMs(),
  };
  const { numInsertedOrUpdatedRows } = await database.kysely
    .insertInto('hq_users')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 1n) journal?.record({ batch: null, rows: [{ table: 'hq_users', row }] });
}

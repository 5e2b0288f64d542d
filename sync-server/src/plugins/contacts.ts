import { CompiledQuery } from 'kysely';
import type { Database } from '../db/database.ts';
import type { Clock } from '../ports.ts';
import type { AuthenticatedNode, KioskSession } from './node-auth.ts';

/** What a look at a kiosk's row tells; read with each of its requests. */
export type KnownKiosk = Pick<KioskSession, 'stream' | 'isRevoked'>;

/**
 * Who is in contact, and how far each has pulled. Both are kept in the database for coverage and for C5, but seldom: at
 * most once a second and kiosk, by the same statement that looks the kiosk up.
 */
export interface Contacts {
  /** A kiosk asks something. @returns null if the server does not know it */
  arrived(node: AuthenticatedNode): Promise<KnownKiosk | null>;
  /**
   * A kiosk asks for a page after `after`, of the log `logId`. Only the end of a page that it was given before is
   * proof that it keeps everything up to there: a cursor by itself may be of a log that is gone (E8).
   */
  asksAfter(node: AuthenticatedNode, logId: string, after: number): void;
  /**
   * It is given a page that ends at `next`. Where other instances serve it too, one of them may be asked for what comes
   * after: they hear of it by the database, once a second at most.
   */
  given(node: AuthenticatedNode, logId: string, next: number): Promise<void>;
}

/** Coverage asks for seconds: one write a second and kiosk is enough. */
const CONTACT_EVERY_MS = 1_000;
/** Kiosks of a chain, many times over; then all is forgotten, which costs each of them a write. */
const KIOSKS_MAX = 10_000;

interface Note {
  contactMs: number;
  /** The end of the last page that this instance gave it. */
  given: Position | null;
  /** The end of a page that any instance gave it, as the database has it. */
  stored: Position | null;
  storedMs: number;
  /** As far as it is known to have kept; written with the next contact. */
  kept: Position | null;
}

interface Position {
  readonly logId: string;
  readonly position: number;
}

const KIOSK = `
  select n.state, n.public_key, n.head_seq, n.head_hash, n.given_position, n.given_log_id, (n.state <> 'open' and exists (
           select 1 from kiosk_revocations r where r.park = n.park and r.node = n.node and r.epoch = n.epoch
         )) as revoked
  from nodes n where n.park = $1 and n.node = $2 and n.epoch = $3`;

/** A kiosk's mark only moves on within one log; of another log it begins anew. */
const KIOSK_IN_CONTACT = `
with noted as (
  update nodes n set
    contact_ms = $4,
    pulled_position = case
      when $5::text is null then n.pulled_position
      when n.pulled_log_id = $5 then greatest(n.pulled_position, $6)
      else $6 end,
    pulled_log_id = coalesce($5, n.pulled_log_id)
  where n.park = $1 and n.node = $2 and n.epoch = $3
)
${KIOSK}`;

const STORE_GIVEN = `
update nodes set given_log_id = $4, given_position = $5 where park = $1 and node = $2 and epoch = $3`;

const isSame = (one: Position | null, other: Position): boolean =>
  one?.logId === other.logId && one.position === other.position;

interface KioskRow {
  readonly state: string;
  readonly public_key: string;
  readonly head_seq: number;
  readonly head_hash: string;
  readonly given_position: number;
  readonly given_log_id: string;
  readonly revoked: boolean;
}

export function createContacts({ database, clock }: { readonly database: Database; readonly clock: Clock }): Contacts {
  const notes = new Map<string, Note>();
  const noteOf = ({ park, node, epoch }: AuthenticatedNode): Note => {
    const name = `${park}/${node}/${epoch}`;
    const known = notes.get(name);
    if (known) return known;
    if (notes.size >= KIOSKS_MAX) notes.clear();
    const note: Note = { contactMs: 0, given: null, stored: null, storedMs: 0, kept: null };
    notes.set(name, note);
    return note;
  };

  return {
    async arrived(kiosk) {
      const note = noteOf(kiosk);
      const nowMs = clock.nowMs();
      const isDue = Math.abs(nowMs - note.contactMs) >= CONTACT_EVERY_MS;
      if (isDue) note.contactMs = nowMs;
      const place = [kiosk.park, kiosk.node, kiosk.epoch];
      const query = isDue
        ? CompiledQuery.raw(KIOSK_IN_CONTACT, [...place, nowMs, note.kept?.logId ?? null, note.kept?.position ?? 0])
        : CompiledQuery.raw(KIOSK, place);
      const { rows } = await database.kysely.executeQuery<KioskRow>(query);
      const [row] = rows;
      if (!row) return null;
      note.stored = { logId: row.given_log_id, position: row.given_position };
      const { state, public_key: publicKey, head_seq: headSeq, head_hash: headHash, revoked } = row;
      return { stream: { state, publicKey, headSeq, headHash }, isRevoked: revoked };
    },
    asksAfter(kiosk, logId, after) {
      const note = noteOf(kiosk);
      const asked = { logId, position: after };
      if (!isSame(note.given, asked) && !isSame(note.stored, asked)) return;
      const isFurther = note.kept?.logId !== logId || note.kept.position < after;
      if (isFurther) note.kept = asked;
    },
    async given(kiosk, logId, next) {
      const note = noteOf(kiosk);
      const given = { logId, position: next };
      note.given = given;
      // The embedded database has one server.
      if (database.kind === 'pglite' || isSame(note.stored, given)) return;
      const nowMs = clock.nowMs();
      if (Math.abs(nowMs - note.storedMs) < CONTACT_EVERY_MS) return;
      note.storedMs = nowMs;
      note.stored = given;
      const place = [kiosk.park, kiosk.node, kiosk.epoch];
      await database.kysely.executeQuery(CompiledQuery.raw(STORE_GIVEN, [...place, logId, next]));
    },
  };
}

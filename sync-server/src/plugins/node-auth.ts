import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import { PROTOCOL_HEADER, PROTOCOL_VERSIONS } from '@skygate/shared/protocol/protocol-version';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Database } from '../db/database.ts';
import type { HqJournal } from '../hq-node/hq-journal.ts';
import type { Keyring } from '../hq-node/keyring.ts';
import type { Clock } from '../ports.ts';
import { verifyToken } from '../sync/token-text.ts';
import { syncProblem } from './problem.ts';

/** One incarnation of a kiosk that proved who it is. */
export interface AuthenticatedNode {
  readonly park: ParkId;
  readonly node: NodeId;
  readonly epoch: number;
}

export interface NodeAuthDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly journal: HqJournal | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `requireNode`. */
    kiosk: AuthenticatedNode | null;
  }
}

export const registerNodeAuth = (app: FastifyInstance): void => {
  app.decorateRequest('kiosk', null);
};

/** A kiosk newer than this server is told so (426) before anything of its message is read. */
export async function checkProtocol(request: FastifyRequest): Promise<void> {
  const version = Number(request.headers[PROTOCOL_HEADER]);
  if (PROTOCOL_VERSIONS.includes(version)) return;
  throw syncProblem(
    'upgrade_needed',
    `This server speaks versions ${PROTOCOL_VERSIONS.join(', ')} of the protocol; send it in the header ${PROTOCOL_HEADER}.`,
  );
}

/** A hook for routes that only an enrolled kiosk with a valid token may use. Its contact is noted (coverage). */
export function requireNode(deps: NodeAuthDeps): (request: FastifyRequest) => Promise<void> {
  const noteContact = createContactNotes(deps);
  return async (request) => {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    const node = scheme === 'Bearer' && token ? await verifyToken(deps, token) : null;
    if (!node)
      throw syncProblem('unauthenticated', 'The access token is missing, wrong or expired: ask for a new one.');
    const row = await deps.database.reader
      .selectFrom('nodes')
      .select('state')
      .where('park', '=', node.park)
      .where('node', '=', node.node)
      .where('epoch', '=', node.epoch)
      .executeTakeFirst();
    if (!row) throw syncProblem('unauthenticated', 'This server does not know the kiosk.');
    if (row.state === 'closed') throw syncProblem('epoch_closed', 'This kiosk was revoked or enrolled anew.');
    request.kiosk = node;
    await noteContact(node);
  };
}

export const nodeOf = (request: FastifyRequest): AuthenticatedNode => {
  if (!request.kiosk) throw syncProblem('unauthenticated', 'The access token is missing.');
  return request.kiosk;
};

/** Coverage asks for seconds: one write a second and kiosk is enough. */
const CONTACT_EVERY_MS = 1_000;

function createContactNotes({ database, clock }: NodeAuthDeps): (node: AuthenticatedNode) => Promise<void> {
  const notedMs = new Map<string, number>();
  return async ({ park, node, epoch }) => {
    const name = `${park}/${node}/${epoch}`;
    const nowMs = clock.nowMs();
    if (Math.abs(nowMs - (notedMs.get(name) ?? 0)) < CONTACT_EVERY_MS) return;
    notedMs.set(name, nowMs);
    await database.kysely
      .updateTable('nodes')
      .set({ contact_ms: nowMs })
      .where('park', '=', park)
      .where('node', '=', node)
      .where('epoch', '=', epoch)
      .execute();
  };
}

import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import { PROTOCOL_HEADER, PROTOCOL_VERSIONS } from '@skygate/shared/protocol/protocol-version';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Database } from '../db/database.ts';
import type { HqJournal } from '../hq-node/hq-journal.ts';
import type { Keyring } from '../hq-node/keyring.ts';
import type { Stream } from '../ingest/stream.ts';
import type { Clock } from '../ports.ts';
import { verifyToken } from '../sync/token-text.ts';
import type { Contacts } from './contacts.ts';
import { type Problem, syncProblem } from './problem.ts';

/** One incarnation of a kiosk that proved who it is. */
export interface AuthenticatedNode {
  readonly park: ParkId;
  readonly node: NodeId;
  readonly epoch: number;
}

/** An authenticated kiosk, and what the server knew of it in the moment it asked. */
export interface KioskSession extends AuthenticatedNode {
  /** The version of the protocol the request is in: nothing is answered that it does not know. */
  readonly protocol: number;
  /** Its own stream as the server has it. */
  readonly stream: Stream;
  /** X4: it may only deliver what it has. */
  readonly isRevoked: boolean;
}

export interface NodeAuthDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly journal: HqJournal | null;
  readonly contacts: Contacts;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `requireNode`. */
    kiosk: KioskSession | null;
  }
  interface FastifyContextConfig {
    /** X4: a revoked kiosk may use this route too, to deliver what it has before it wipes itself. */
    revokedMay?: boolean;
  }
}

export const registerNodeAuth = (app: FastifyInstance): void => {
  app.decorateRequest('kiosk', null);
};

/** The version of the protocol a request is in; checked by `checkProtocol`. */
export const protocolOf = (request: FastifyRequest): number => Number(request.headers[PROTOCOL_HEADER]);

/** A kiosk newer than this server is told so (426) before anything of its message is read. */
export async function checkProtocol(request: FastifyRequest): Promise<void> {
  if (PROTOCOL_VERSIONS.includes(protocolOf(request))) return;
  throw syncProblem(
    'upgrade_needed',
    `This server speaks versions ${PROTOCOL_VERSIONS.join(', ')} of the protocol; send it in the header ${PROTOCOL_HEADER}.`,
  );
}

/** A hook for routes that only an enrolled kiosk with a valid token may use. Its contact is noted (coverage). */
export function requireNode(deps: NodeAuthDeps): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    const node = scheme === 'Bearer' && token ? await verifyToken(deps, token) : null;
    if (!node)
      throw syncProblem('unauthenticated', 'The access token is missing, wrong or expired: ask for a new one.');
    const known = await deps.contacts.arrived(node);
    if (!known) throw syncProblem('unauthenticated', 'This server does not know the kiosk.');
    const session = { ...node, ...known, protocol: protocolOf(request) };
    const mayUse = known.isRevoked && session.protocol > 1 && request.routeOptions.config.revokedMay === true;
    if (known.stream.state !== 'open' && !mayUse) throw closedProblem(session);
    request.kiosk = session;
  };
}

/** 410 in the words the kiosk's version knows: revoked, or its incarnation is over, with where its stream ends here. */
export function closedProblem(known: Pick<KioskSession, 'stream' | 'isRevoked' | 'protocol'>): Problem {
  if (known.protocol === 1) return syncProblem('epoch_closed', 'This kiosk was revoked or enrolled anew.');
  const { headSeq: lastSeq, headHash: lastHash } = known.stream;
  return known.isRevoked
    ? syncProblem('revoked', 'This kiosk was revoked: it may deliver what it has.', { lastSeq, lastHash })
    : syncProblem('epoch_closed', 'This incarnation of the kiosk is over: it has to be enrolled anew.', {
        lastSeq,
        lastHash,
      });
}

export const nodeOf = (request: FastifyRequest): KioskSession => {
  if (!request.kiosk) throw syncProblem('unauthenticated', 'The access token is missing.');
  return request.kiosk;
};

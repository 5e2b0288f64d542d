import { createPrivateKey } from 'node:crypto';
import type { Event } from '@skygate/shared/events/envelope';
import { bytesToBase64url, utf8ToBytes } from '@skygate/shared/lib/bytes';
import type { NodeId, ParkId } from '@skygate/shared/lib/ids';
import type { JsonObject } from '@skygate/shared/lib/json';
import { type EnrolRequest, type EnrolResponse, enrolmentProofText } from '@skygate/shared/protocol/enrol';
import { PROTOCOL_HEADER } from '@skygate/shared/protocol/protocol-version';
import type { PushRequest } from '@skygate/shared/protocol/push';
import { assertionSubject, CLIENT_ASSERTION_TYPE, TOKEN_AUDIENCE } from '@skygate/shared/protocol/token';
import { eventToWire } from '@skygate/shared/protocol/wire-event';
import { CHAIN_START, chainEvent, type NodeKey, nodeKeyFrom, sealHead } from '@skygate/shared/sync/chain';
import { hlcOf } from '@skygate/shared/sync/hlc';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { CompactSign } from 'jose';
import { buildApp, type ServerDeps } from '../../app.ts';
import { createDocumentStore } from '../../documents/document-store.ts';
import { createPark } from '../../hq-node/create-park.ts';
import { createEnrolmentCode, type ExpectedKiosk } from '../../hq-node/enrolment.ts';
import type { HqJournal } from '../../hq-node/hq-journal.ts';
import { createKeyring } from '../../hq-node/keyring.ts';
import { createNodeCrypto, createNodeRandom, createNodeTimers } from '../../node-crypto.ts';
import { SILENT_LOG } from '../../ports.ts';
import { createProjections } from '../../projections/projections.ts';
import type { Database } from '../database.ts';
import { createParkBus } from '../park-bus.ts';

export const START_MS = Date.parse('2026-11-21T09:00:00Z');
export const PARK = 'ala-archa' as ParkId;
const crypto = createNodeCrypto();

/** A clock that stands until it is moved. */
export function createFakeClock() {
  let now = START_MS;
  return {
    nowMs: () => now,
    monotonicMs: () => performance.now(),
    advance: (ms: number) => {
      now += ms;
    },
  };
}

export interface TestServer {
  readonly app: FastifyInstance;
  readonly deps: ServerDeps;
  readonly clock: ReturnType<typeof createFakeClock>;
  close(): Promise<void>;
}

/** The real application over a real, migrated database; only its clock is a fake. */
export async function createTestServer(
  database: Database,
  options: {
    readonly journal?: HqJournal;
    readonly masterKey?: Uint8Array;
    readonly perMinute?: number;
    readonly trustedProxies?: readonly string[];
  } = {},
): Promise<TestServer> {
  const clock = createFakeClock();
  const random = createNodeRandom();
  const timers = createNodeTimers();
  const journal = options.journal ?? null;
  const documents = createDocumentStore({ crypto });
  const outside = { database, documents, clock, random, crypto, timers, journal, log: SILENT_LOG };
  const bus = createParkBus(outside);
  const keyring = createKeyring({ ...outside, masterKey: options.masterKey ?? new Uint8Array(32).fill(7) });
  const projections = createProjections({ ...outside, bus });
  const stopping = new AbortController();
  const rateLimits = options.perMinute ? { perMinute: options.perMinute } : null;
  const { trustedProxies = [] } = options;
  const deps = { ...outside, bus, keyring, projections, rateLimits, trustedProxies, stopping: stopping.signal };
  const app = await buildApp(deps);
  return {
    app,
    deps,
    clock,
    close: async () => {
      stopping.abort();
      await app.close();
      await bus.stop();
    },
  };
}

const HEADERS = { [PROTOCOL_HEADER]: '1' };

/** A kiosk's keys and stream, written as a kiosk writes them. */
export interface TestKiosk {
  readonly key: NodeKey;
  readonly enrolled: EnrolResponse;
  readonly token: string;
  /** Chains the next events of its stream. */
  write(count: number, body?: (seq: number) => JsonObject, words?: Partial<Event>): Event[];
  /** The log so far. */
  readonly log: Event[];
}

export const newKey = (): NodeKey => nodeKeyFrom(crypto, createNodeRandom().bytes(32));
export const publicTextOf = (key: NodeKey): string => bytesToBase64url(crypto.publicKeyOf(key.privateKey));

export function enrolBody(code: string, key: NodeKey, signing: NodeKey = key) {
  const publicKey = publicTextOf(key);
  const signingPublicKey = publicTextOf(signing);
  const proof = crypto.sign(key.privateKey, utf8ToBytes(enrolmentProofText(code, publicKey, signingPublicKey)));
  return { code, publicKey, signingPublicKey, proof: bytesToBase64url(proof), appVersion: '0.1.0' };
}

export const post = (server: TestServer, url: string, payload: object): Promise<LightMyRequestResponse> =>
  server.app.inject({ method: 'POST', url, headers: HEADERS, payload });

export const get = (server: TestServer, url: string, token: string): Promise<LightMyRequestResponse> =>
  server.app.inject({ method: 'GET', url, headers: { ...HEADERS, authorization: `Bearer ${token}` } });

/** Signs the client assertion of RFC 7523 over a nonce. */
export async function assertionOf(
  kiosk: { key: NodeKey; node: string; epoch: number },
  nonce: string,
): Promise<string> {
  const subject = assertionSubject(kiosk.node, kiosk.epoch);
  const claims = { iss: subject, sub: subject, aud: TOKEN_AUDIENCE, jti: nonce, iat: 0, exp: 300 };
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  const privateKey = createPrivateKey({
    key: Buffer.concat([prefix, kiosk.key.privateKey]),
    format: 'der',
    type: 'pkcs8',
  });
  return new CompactSign(utf8ToBytes(JSON.stringify(claims))).setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey);
}

export const askToken = (
  server: TestServer,
  assertion: string,
  protocol: string = HEADERS[PROTOCOL_HEADER],
): Promise<LightMyRequestResponse> =>
  server.app.inject({
    method: 'POST',
    url: '/sync/token',
    headers: { [PROTOCOL_HEADER]: protocol, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: CLIENT_ASSERTION_TYPE,
      client_assertion: assertion,
    }).toString(),
  });

export async function nonceFrom(server: TestServer): Promise<string> {
  return (await post(server, '/sync/nonce', {})).json().nonce;
}

/** Enrols a kiosk the whole way: code, keys, assertion, token. */
export async function enrolKiosk(
  server: TestServer,
  expected: Partial<ExpectedKiosk> = {},
  said: Pick<EnrolRequest, 'was'> = {},
): Promise<TestKiosk> {
  const park = expected.park ?? PARK;
  await createPark(server.deps, park);
  const { code } = await createEnrolmentCode(server.deps, {
    name: 'Gate 1',
    role: 'gate',
    gateId: 'gate-1',
    ...expected,
    park,
  });
  const key = newKey();
  const enrolled: EnrolResponse = (await post(server, '/sync/enrol', { ...enrolBody(code, key), ...said })).json();
  const { node, epoch } = enrolled;
  const token = await askToken(server, await assertionOf({ key, node, epoch }, await nonceFrom(server)));
  return { key, enrolled, token: token.json().access_token, ...streamOf(enrolled) };
}

export function streamOf({ park, node, epoch }: { park: string; node: string; epoch: number }) {
  const log: Event[] = [];
  const write = (count: number, body = plainBody, words: Partial<Event> = {}): Event[] => {
    const written = Array.from({ length: count }, () => {
      const seq = log.length + 1;
      const event = chainEvent(
        crypto,
        {
          park: park as ParkId,
          node: node as NodeId,
          epoch,
          seq,
          hlc: hlcOf(START_MS, seq),
          wallMs: START_MS + seq,
          trust: 'server',
          type: 'CashMoved',
          version: 1,
          subject: 'shift:0000000000000000',
          cause: null,
          actor: 'staff:aigul',
          body: body(seq),
          ...words,
        },
        log.at(-1)?.hash ?? CHAIN_START,
      );
      log.push(event);
      return event;
    });
    return written;
  };
  return { log, write };
}

export const plainBody = (seq: number): JsonObject => ({
  shiftId: '0000000000000000',
  amountMinor: seq,
  reason: 'change',
});

export function pushOf(key: NodeKey, events: readonly Event[]): PushRequest {
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) throw new Error('a push has events');
  const { node, epoch, seq } = first;
  return { node, epoch, from: seq, events: events.map(eventToWire), seal: sealHead(crypto, key, last) };
}

export const push = (
  server: TestServer,
  token: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<LightMyRequestResponse> =>
  server.app.inject({
    method: 'POST',
    url: '/sync/push',
    headers: { ...HEADERS, authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    payload: Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body),
  });

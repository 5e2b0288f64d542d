import { bytesToBase64url, utf8ToBytes } from '@skygate/shared/lib/bytes';
import type { Crypto } from '@skygate/shared/lib/crypto';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import {
  assertionSubject,
  CLIENT_ASSERTION_TYPE,
  nonceResponse,
  TOKEN_AUDIENCE,
  tokenResponse,
} from '@skygate/shared/protocol/token';
import { nodeKeyFrom } from '@skygate/shared/sync/chain';
import type { KioskIdentity } from '../event-log/event-log.ts';
import type { KioskClock } from '../kiosk-clock.ts';
import type { AskProblem, ServerLink } from './server-link.ts';

const TIMEOUT_MS = 10_000;
/** A token this close to its end is not used for a new request. */
const MARGIN_MS = 30_000;
/**
 * RFC 7523 wants an end on every assertion, but a kiosk's clock may be anywhere (S1). The server's nonce, good for one
 * use and a short time by the server's own clock, is what ends it; this date only satisfies the form.
 */
const ASSERTION_END_SECONDS = 4_102_444_800;

/** The short-lived token of this incarnation, got when there is none and shared by both lanes. */
export interface Tokens {
  /** The token, if one is good for a new request by our own monotonic clock. */
  current(): string | null;
  /** Gets one if there is none; two callers at once share one request. */
  get(identity: KioskIdentity, signal: AbortSignal): Promise<Result<string, AskProblem>>;
  /** X4: the token held is one with which a revoked kiosk may deliver what it has, and do nothing else. */
  isForRevoked(): boolean;
  /** E8: when it was last asked for one, the server knew no such kiosk. */
  isUnknown(): boolean;
  /** The server refused this token (401). */
  refused(token: string): void;
  /** The kiosk is another incarnation now. */
  forget(): void;
}

export interface TokenDeps {
  readonly link: ServerLink;
  readonly clock: KioskClock;
  readonly crypto: Crypto;
  /** Of the incarnation in use: read for every token. */
  readonly keys: { readonly nodeSeed: Uint8Array };
}

export function createTokens(deps: TokenDeps): Tokens {
  let held: { readonly token: string; readonly endsMonotonicMs: number; readonly forRevoked: boolean } | null = null;
  let asking: Promise<Result<string, AskProblem>> | null = null;
  let incarnation = 0;
  let isUnknown = false;

  const current = (): string | null =>
    held !== null && deps.clock.monotonicMs() < held.endsMonotonicMs ? held.token : null;

  const ask = async (identity: KioskIdentity, signal: AbortSignal): Promise<Result<string, AskProblem>> => {
    const askedMonotonicMs = deps.clock.monotonicMs();
    const askedBy = incarnation;
    const granted = await requestToken(deps, identity, signal);
    if (askedBy === incarnation && isAnswered(granted)) isUnknown = !granted.ok && isUnknownHere(granted.error);
    if (!granted.ok) return granted;
    const { token, lifeMs, forRevoked } = granted.value;
    // A token of the incarnation before says nothing for this one.
    if (askedBy === incarnation)
      held = { token, endsMonotonicMs: askedMonotonicMs + Math.max(lifeMs - MARGIN_MS, lifeMs / 2), forRevoked };
    return ok(token);
  };

  return {
    current,
    get: (identity, signal) => {
      const token = current();
      if (token !== null) return Promise.resolve(ok(token));
      const askedBy = incarnation;
      asking ??= ask(identity, signal).finally(() => {
        if (askedBy === incarnation) asking = null;
      });
      return asking;
    },
    isForRevoked: () => held?.forRevoked === true,
    isUnknown: () => isUnknown,
    refused: (token) => {
      if (held?.token === token) held = null;
    },
    forget: () => {
      incarnation += 1;
      asking = null;
      held = null;
      isUnknown = false;
    },
  };
}

interface Granted {
  readonly token: string;
  readonly lifeMs: number;
  readonly forRevoked: boolean;
}

/** A server that is away says nothing about whom it knows. */
const isAnswered = (granted: Result<Granted, AskProblem>): boolean => granted.ok || granted.error.kind === 'refused';

const isUnknownHere = (problem: AskProblem): boolean =>
  problem.kind === 'refused' && problem.refusal.code === 'unknown_kiosk';

async function requestToken(
  deps: TokenDeps,
  identity: KioskIdentity,
  signal: AbortSignal,
): Promise<Result<Granted, AskProblem>> {
  const { link } = deps;
  const { serverUrl } = identity;
  const nonce = await link.ask(
    serverUrl,
    { method: 'POST', path: '/sync/nonce', timeoutMs: TIMEOUT_MS },
    { answer: nonceResponse, signal },
  );
  if (!nonce.ok) return err(nonce.error);
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: CLIENT_ASSERTION_TYPE,
    client_assertion: signAssertion({ crypto: deps.crypto, nodeSeed: deps.keys.nodeSeed }, identity, nonce.value.nonce),
  });
  const granted = await link.ask(
    serverUrl,
    {
      method: 'POST',
      path: '/sync/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      timeoutMs: TIMEOUT_MS,
    },
    { answer: tokenResponse, signal },
  );
  if (!granted.ok) return err(granted.error);
  const { access_token: token, expires_in: seconds, revoked = false } = granted.value;
  return ok({ token, lifeMs: seconds * 1000, forRevoked: revoked });
}

/** The client assertion (RFC 7523): a JWT over the server's nonce, signed with the node's key (EdDSA, RFC 8037). */
export function signAssertion(
  deps: { readonly crypto: Crypto; readonly nodeSeed: Uint8Array },
  identity: Pick<KioskIdentity, 'node' | 'epoch'>,
  nonce: string,
): string {
  const { crypto, nodeSeed } = deps;
  const subject = assertionSubject(identity.node, identity.epoch);
  const header = { alg: 'EdDSA', typ: 'JWT', kid: nodeKeyFrom(crypto, nodeSeed).kid };
  const claims = { iss: subject, sub: subject, aud: TOKEN_AUDIENCE, jti: nonce, exp: ASSERTION_END_SECONDS };
  const signed = `${encodeJson(header)}.${encodeJson(claims)}`;
  return `${signed}.${bytesToBase64url(crypto.sign(nodeSeed, utf8ToBytes(signed)))}`;
}

const encodeJson = (value: unknown): string => bytesToBase64url(utf8ToBytes(JSON.stringify(value)));

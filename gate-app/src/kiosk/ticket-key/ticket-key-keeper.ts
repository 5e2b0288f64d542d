import { bytesToBase64url, utf8ToBytes } from '@skygate/shared/lib/bytes';
import { type SigningKeyRequest, signingKeyProofText, signingKeyResponse } from '@skygate/shared/protocol/signing-key';
import type { NodeKey } from '@skygate/shared/sync/chain';
import type { KioskIdentity } from '../event-log/event-log.ts';
import type { Log, Random, Timers } from '../ports.ts';
import { createBell } from '../sync/bell.ts';
import type { Sync } from '../sync/sync.ts';
import type { OwnTicketKeys, OwnTicketKeysDeps } from './own-ticket-keys.ts';

export interface TicketKeyKeeperDeps extends Pick<OwnTicketKeysDeps, 'eventLog' | 'clock' | 'crypto'> {
  readonly ticketKeys: OwnTicketKeys;
  readonly sync: Pick<Sync, 'ask' | 'inContact' | 'onChange'>;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
}

/** Keeps a till in ticket keys (T1), beside the lanes: HQ is asked, and its answer comes by pull. */
export interface TicketKeyKeeper {
  /** Until `stop`. */
  run(): Promise<void>;
  stop(): void;
}

const LOOK_EVERY_MS = 10 * 60_000;
const TIMEOUT_MS = 10_000;
/** After a question HQ is left alone for about so long, and longer each time; what it delegated has to arrive, too. */
const QUIET_MS = 10_000;

export function createTicketKeyKeeper(deps: TicketKeyKeeperDeps): TicketKeyKeeper {
  const { eventLog, clock, ticketKeys, sync, log } = deps;
  const stopping = new AbortController();
  const bell = createBell(deps.timers);
  let asked = 0;
  let quietUntilMs = 0;

  const isQuiet = (): boolean => clock.monotonicMs() < quietUntilMs;
  const isToAsk = (): boolean => sync.inContact() && ticketKeys.isDue();

  const ask = async (): Promise<void> => {
    const identity = eventLog.identity();
    if (identity === null) return;
    asked += 1;
    const quietMs = Math.min(LOOK_EVERY_MS, QUIET_MS * 2 ** Math.min(asked, 10));
    quietUntilMs = clock.monotonicMs() + quietMs / 2 + deps.random.fraction() * (quietMs / 2);
    const answer = await sync.ask(questionOf(deps, identity, ticketKeys.toAskWith()), {
      answer: signingKeyResponse,
      signal: stopping.signal,
    });
    if (answer.ok) log.info({ kid: answer.value.kid }, 'HQ delegates a new ticket key to this till');
    else log.warn({ problem: answer.error.kind }, 'HQ did not delegate a ticket key');
  };

  return {
    run: async () => {
      const ring = (): void => {
        if (isToAsk() && !isQuiet()) bell.ring();
      };
      const endWatch = eventLog.onCommit((events) => {
        if (!events.some(({ type }) => type === 'SigningKeyRevoked' || type === 'SigningKeyPublished')) return;
        asked = 0;
        quietUntilMs = 0;
        ring();
      });
      const endSync = sync.onChange(ring);
      while (!stopping.signal.aborted) {
        if (isToAsk() && !isQuiet()) await askOrTell(ask, log);
        if (stopping.signal.aborted) break;
        const waitMs = isToAsk() ? quietUntilMs - clock.monotonicMs() : LOOK_EVERY_MS;
        await bell.wait(Math.max(1, Math.min(LOOK_EVERY_MS, waitMs)));
      }
      endSync();
      endWatch();
    },
    stop: () => {
      stopping.abort();
      bell.ring();
    },
  };
}

/** A disk without room for a key file is tried again later. */
async function askOrTell(ask: () => Promise<void>, log: Log): Promise<void> {
  try {
    await ask();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    log.warn({}, 'there is no room for a new ticket key');
  }
}

function questionOf({ crypto }: TicketKeyKeeperDeps, { node, epoch }: KioskIdentity, key: NodeKey) {
  const signingPublicKey = bytesToBase64url(crypto.publicKeyOf(key.privateKey));
  const words = utf8ToBytes(signingKeyProofText(node, epoch, signingPublicKey));
  const body: SigningKeyRequest = { signingPublicKey, proof: bytesToBase64url(crypto.sign(key.privateKey, words)) };
  return {
    method: 'POST',
    path: '/sync/signing-key',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    timeoutMs: TIMEOUT_MS,
    // A server of version 1 delegates no second key: the till's own is good for as long as its enrolment said.
    version1: null,
  } as const;
}

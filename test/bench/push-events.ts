import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { EnrolResponse } from '@skygate/shared/protocol/enrol';
import { PROTOCOL_HEADER, PROTOCOL_VERSION } from '@skygate/shared/protocol/protocol-version';
import type { PushResponse } from '@skygate/shared/protocol/push';
import type { NonceResponse, TokenResponse } from '@skygate/shared/protocol/token';
import { CLIENT_ASSERTION_TYPE } from '@skygate/shared/protocol/token';
import { backoffMs } from '@skygate/shared/sync/backoff';
import type { NodeKey } from '@skygate/shared/sync/chain';
import { assertionOf, enrolBody, newKey } from '@skygate/sync-server/db/testing/test-server';
import { dayOf } from './ingest-events.ts';
import { createStreamWriter } from './stream-writer.ts';

// The kiosks of `ingest`, `pull` and `storm`, in a process of their own: enrolled over HTTP with their own keys, their batches chained,
// sealed and packed before the clock starts. Then each pushes one batch after the other, all of them at once.

/** What the bench tells this process, and what it answers. */
export type ToKiosks =
  | {
      readonly kind: 'enrol';
      readonly url: string;
      readonly kiosks: readonly ExpectedPusher[];
      readonly batches: number;
    }
  | { readonly kind: 'push'; readonly batches: number }
  | { readonly kind: 'storm'; readonly kiosks: number };
export type FromKiosks =
  | { readonly kind: 'enrolled'; readonly wireBytes: Readonly<Record<'gate' | 'till', number>> }
  | { readonly kind: 'pushed'; readonly ms: number; readonly events: number }
  | { readonly kind: 'stormed'; readonly ms: number; readonly each: readonly number[]; readonly events: number };

export interface ExpectedPusher {
  readonly code: string;
  readonly role: 'gate' | 'till';
  readonly name: string;
}

/** The most a push may hold; a till's events are larger, and 256 kB is reached earlier (S2). */
export const EVENTS_A_BATCH = { gate: 500, till: 300 } as const;

interface Pusher {
  readonly role: 'gate' | 'till';
  readonly key: NodeKey;
  readonly node: string;
  readonly epoch: number;
  token: string;
  readonly agent: Agent;
  readonly batches: { readonly body: Buffer; readonly lastSeq: number }[];
}

const headers = { [PROTOCOL_HEADER]: `${PROTOCOL_VERSION}` };
const pack = promisify(gzip);

async function enrolPusher(url: string, expected: ExpectedPusher, batches: number): Promise<Pusher> {
  const key = newKey();
  const enrolled = await ask<EnrolResponse>(`${url}/sync/enrol`, JSON.stringify(enrolBody(expected.code, key)));
  const { park, node, epoch } = enrolled;
  const token = await newToken(url, { key, node, epoch });
  const write = createStreamWriter({ park, node, epoch, key } as Parameters<typeof createStreamWriter>[0]);
  const day = dayOf(expected.role, { name: expected.name, key });
  const pusher: Pusher = {
    role: expected.role,
    key,
    node,
    epoch,
    token,
    agent: new Agent({ keepAlive: true, maxSockets: 1 }),
    batches: [],
  };
  for (let batch = 1; batch <= batches; batch += 1) {
    const events = EVENTS_A_BATCH[expected.role];
    const body = await pack(JSON.stringify(write(day(events))));
    pusher.batches.push({ body, lastSeq: batch * events });
  }
  return pusher;
}

async function newToken(url: string, kiosk: Pick<Pusher, 'key' | 'node' | 'epoch'>): Promise<string> {
  const { nonce } = await patiently(() => ask<NonceResponse>(`${url}/sync/nonce`, '{}'));
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: CLIENT_ASSERTION_TYPE,
    client_assertion: await assertionOf(kiosk, nonce),
  });
  return (await patiently(() => ask<TokenResponse>(`${url}/sync/token`, form))).access_token;
}

/** A whole session of one kiosk that comes back. @returns how long it took, in milliseconds */
async function comeBack(url: string, pusher: Pusher): Promise<number> {
  const started = performance.now();
  pusher.token = await newToken(url, pusher);
  const own = { ...headers, authorization: `Bearer ${pusher.token}` };
  await patiently(() => ask(`${url}/sync/state`, null, own));
  await patiently(() => pushNext(url, pusher));
  return performance.now() - started;
}

/** Later, as the server says and with a kiosk's own jitter, until it takes it (S5). */
async function patiently<Value>(question: () => Promise<Value>): Promise<Value> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
      await sleep(backoffMs(attempt, Math.random(), error.retryAfterMs));
    }
  }
}

/** 429 or 503: not now. */
class Busy extends Error {
  override readonly name = 'Busy';
  readonly retryAfterMs: number;
  constructor(retryAfter: string | null | undefined) {
    super('the server is busy');
    this.retryAfterMs = 1000 * Number(retryAfter ?? 1);
  }
}
const isBusy = (status: number | undefined): boolean => status === 429 || status === 503;

/** @param body null asks by GET */
async function ask<Answer>(url: string, body: string | URLSearchParams | null, own = headers): Promise<Answer> {
  const type = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
  const response = await fetch(url, { method: body === null ? 'GET' : 'POST', headers: { ...own, ...type }, body });
  if (isBusy(response.status)) throw new Busy(response.headers.get('retry-after'));
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

async function pushAll(url: string, pusher: Pusher, count: number): Promise<number> {
  for (let pushed = 0; pushed < count; pushed += 1) await patiently(() => pushNext(url, pusher));
  return count * EVENTS_A_BATCH[pusher.role];
}

async function pushNext(url: string, pusher: Pusher): Promise<void> {
  const [next] = pusher.batches;
  if (!next) throw new Error('there is nothing left to push');
  const answer = await post(`${url}/sync/push`, pusher, next.body);
  if (answer.acknowledged !== next.lastSeq) throw new Error(`acknowledged ${answer.acknowledged}, not ${next.lastSeq}`);
  pusher.batches.shift();
}

function post(url: string, { token, agent }: Pusher, body: Buffer): Promise<PushResponse> {
  const own = {
    ...headers,
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    'content-length': body.length,
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers: own }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else if (isBusy(response.statusCode)) reject(new Busy(response.headers['retry-after']));
        else reject(new Error(`push: ${response.statusCode} ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function wireBytesPerEvent(pushers: readonly Pusher[], role: 'gate' | 'till'): number {
  const batches = pushers.filter((pusher) => pusher.role === role).flatMap((pusher) => pusher.batches);
  return batches.reduce((sum, { body }) => sum + body.length, 0) / (batches.length * EVENTS_A_BATCH[role]);
}

let serverUrl = '';
let newest: readonly Pusher[] = [];

async function answer(message: ToKiosks): Promise<FromKiosks> {
  if (message.kind === 'enrol') {
    serverUrl = message.url;
    newest = [];
    for (const kiosk of message.kiosks) newest = [...newest, await enrolPusher(serverUrl, kiosk, message.batches)];
    const wireBytes = { gate: wireBytesPerEvent(newest, 'gate'), till: wireBytesPerEvent(newest, 'till') };
    return { kind: 'enrolled', wireBytes };
  }
  const started = performance.now();
  if (message.kind === 'storm') {
    const coming = newest.slice(0, message.kiosks);
    const each = await Promise.all(coming.map((pusher) => comeBack(serverUrl, pusher)));
    const events = coming.reduce((sum, { role }) => sum + EVENTS_A_BATCH[role], 0);
    return { kind: 'stormed', ms: performance.now() - started, each, events };
  }
  const counts = await Promise.all(newest.map((pusher) => pushAll(serverUrl, pusher, message.batches)));
  return { kind: 'pushed', ms: performance.now() - started, events: counts.reduce((sum, count) => sum + count, 0) };
}

if (process.send) process.on('message', async (message) => process.send?.(await answer(message as ToKiosks)));

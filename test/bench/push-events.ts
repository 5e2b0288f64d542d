import { Agent, request } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { EnrolResponse } from '@skygate/shared/protocol/enrol';
import { PROTOCOL_HEADER, PROTOCOL_VERSION } from '@skygate/shared/protocol/protocol-version';
import type { PushResponse } from '@skygate/shared/protocol/push';
import type { NonceResponse, TokenResponse } from '@skygate/shared/protocol/token';
import { CLIENT_ASSERTION_TYPE } from '@skygate/shared/protocol/token';
import { assertionOf, enrolBody, newKey } from '@skygate/sync-server/db/testing/test-server';
import { dayOf } from './ingest-events.ts';
import { createStreamWriter } from './stream-writer.ts';

// The kiosks of `ingest`, in a process of their own: enrolled over HTTP with their own keys, their batches chained,
// sealed and packed before the clock starts. Then each pushes one batch after the other, all of them at once.

/** What the bench tells this process, and what it answers. */
export type ToKiosks =
  | {
      readonly kind: 'enrol';
      readonly url: string;
      readonly kiosks: readonly ExpectedPusher[];
      readonly batches: number;
    }
  | { readonly kind: 'push'; readonly batches: number };
export type FromKiosks =
  | { readonly kind: 'enrolled'; readonly wireBytes: Readonly<Record<'gate' | 'till', number>> }
  | { readonly kind: 'pushed'; readonly ms: number; readonly events: number };

export interface ExpectedPusher {
  readonly code: string;
  readonly role: 'gate' | 'till';
  readonly name: string;
}

/** The most a push may hold; a till's events are larger, and 256 kB is reached earlier (S2). */
export const EVENTS_A_BATCH = { gate: 500, till: 300 } as const;

interface Pusher {
  readonly role: 'gate' | 'till';
  readonly token: string;
  readonly agent: Agent;
  readonly batches: { readonly body: Buffer; readonly lastSeq: number }[];
}

const headers = { [PROTOCOL_HEADER]: `${PROTOCOL_VERSION}` };
const pack = promisify(gzip);

async function enrolPusher(url: string, expected: ExpectedPusher, batches: number): Promise<Pusher> {
  const key = newKey();
  const enrolled = await ask<EnrolResponse>(`${url}/sync/enrol`, JSON.stringify(enrolBody(expected.code, key)));
  const { nonce } = await ask<NonceResponse>(`${url}/sync/nonce`, '{}');
  const { park, node, epoch } = enrolled;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: CLIENT_ASSERTION_TYPE,
    client_assertion: await assertionOf({ key, node, epoch }, nonce),
  });
  const { access_token: token } = await ask<TokenResponse>(`${url}/sync/token`, form);
  const write = createStreamWriter({ park, node, epoch, key } as Parameters<typeof createStreamWriter>[0]);
  const day = dayOf(expected.role, { name: expected.name, key });
  const pusher: Pusher = {
    role: expected.role,
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

async function ask<Answer>(url: string, body: string | URLSearchParams): Promise<Answer> {
  const type = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
  const response = await fetch(url, { method: 'POST', headers: { ...headers, ...type }, body });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

async function pushAll(url: string, pusher: Pusher, count: number): Promise<number> {
  for (const { body, lastSeq } of pusher.batches.splice(0, count)) {
    const answer = await post(`${url}/sync/push`, pusher, body);
    if (answer.acknowledged !== lastSeq) throw new Error(`acknowledged ${answer.acknowledged}, not ${lastSeq}`);
  }
  return count * EVENTS_A_BATCH[pusher.role];
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
let pushers: readonly Pusher[] = [];

async function answer(message: ToKiosks): Promise<FromKiosks> {
  if (message.kind === 'enrol') {
    serverUrl = message.url;
    pushers = await Promise.all(message.kiosks.map((kiosk) => enrolPusher(serverUrl, kiosk, message.batches)));
    const wireBytes = { gate: wireBytesPerEvent(pushers, 'gate'), till: wireBytesPerEvent(pushers, 'till') };
    return { kind: 'enrolled', wireBytes };
  }
  const started = performance.now();
  const counts = await Promise.all(pushers.map((pusher) => pushAll(serverUrl, pusher, message.batches)));
  return { kind: 'pushed', ms: performance.now() - started, events: counts.reduce((sum, count) => sum + count, 0) };
}

if (process.send) process.on('message', async (message) => process.send?.(await answer(message as ToKiosks)));

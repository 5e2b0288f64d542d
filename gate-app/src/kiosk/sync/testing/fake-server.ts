import { bytesToBase64url } from '@skygate/shared/lib/bytes';
import { problemType } from '@skygate/shared/protocol/problem';
import type { PushRequest } from '@skygate/shared/protocol/push';
import type { TextsRequest } from '@skygate/shared/protocol/texts';
import { CHAIN_START } from '@skygate/shared/sync/chain';
import { createNodeCrypto } from '../../node-crypto.ts';
import { type HttpRequest, type HttpResponse, NetworkError, type Transport } from '../../ports.ts';

export const NODE = 'k-0123456789ABCDEF';
const crypto = createNodeCrypto();
const hqPublicKey = bytesToBase64url(crypto.publicKeyOf(new Uint8Array(32).fill(7)));

export const json = (status: number, body: unknown): HttpResponse => ({
  status,
  headers: {},
  body: JSON.stringify(body),
});
export const problem = (status: number, code: string, more: object = {}): HttpResponse =>
  json(status, { type: problemType(code), title: code, status, code, ...more });

export type Answered = HttpResponse | 'unreachable';
export type Answer = (request: HttpRequest) => Answered | Promise<Answered>;

export type FakeServer = ReturnType<typeof fakeServer>;

/** What a fake server has of its one kiosk. */
interface FakeLog {
  held: string[];
  logId: string;
  tokens: number;
  epoch: number;
  pullMore: () => object;
}

const hashAt = ({ held }: FakeLog, seq: number): string => held[seq - 1] ?? CHAIN_START;

const routesOf = (log: FakeLog): Record<string, Answer> => ({
  enrol: () =>
    json(200, {
      park: 'ala-archa',
      node: NODE,
      epoch: log.epoch,
      name: 'Till 1',
      role: 'till',
      gateId: 'till-1',
      number: 1,
      logId: log.logId,
      hq: { node: 'hq:ala-archa', epoch: 1, publicKey: hqPublicKey },
      serverMs: 1_795_262_400_000,
    }),
  nonce: () => json(200, { nonce: 'n'.repeat(22) }),
  token: () => {
    log.tokens += 1;
    return json(200, { access_token: `token-${log.tokens}-${'x'.repeat(20)}`, token_type: 'Bearer', expires_in: 900 });
  },
  state: () =>
    json(200, {
      protocolVersion: 1,
      node: NODE,
      epoch: log.epoch,
      acknowledged: log.held.length,
      acknowledgedHash: hashAt(log, log.held.length),
      durable: true,
      logId: log.logId,
      head: 0,
      hq: { node: 'hq:ala-archa', epoch: 1, publicKey: hqPublicKey },
      peopleRevision: 0,
      serverMs: 1_795_262_400_000,
    }),
  push: ({ body }) => {
    const push = JSON.parse(body ?? '') as PushRequest;
    if (push.from > log.held.length + 1) return problem(409, 'gap', { needFrom: log.held.length + 1 });
    log.held = [
      ...log.held.slice(0, push.from - 1),
      ...push.events.map((_, index) => `${push.from + index}`.padStart(64, '0')),
    ];
    log.held[push.seal.to - 1] = push.seal.headHash;
    return json(200, { acknowledged: log.held.length, durable: true, logId: log.logId, credits: 500 });
  },
  texts: ({ body }) => {
    const { texts } = JSON.parse(body ?? '') as TextsRequest;
    return json(200, { verdicts: texts.map(() => 'kept'), logId: log.logId, held: texts.length });
  },
  pull: ({ path }) => {
    const after = Number(new URLSearchParams(path.split('?')[1]).get('after'));
    return json(200, {
      runs: [],
      next: after,
      head: after,
      logId: log.logId,
      gates: [],
      peopleRevision: 0,
      serverMs: 1,
      heldMs: 0,
      ...log.pullMore(),
    });
  },
});

/** A fake server: a log of one kiosk in memory, whose answers a test may replace one by one. */
export function fakeServer() {
  const log: FakeLog = { held: [], logId: 'log-1', tokens: 0, epoch: 1, pullMore: () => ({}) };
  const requests: HttpRequest[] = [];
  const scripted = new Map<string, Answer[]>();
  const always = new Map<string, Answer>();
  const routes = routesOf(log);
  const transport: Transport = {
    request: async (_url, request) => {
      requests.push(request);
      const name = request.path.replace('/sync/', '').split('?')[0] ?? '';
      const answer = scripted.get(name)?.shift() ?? always.get(name) ?? routes[name];
      const response = (await answer?.(request)) ?? problem(404, 'not_found');
      if (response === 'unreachable') throw new NetworkError('unreachable');
      return response;
    },
  };
  return {
    transport,
    requests,
    next: (name: string, ...answers: Answer[]) => scripted.set(name, answers),
    always: (name: string, answer: Answer) => always.set(name, answer),
    route: (name: string): Answer => routes[name] as Answer,
    heard: (name: string) => requests.filter((request) => request.path.startsWith(`/sync/${name}`)).length,
    held: () => log.held.length,
    beginEpoch: () => {
      log.epoch += 1;
      log.held = [];
    },
    /** What version 2 says with every page. */
    sayAcknowledged: () => {
      log.pullMore = () => ({ acknowledged: log.held.length, durable: true });
    },
    lose: (from: number) => {
      log.held = log.held.slice(0, from);
    },
    /** What version 2 says of people with every page. */
    namePeople: (peopleRevision: number, peopleStamp: string) => {
      log.pullMore = () => ({ peopleRevision, peopleStamp });
    },
    /** Another past of the stream is there, of so many events. */
    replaceAll: (count: number) => {
      log.held = Array.from({ length: count }, () => 'f'.repeat(64));
    },
    replaceHead: () => {
      log.held[log.held.length - 1] = 'f'.repeat(64);
    },
    restart: (name: string) => {
      log.logId = name;
    },
  };
}

import type { HttpRequest, HttpResponse } from '@skygate/gate-app/kiosk/ports';
import { isHqNode } from '@skygate/shared/lib/ids';
import type { PullResponse } from '@skygate/shared/protocol/pull';
import type { PushRequest } from '@skygate/shared/protocol/push';
import type { Serve } from './network.ts';

/** A deliberate fault between the network and the server, and whether it came to anything. */
export interface PlantedBug {
  readonly sabotage: (serve: Serve) => Serve;
  /** The kiosk it hit; null while it has hit none. */
  victim(): string | null;
}

/**
 * Acknowledge before commit: from its first push with a sale on, a till is told that all is stored, and nothing is. The
 * server believes it itself (its state says so too), so nobody sends it again: those sales cannot be at the server.
 */
export function acknowledgingBeforeCommit(): PlantedBug {
  let victim: string | null = null;
  let head: { readonly to: number; readonly hash: string } | null = null;

  const swallow = async (serve: Serve, request: HttpRequest, push: PushRequest): Promise<HttpResponse | null> => {
    // It is a real server in all else: one that is down, or knows no such token, acknowledges nothing.
    const state = await serve({ ...request, method: 'GET', path: '/sync/state', body: null });
    if (state?.status !== 200) return state;
    const { to, headHash } = push.seal;
    if (head === null || to > head.to) head = { to, hash: headHash };
    const { logId } = JSON.parse(state.body);
    const answer = { acknowledged: head.to, durable: true, logId, credits: 500 };
    return { ...state, body: JSON.stringify(answer) };
  };

  const servePush = (serve: Serve, request: HttpRequest): Promise<HttpResponse | null> => {
    const push = JSON.parse(request.body ?? '') as PushRequest;
    if (victim === null && push.events.some((event) => event.includes('SaleCompleted'))) victim = push.node;
    return push.node === victim ? swallow(serve, request, push) : serve(request);
  };

  const serveState = async (serve: Serve, request: HttpRequest): Promise<HttpResponse | null> => {
    const response = await serve(request);
    if (response?.status !== 200 || head === null) return response;
    const state = JSON.parse(response.body);
    if (state.node !== victim) return response;
    const told = { ...state, acknowledged: head.to, acknowledgedHash: head.hash };
    return { ...response, body: JSON.stringify(told) };
  };

  return {
    victim: () => victim,
    sabotage: (serve) => (request) => {
      if (request.path === '/sync/push') return servePush(serve, request);
      return request.path === '/sync/state' ? serveState(serve, request) : serve(request);
    },
  };
}

/** Cursor before apply: pages come without one kiosk's runs, and move the cursor past them all the same. */
export function losingRuns(): PlantedBug {
  let victim: string | null = null;
  return {
    victim: () => victim,
    sabotage: (serve) => async (request) => {
      const response = await serve(request);
      if (!request.path.startsWith('/sync/pull') || response?.status !== 200) return response;
      const page = JSON.parse(response.body) as PullResponse;
      victim ??= page.runs.find(({ node }) => !isHqNode(node))?.node ?? null;
      const runs = page.runs.filter(({ node }) => node !== victim);
      return { ...response, body: JSON.stringify({ ...page, runs }) };
    },
  };
}

import type { ServerResponse } from 'node:http';
import type { ParkDayAnswer } from '@skygate/shared/hq-api/now';
import type { FastifyRequest } from 'fastify';
import type { HqApp } from '../hq-app.ts';
import type { HqDeps } from '../hq-deps.ts';
import { knownPark, parkParams } from '../park-address.ts';
import { sessionOfRequest } from '../session/session-routes.ts';
import { hqNowOf } from './hq-now.ts';
import { createLiveBoard, type LiveBoard } from './live-board.ts';
import { parkDayOf } from './park-day.ts';

/** A dead line is noticed by its silence, an ended session at most this late. */
const HEARTBEAT_MS = 15_000;

/** The board, once and live. */
export function nowRoutes(app: HqApp, deps: HqDeps): void {
  const board = createLiveBoard(deps);

  app.get('/now', () => hqNowOf(deps));

  app.get('/now/stream', (request, reply) => {
    reply.hijack();
    void streamBoard(deps, board, { request, response: reply.raw });
  });

  app.get('/parks/:park/day', { schema: { params: parkParams } }, async (request): Promise<ParkDayAnswer> => {
    const park = await knownPark(deps.database.reader, request.params.park);
    return parkDayOf(deps, park);
  });
}

interface Stream {
  readonly request: FastifyRequest;
  readonly response: ServerResponse;
}

/** Server-sent events: `now` with a whole snapshot, `heartbeat` with nothing. */
async function streamBoard(deps: HqDeps, board: LiveBoard, { request, response }: Stream): Promise<void> {
  const closed = new AbortController();
  response.on('close', () => closed.abort());
  response.on('error', () => closed.abort());
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  const send = (event: string, data: string): void => {
    // A reader that cannot keep up misses snapshots; the next one has everything.
    if (!closed.signal.aborted && !response.writableNeedDrain) response.write(`event: ${event}\ndata: ${data}\n\n`);
  };
  const unsubscribe = board.subscribe((json) => send('now', json));
  const over = AbortSignal.any([closed.signal, deps.stopping]);
  while (!over.aborted) {
    await deps.timers.sleep(HEARTBEAT_MS, over);
    if (over.aborted || !(await isLoggedIn(deps, request))) break;
    send('heartbeat', '{}');
  }
  unsubscribe();
  response.end();
}

const isLoggedIn = (deps: HqDeps, request: FastifyRequest): Promise<boolean> =>
  sessionOfRequest(deps, request).then(
    (session) => session !== null,
    () => false,
  );

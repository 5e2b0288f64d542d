import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { err, ok, type Result } from '@skygate/shared/lib/result';
import { WebSocketServer } from 'ws';
import { RPC_MESSAGE_BYTES_MAX, RPC_PATH } from '../../rpc-contract/rpc-wire.ts';
import {
  hasLaunchCookie,
  isOwnHost,
  isOwnOrigin,
  isSecret,
  LAUNCH_PARAMETER,
  type LaunchSecret,
  launchCookie,
} from './loopback-guard.ts';
import { readScreenFile } from './screen-files.ts';
import { contentSecurityPolicy, securityHeaders } from './security-headers.ts';
import { type RpcDeps, serveRpc } from './serve-rpc.ts';
import { webSocketChannel } from './websocket-channel.ts';

/** More screens than one kiosk ever has; each costs a status push a second. */
const SCREENS_MAX = 8;
/** A screen that answers no ping for this long is gone: a pulled cable ends no connection by itself. */
const PING_MS = 15_000;

export interface ScreenServerDeps extends RpcDeps {
  /** The built screens. */
  readonly uiFolder: string;
  readonly secret: LaunchSecret;
}

export interface ScreenServer {
  /** Listens on 127.0.0.1 alone; port 0 takes any free one. */
  listen(port: number): Promise<Result<ScreenAddress, ListenProblem>>;
  /** Ends all connections and gives the port free. */
  stop(): Promise<void>;
}

export interface ScreenAddress {
  readonly port: number;
  readonly url: string;
  /** Opens the screens: carries this launch's secret, which the answer swaps for a cookie and a clean address. */
  readonly openUrl: string;
}

export type ListenProblem = { readonly kind: 'port_in_use' | 'port_not_allowed'; readonly port: number };

/** The screens and their rpc on a loopback port, behind the launch secret (X1). */
export function createScreenServer(deps: ScreenServerDeps): ScreenServer {
  const server = createServer((request, response) => {
    answer(deps, request, response, portOf(server)).catch((error: unknown) => {
      deps.log.error({ error: String(error) }, 'a screen file could not be served');
      if (!response.headersSent) response.writeHead(500).end();
      else response.destroy();
    });
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: RPC_MESSAGE_BYTES_MAX, perMessageDeflate: false });
  server.on('upgrade', (request, socket, head) => {
    const refusal = upgradeRefusal(deps, request, portOf(server)) ?? (sockets.clients.size >= SCREENS_MAX ? 503 : null);
    if (refusal === null) sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened));
    else refuseUpgrade(socket, refusal);
  });
  serveConnections(sockets, deps);
  return {
    listen: (port) => listenOn(server, port, deps.secret),
    stop: () => stopAll(server, sockets),
  };
}

async function answer(deps: ScreenServerDeps, request: IncomingMessage, response: ServerResponse, port: number) {
  const headers = securityHeaders(contentSecurityPolicy({ connectTo: [`ws://${request.headers.host ?? ''}`] }));
  const send = (status: number, body: string, more: Readonly<Record<string, string>> = {}): void => {
    const text = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
    response
      .writeHead(status, { ...(isOwnHost(request.headers.host, port) ? headers : {}), ...text, ...more })
      .end(body);
  };
  if (!isOwnHost(request.headers.host, port)) return send(421, 'This address belongs to a kiosk of this machine.\n');
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, 'Only GET.\n', { allow: 'GET, HEAD' });
  const url = addressOf(request);
  if (url === null) return send(400, 'This is no address.\n');
  const launch = url.searchParams.get(LAUNCH_PARAMETER);
  if (launch !== null && isSecret(launch, deps.secret)) {
    return send(303, '', { location: '/', 'set-cookie': launchCookie(deps.secret, port) });
  }
  if (!hasLaunchCookie(request.headers.cookie, deps.secret, port)) return send(403, NOT_YOURS);
  const file = await readScreenFile(deps.uiFolder, url.pathname);
  if (file === null) return send(404, 'There is no such file.\n');
  response.writeHead(200, {
    ...headers,
    'content-type': file.type,
    'content-length': String(file.bytes.length),
    'cache-control': file.isHashed ? 'private, max-age=31536000, immutable' : 'no-cache',
  });
  response.end(request.method === 'HEAD' ? undefined : file.bytes);
}

/** The status to refuse a WebSocket with, or null for the page we served. */
function upgradeRefusal(deps: ScreenServerDeps, request: IncomingMessage, port: number): number | null {
  const { host, origin, cookie } = request.headers;
  if (!isOwnHost(host, port)) return 421;
  if (addressOf(request)?.pathname !== RPC_PATH) return 404;
  if (!isOwnOrigin(origin, host) || !hasLaunchCookie(cookie, deps.secret, port)) {
    deps.log.warn({ origin: origin ?? null }, 'a page that is not ours tried to reach this kiosk');
    return 403;
  }
  return null;
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function serveConnections(sockets: WebSocketServer, deps: ScreenServerDeps): void {
  sockets.on('connection', (socket) => {
    const serving = serveRpc(deps, webSocketChannel(socket));
    let isAlive = true;
    socket.on('pong', () => {
      isAlive = true;
    });
    const pings = setInterval(() => {
      if (!isAlive) socket.terminate();
      isAlive = false;
      socket.ping();
    }, PING_MS);
    pings.unref();
    // An oversized or broken frame: ws closes the connection with the matching code, and the next one is not affected.
    socket.on('error', (error) => deps.log.warn({ error: error.message }, 'a screen sent a bad frame'));
    socket.on('close', () => {
      clearInterval(pings);
      serving.close();
    });
  });
}

function listenOn(server: Server, port: number, secret: LaunchSecret): Promise<Result<ScreenAddress, ListenProblem>> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE') resolve(err({ kind: 'port_in_use', port }));
      else if (error.code === 'EACCES') resolve(err({ kind: 'port_not_allowed', port }));
      else reject(error);
    };
    server.once('error', onError);
    server.listen({ host: '127.0.0.1', port }, () => {
      server.off('error', onError);
      const url = `http://127.0.0.1:${portOf(server)}`;
      resolve(ok({ port: portOf(server), url, openUrl: `${url}/?${LAUNCH_PARAMETER}=${secret.value}` }));
    });
  });
}

async function stopAll(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) socket.close(GOING_AWAY, 'the kiosk stops');
  sockets.close();
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    // A page that does not answer the close must not keep the kiosk from stopping.
    setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
    }, 500).unref();
    server.closeIdleConnections();
  });
}

const GOING_AWAY = 1001;
const NOT_YOURS = `Эту страницу открывает киоск: начните с адреса, который он напечатал при запуске.
Бул баракты киоск ачат: ал иштей баштаганда жазган даректен баштаңыз.
This page belongs to the kiosk: start from the address it printed when it started.
`;

const portOf = (server: Server): number => (server.address() as AddressInfo | null)?.port ?? 0;

function addressOf(request: IncomingMessage): URL | null {
  return URL.parse(request.url ?? '/', 'http://kiosk');
}

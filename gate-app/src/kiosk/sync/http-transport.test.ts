import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type HttpRequest, NetworkError } from '../ports.ts';
import { createHttpTransport } from './http-transport.ts';

const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

const request = (change: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'POST',
  path: '/sync/push',
  headers: { 'content-type': 'application/json' },
  body: '{}',
  timeoutMs: 60_000,
  ...change,
});
const never = new AbortController().signal;

describe('HTTP transport', () => {
  it('sends small bodies plain and large ones compressed, and unpacks the answer', async () => {
    const seen: { encoding: string | undefined; text: string }[] = [];
    const url = await serve((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk) => chunks.push(chunk));
      incoming.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const encoding = incoming.headers['content-encoding'];
        seen.push({ encoding, text: (encoding === 'gzip' ? gunzipSync(bytes) : bytes).toString() });
        outgoing.writeHead(200, { 'content-encoding': 'gzip', 'retry-after': '3' });
        outgoing.end(gzipSync('{"қ":1}'));
      });
    });
    const large = JSON.stringify({ text: 'ү'.repeat(5000) });
    const transport = createHttpTransport();
    const small = await transport.request(url, request(), never);
    await transport.request(url, request({ body: large }), never);
    expect(small).toMatchObject({ status: 200, body: '{"қ":1}' });
    expect(small.headers['retry-after']).toBe('3');
    expect(seen).toEqual([
      { encoding: undefined, text: '{}' },
      { encoding: 'gzip', text: large },
    ]);
  });

  it('says in its error what the network did', async () => {
    const transport = createHttpTransport();
    const url = await serve((incoming) => incoming.socket.destroy());
    await expect(transport.request(url, request(), never)).rejects.toBeInstanceOf(NetworkError);
    const silent = await serve(() => {});
    await expect(transport.request(silent, request({ timeoutMs: 50 }), never)).rejects.toThrow('no answer in time');
    await expect(transport.request('http://127.0.0.1:1', request(), never)).rejects.toBeInstanceOf(NetworkError);
  });

  it('ends when called off', async () => {
    const url = await serve(() => {});
    const stop = new AbortController();
    const asking = createHttpTransport().request(url, request(), stop.signal);
    stop.abort();
    await expect(asking).rejects.toBeInstanceOf(NetworkError);
  });

  it('X2: cuts off an answer without end, compressed or not', async () => {
    const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024));
    const url = await serve((_incoming, outgoing) => {
      outgoing.writeHead(200, { 'content-encoding': 'gzip' });
      outgoing.end(bomb);
    });
    await expect(createHttpTransport().request(url, request(), never)).rejects.toThrow('larger than');
  });

  it('follows no redirect: a token would travel to a stranger', async () => {
    const url = await serve((_incoming, outgoing) => {
      outgoing.writeHead(307, { location: 'http://127.0.0.1:1/' });
      outgoing.end();
    });
    await expect(createHttpTransport().request(url, request(), never)).rejects.toBeInstanceOf(NetworkError);
  });
});

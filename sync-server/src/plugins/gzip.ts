import { PassThrough, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import { syncProblem } from './problem.ts';

const WORTH_BYTES = 1_024;
const gzipAsync = promisify(gzip);

/**
 * A hook that unpacks a gzipped body as it streams in. The framework's body limit then counts unpacked bytes and stops
 * reading at it, so that a small bomb does not become a large one.
 */
export async function gunzipRequest(
  request: FastifyRequest,
  _reply: FastifyReply,
  payload: RequestPayload,
): Promise<RequestPayload> {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return payload;
  if (encoding !== 'gzip') throw syncProblem('malformed', 'The content encoding is not gzip.');
  return unpacked(payload);
}

function unpacked(payload: RequestPayload): RequestPayload {
  const gunzip = createGunzip();
  const output: Readable & { receivedEncodedLength?: number } = new PassThrough();
  output.receivedEncodedLength = 0;
  payload.on('data', (chunk: Buffer) => {
    output.receivedEncodedLength = (output.receivedEncodedLength ?? 0) + chunk.length;
  });
  payload.on('error', (error) => gunzip.destroy(error));
  gunzip.on('error', () => output.destroy(syncProblem('malformed', 'The body is not gzip.')));
  output.on('close', () => gunzip.destroy());
  payload.pipe(gunzip).pipe(output as PassThrough);
  return output as RequestPayload;
}

/** A hook that packs answers worth packing for whoever takes gzip. */
export async function gzipAnswer(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (typeof payload !== 'string' || payload.length < WORTH_BYTES) return payload;
  if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) return payload;
  reply.header('content-encoding', 'gzip').header('vary', 'accept-encoding').removeHeader('content-length');
  return gzipAsync(payload);
}

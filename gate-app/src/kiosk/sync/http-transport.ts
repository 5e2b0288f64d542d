import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type HttpRequest, type HttpResponse, NetworkError, type Transport } from '../ports.ts';

const compress = promisify(gzip);
/** Smaller bodies grow by compression. */
const COMPRESS_FROM_CHARS = 1024;
/** An answer larger than this is cut off while it arrives (X2). */
const ANSWER_BYTES_MAX = 32 * 1024 * 1024;

/** The transport of a real kiosk: HTTP by `fetch`, gzip both ways. */
export function createHttpTransport(): Transport {
  return {
    request: async (serverUrl, request, signal) => {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(request.timeoutMs)]);
      try {
        return await exchange(`${serverUrl}${request.path}`, request, limit);
      } catch (error) {
        throw new NetworkError(reasonOf(error), { cause: error });
      }
    },
  };
}

async function exchange(url: string, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const { method, body } = request;
  const headers = new Headers(request.headers);
  const packed = body !== null && body.length >= COMPRESS_FROM_CHARS ? new Uint8Array(await compress(body)) : body;
  if (packed !== body) headers.set('content-encoding', 'gzip');
  const response = await fetch(url, { method, headers, body: packed, signal, redirect: 'error' });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await readBounded(response),
  };
}

async function readBounded(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`the answer is larger than ${ANSWER_BYTES_MAX} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** `fetch failed` alone helps nobody: the cause says which network trouble it was. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer in time';
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return 'code' in cause ? `${cause.code}` : cause.message;
}

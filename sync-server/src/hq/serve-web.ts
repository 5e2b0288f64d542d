import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import staticFiles from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { Feature } from '../app.ts';

/** Where `npm run build` puts HQ's pages. */
export const WEB_FOLDER = resolve(import.meta.dirname, '../../dist/web');

// Mantine writes its colours into a style element; scripts come from here alone.
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const NOT_BUILT = `HQ's pages are not built. Build them with

  npm run build

and load this page again. The API works without them.
`;

/** Serves HQ's pages at `/`; says how to build them if they are not there. */
export const serveWeb =
  (folder: string = WEB_FOLDER): Feature =>
  async (app) => {
    await app.register((scope: FastifyInstance) => webScope(scope, folder));
  };

async function webScope(scope: FastifyInstance, folder: string): Promise<void> {
  scope.addHook('onSend', async (_request, reply) => {
    reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
    reply.header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'same-origin');
  });
  if (!existsSync(join(folder, 'index.html'))) {
    scope.get('/', (_request, reply) => reply.status(503).type('text/plain; charset=utf-8').send(NOT_BUILT));
    return;
  }
  await scope.register(staticFiles, {
    root: folder,
    // The file names of scripts and fonts change with their content; the page itself is asked for anew.
    cacheControl: false,
    setHeaders: (reply, path) => {
      const hashed = path.includes('/assets/');
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
